import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { subscribeMessageSchema } from '../contract/live.ts';
import type { Clock } from '../ports/clock.ts';
import type { LiveHub } from './live.ts';

/** A subscription is short; anything longer is no subscription. */
const longestMessageBytes = 64 * 1024;
const pingEveryMs = 30_000;

const list = (text: string | null): string[] | undefined => text?.split(',').filter(Boolean);

/** The subscription that the address asks for. */
function toSubscription(url: URL): unknown {
  const get = (name: string): string | null => url.searchParams.get(name);
  const wishes = {
    since: get('since') ?? undefined,
    bbox: list(get('bbox'))?.map(Number),
    sites: list(get('sites')),
    zones: list(get('zones')),
    municipalities: list(get('municipalities')),
    kinds: list(get('kinds')),
  };
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined);
  return { type: 'subscribe', ...Object.fromEntries(given) };
}

const errorFrame = (detail: string): string =>
  JSON.stringify({ type: 'error', title: 'Message not understood', detail });

/** `/api/v1/live`: takes the upgrades of that path and leaves the others alone. */
export function createLiveSocket(deps: { readonly hub: LiveHub; readonly clock: Clock }): {
  /** Whether the request was for here; it is answered then. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  stop(): void;
} {
  const { hub, clock } = deps;
  const server = new WebSocketServer({
    noServer: true,
    // Costs a hundred times the fan-out and a zlib state a client; the snapshot comes compressed over HTTP.
    perMessageDeflate: false,
    maxPayload: longestMessageBytes,
    clientTracking: true,
  });
  const alive = new WeakSet<WebSocket>();
  const stopPings = clock.every(pingEveryMs, () => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  });

  const welcome = (socket: WebSocket, url: URL): void => {
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
    // A broken connection ends with 'close'; without this listener it would end the process.
    socket.on('error', () => socket.terminate());
    const connection = hub.connect({
      send: ({ bytes }) => socket.send(bytes, { binary: false }),
      bufferedBytes: () => socket.bufferedAmount,
      close: (reason) =>
        reason === 'too-slow' ? socket.terminate() : socket.close(1001, 'shutting down'),
    });
    if (!connection) {
      socket.close(1013, 'too many clients, try again later');
      return;
    }
    const subscribe = (message: unknown): void => {
      const parsed = subscribeMessageSchema.safeParse(message);
      if (!parsed.success) {
        socket.send(errorFrame(z.prettifyError(parsed.error)));
        return;
      }
      const { since, type: _type, ...wishes } = parsed.data;
      connection.subscribe(wishes, since);
    };
    socket.on('message', (data: Buffer) => {
      alive.add(socket);
      subscribe(parseJson(data.toString()));
    });
    socket.on('close', () => connection.end());
    subscribe(toSubscription(url));
  };

  return {
    upgrade(request, socket, head) {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.pathname !== '/api/v1/live') return false;
      server.handleUpgrade(request, socket, head, (client) => welcome(client, url));
      return true;
    },
    stop() {
      stopPings();
      server.close();
      for (const socket of server.clients) socket.close(1001, 'shutting down');
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
