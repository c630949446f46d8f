import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { liveFrameSchema } from '../contract/live.ts';
import { AppError } from '../domain/errors.ts';
import type { LiveClient, LiveFrameText, LiveHub } from './live.ts';
import { originOf, type ClientAddresses } from './http/client-address.ts';
import { describeProblem, problemResponse, usualProblems } from './http/problem.ts';
import { completeHeaders, outgoingOf, respond } from './http/respond.ts';
import { readAddress } from './live-wishes.ts';

const path = '/api/v1/stream';

/** How long a browser waits before it connects again. */
const reconnectAfterMs = 3000;

/** A frame as an event, put into bytes once for all clients. */
const events = new WeakMap<LiveFrameText, Buffer>();
function toEvent(frame: LiveFrameText): Buffer {
  let event = events.get(frame);
  if (!event) {
    const head = `event: ${frame.type}\nid: ${frame.cursor}\ndata: `;
    // JSON holds no line break, so one data line is all it takes.
    event = Buffer.concat([Buffer.from(head), frame.bytes, Buffer.from('\n\n')]);
    events.set(frame, event);
  }
  return event;
}

/**
 * `/api/v1/stream`: the frames of the WebSocket as server-sent events, for browsers, scripts and proxies
 * that know only HTTP. The event's name is the type of the frame, its id the cursor. Events are written
 * to Node's response: through a web stream each would cost twice as much.
 */
export function createLiveStream(deps: {
  readonly hub: LiveHub;
  readonly addresses: ClientAddresses;
  readonly licenceUrl: string;
}): OpenAPIHono {
  const { hub, addresses } = deps;
  const app = new OpenAPIHono();
  describe(app);
  const headers = {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    Link: `<${deps.licenceUrl}>; rel="license"`,
    // After a stream the connection is of no use.
    Connection: 'close',
    // Proxies must pass events on at once (nginx).
    'X-Accel-Buffering': 'no',
  };

  app.get(path, (c) => {
    const read = readAddress(new URL(c.req.url).searchParams);
    if (!read.ok) throw new AppError('invalid-request', read.error);
    const { wishes, since } = read.value;
    // Who asks for the head only would never read, nor leave.
    if (c.req.method === 'HEAD') return respond(c, 200, null, headers);
    const outgoing = outgoingOf(c);
    const connection = hub.connect(toClient(outgoing, addresses.clientOf(originOf(c))));
    if (!connection) {
      const later = { 'Retry-After': '60' };
      return problemResponse(c, 'too-many-clients', 'try again in a minute', {}, later);
    }
    outgoing.once('close', () => connection.end());
    // The end of the connection is the end of the stream: a length before every event would cost a write more.
    outgoing.removeHeader('Transfer-Encoding');
    outgoing.writeHead(200, completeHeaders(c, 200, headers));
    outgoing.write(`retry: ${reconnectAfterMs}\n\n`);
    // A browser that comes back says in this header how far it got; the address is that of its first visit.
    connection.subscribe(wishes, c.req.header('last-event-id') ?? since);
    return RESPONSE_ALREADY_SENT;
  });
  // Who comes without an upgrade hears what there is instead.
  app.get('/api/v1/live', (c) =>
    problemResponse(
      c,
      'upgrade-required',
      `ask for an upgrade, or read ${path}`,
      {},
      {
        Upgrade: 'websocket',
        Connection: 'Upgrade',
      },
    ),
  );
  return app;
}

/** A client of the hub whose frames go out with a response that does not end by itself. */
const toClient = (outgoing: ServerResponse, address: string): LiveClient => ({
  address,
  send(frame) {
    if (!outgoing.destroyed) outgoing.write(toEvent(frame));
  },
  bufferedBytes: () => outgoing.writableLength,
  close(reason) {
    if (reason === 'too-slow') outgoing.destroy();
    else outgoing.end();
  },
});

function describe(app: OpenAPIHono): void {
  app.openAPIRegistry.registerPath({
    method: 'get',
    path,
    summary: 'Server-sent events: a snapshot, then what changes',
    description:
      'The name of an event is the type of its LiveFrame, its id the cursor. A client that comes back with Last-Event-ID hears what changed meanwhile, or gets a snapshot when that was too long ago.',
    tags: ['Live'],
    request: {
      query: liveParameters,
      headers: z.object({
        'Last-Event-ID': z.string().optional().openapi({ description: 'cursor to go on from' }),
      }),
    },
    responses: {
      200: {
        description: 'A LiveFrame in every event',
        content: { 'text/event-stream': { schema: liveFrameSchema } },
      },
      ...usualProblems.wrongParameter,
      ...usualProblems.tooMany,
      503: describeProblem('Too many clients; see Retry-After'),
    },
  });
}

/** The fields of a SubscribeMessage as query parameters, for the OpenAPI document. */
export const liveParameters = z.object({
  since: z.string().optional().openapi({ description: 'cursor to go on from' }),
  bbox: z.string().optional().openapi({ description: 'minLon,minLat,maxLon,maxLat' }),
  sites: z.string().optional().openapi({ description: 'ids separated by commas' }),
  zones: z.string().optional(),
  municipalities: z.string().optional(),
  kinds: z.string().optional().openapi({
    description:
      'of sites, spaces and guidance (the chance of a space at every site, said whenever it is another in tenths); sites,spaces when absent',
  }),
});
