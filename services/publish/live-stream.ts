import { OpenAPIHono, z } from '@hono/zod-openapi';
import { liveFrameSchema } from '../contract/live.ts';
import { AppError } from '../domain/errors.ts';
import type { LiveConnection, LiveFrameText, LiveHub } from './live.ts';
import { cutOff, originOf, type ClientAddresses } from './http/client-address.ts';
import { problemResponse } from './http/problem.ts';
import { respond } from './http/respond.ts';
import { readAddress } from './live-wishes.ts';

const path = '/api/v1/stream';

/** How long a browser waits before it connects again. */
const reconnectAfterMs = 3000;
/** The queue never makes the hub wait; the hub looks at its length instead. */
const queueBytes = 64 * 1024;

/** A frame as an event, put into bytes once for all clients. */
const events = new WeakMap<LiveFrameText, Uint8Array>();
function toEvent(frame: LiveFrameText): Uint8Array {
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
 * that know only HTTP. The event's name is the type of the frame, its id the cursor.
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
    const { body, connection } = openStream(hub, {
      address: addresses.clientOf(originOf(c)),
      cut: () => cutOff(c),
    });
    if (!connection) {
      const later = { 'Retry-After': '60' };
      return problemResponse(c, 'too-many-clients', 'try again in a minute', {}, later);
    }
    // A browser that comes back says in this header how far it got; the address is that of its first visit.
    connection.subscribe(wishes, c.req.header('last-event-id') ?? since);
    return respond(c, 200, body, headers);
  });
  return app;
}

/** A client of the hub whose frames come out as a body; it ends when nobody reads the body any more. */
function openStream(
  hub: LiveHub,
  reader: { readonly address: string; readonly cut: () => void },
): {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly connection: LiveConnection | undefined;
} {
  let connection: LiveConnection | undefined;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(queue) {
        let isOpen = true;
        queue.enqueue(Buffer.from(`retry: ${reconnectAfterMs}\n\n`));
        connection = hub.connect({
          address: reader.address,
          send: (frame) => {
            if (isOpen) queue.enqueue(toEvent(frame) as Uint8Array<ArrayBuffer>);
          },
          bufferedBytes: () => queueBytes - (queue.desiredSize ?? 0),
          close(reason) {
            isOpen = false;
            if (reason === 'too-slow') reader.cut();
            else queue.close();
          },
        });
      },
      cancel: () => connection?.end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: queueBytes }),
  );
  return { body, connection };
}

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
      400: { description: 'A parameter is wrong' },
      503: { description: 'Too many clients; see Retry-After' },
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
