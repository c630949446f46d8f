import { once } from 'node:events';
import {
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

export interface FaultProxy {
  readonly url: string;
  /** Each write waits so long before it is passed on, ms. */
  delayMs: number;
  /** Writes with this text are answered with 400; '' refuses nothing. */
  refuses: string;
  /** Every request is answered with this status instead of being passed on; 0 passes on. */
  answers: number;
  stop(): Promise<void>;
}

/** Stands in front of an HTTP server and misbehaves in its name when it is told to. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const timers = new Set<NodeJS.Timeout>();
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  const proxy = { url: '', delayMs: 0, refuses: '', answers: 0 };

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const isWrite = request.url?.startsWith('/write') === true;
    if (proxy.answers !== 0) {
      response.writeHead(proxy.answers).end('{"error":"in trouble"}');
      return;
    }
    const lines = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (isWrite && proxy.refuses !== '' && lines.includes(proxy.refuses)) {
      response.writeHead(400).end('{"error":"refused on purpose"}');
      return;
    }
    if (isWrite && proxy.delayMs > 0) await pause(proxy.delayMs);
    const passedOn = sendRequest(new URL(request.url ?? '/', target), {
      method: request.method,
      headers: { ...request.headers, 'content-length': body.length },
    }).end(body);
    const [answer] = (await once(passedOn, 'response')) as [IncomingMessage];
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(proxy, {
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}
