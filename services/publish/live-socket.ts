import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Clock } from '../ports/clock.ts';
import type { Result } from '../domain/result.ts';
import { rawProblem } from './http/problem.ts';
import { congestedBytes, type LiveFrameText, type LiveHub } from './live.ts';
import { readAddress, readMessage, type Subscription } from './live-wishes.ts';

/** A subscription is short; anything longer is no subscription. */
const longestMessageBytes = 64 * 1024;
const pingEveryMs = 30_000;

/** The versions of the protocol that `ws` speaks. */
const versions = '13, 8';

/** Why a request for an upgrade gets none, as `ws` found; its own words would be no problem details. */
function refusalOf({ message }: Error, { method, headers }: IncomingMessage): string {
  if (method !== 'GET') return rawProblem('method-not-allowed', 'use GET', { Allow: 'GET' });
  const version = headers['sec-websocket-version'] ?? '';
  if (versions.split(', ').includes(version)) return rawProblem('invalid-request', message);
  // RFC 6455, 4.4.
  return rawProblem('upgrade-required', message, { 'Sec-WebSocket-Version': versions });
}

const errorFrame = (detail: string): string =>
  JSON.stringify({ type: 'error', title: 'Message not understood', detail });

/** A frame as a WebSocket message, put into bytes once for all clients. */
const messages = new WeakMap<LiveFrameText, Buffer>();
function toMessage(frame: LiveFrameText): Buffer {
  let message = messages.get(frame);
  if (!message) {
    message = Buffer.concat([textHeader(frame.bytes.length), frame.bytes]);
    messages.set(frame, message);
  }
  return message;
}

/** The header of a whole unmasked text message (RFC 6455, 5.2); no frame of ours reaches 4 GB. */
function textHeader(length: number): Buffer {
  const finalText = 0x81;
  if (length < 126) return Buffer.from([finalText, length]);
  if (length < 65_536) return Buffer.from([finalText, 126, length >> 8, length & 255]);
  const header = Buffer.from([finalText, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(length, 6);
  return header;
}

/** `/api/v1/live`: takes the upgrades of that path and leaves the others alone. */
export function createLiveSocket(deps: {
  readonly hub: LiveHub;
  readonly clock: Clock;
  /** The address a request is counted under. */
  readonly clientOf: (request: IncomingMessage) => string;
  /** Seconds to wait where it asks too often; `null` where it does not. */
  readonly countRequest: (request: IncomingMessage) => number | null;
}): {
  /** What to answer where there is no WebSocket to be had; `null` when it was opened. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): string | null;
  stop(): void;
} {
  const { hub, clock, clientOf, countRequest } = deps;
  const server = new WebSocketServer({
    noServer: true,
    // Costs a hundred times the fan-out and a zlib state a client; the snapshot comes compressed over HTTP.
    perMessageDeflate: false,
    maxPayload: longestMessageBytes,
    clientTracking: true,
    autoPong: false,
  });
  const refusals = new WeakMap<Duplex, string>();
  server.on('wsClientError', (error, wire, request) =>
    refusals.set(wire, refusalOf(error, request)),
  );
  const alive = new WeakSet<WebSocket>();
  const stopPings = clock.every(pingEveryMs, () => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  });

  const welcome = (socket: WebSocket, wire: Duplex, url: URL, address: string): void => {
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
    // Who reads nothing is told nothing more, whatever it says.
    const isReading = (): boolean => wire.writableLength <= congestedBytes;
    socket.on('ping', (data: Buffer) => {
      if (isReading()) socket.pong(data);
    });
    // A broken connection ends with 'close'; without this listener it would end the process.
    socket.on('error', () => socket.terminate());
    const connection = hub.connect({
      address,
      // One buffer and one write for each, where `ws` would make a header and two; without compression
      // it never holds back a message that this one could come into the middle of.
      send(frame) {
        if (socket.readyState === socket.OPEN) wire.write(toMessage(frame));
      },
      bufferedBytes: () => wire.writableLength,
      close: (reason) =>
        reason === 'too-slow' ? socket.terminate() : socket.close(1001, 'shutting down'),
    });
    if (!connection) {
      socket.close(1013, 'too many clients, try again later');
      return;
    }
    const subscribe = (read: Result<Subscription, string>): void => {
      if (read.ok) connection.subscribe(read.value.wishes, read.value.since);
      else if (isReading()) socket.send(errorFrame(read.error));
    };
    socket.on('message', (data: Buffer) => {
      alive.add(socket);
      subscribe(readMessage(data.toString()));
    });
    socket.on('close', () => connection.end());
    subscribe(readAddress(url.searchParams));
  };

  return {
    upgrade(request, socket, head) {
      // What is no address at all ('//') must not end the process.
      const url = URL.parse(request.url ?? '/', 'http://localhost');
      if (url?.pathname !== '/api/v1/live') return rawProblem('not-found');
      const waitS = countRequest(request);
      if (waitS !== null) {
        const retryAfter = { 'Retry-After': String(waitS) };
        return rawProblem('rate-limited', `try again in ${waitS} s`, retryAfter);
      }
      const address = clientOf(request);
      server.handleUpgrade(request, socket, head, (client) =>
        welcome(client, socket, url, address),
      );
      return refusals.get(socket) ?? null;
    },
    stop() {
      stopPings();
      server.close();
      for (const socket of server.clients) socket.close(1001, 'shutting down');
    },
  };
}
