import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { AppError } from '../domain/errors.ts';
import { earlyProblem, rawProblem } from '../publish/http/problem.ts';

export interface HttpListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Header flood and half-open sockets are ended early; answers are short and come from memory. */
const limits = {
  maxHeaderSize: 16 * 1024,
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 10_000,
  // A busy moment of ours must not end a connection on which a question came in time.
  keepAliveTimeoutBuffer: 10_000,
  // Without Host there is a problem to tell; Node would say nothing but the status.
  requireHostHeader: false,
  // Any other offer is passed over and the request answered as it is (RFC 9110, 7.8): clients offer h2c unasked.
  shouldUpgradeCallback: ({ headers }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket',
};
/** What Node calls a request that it cannot hand over. */
const problemOf: Readonly<Record<string, Parameters<typeof rawProblem>[0]>> = {
  HPE_HEADER_OVERFLOW: 'header-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};
/** Clients that are told goodbye have this long to hear it. */
const goodbyeMs = 1_000;

/** Listens, or says in one sentence why it cannot. `upgrade` tells what to answer where it does nothing. */
export async function listen(options: {
  readonly host: string;
  readonly port: number;
  /** Whether the request was answered; it is for `fetch` otherwise. */
  readonly answerAtOnce: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly fetch: (request: Request, env: object) => Response | Promise<Response>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => string | null;
  /** Whether an address may have one connection more than the `open` ones it has. */
  readonly mayConnect: (address: string, open: number) => boolean;
}): Promise<HttpListener> {
  const { host, port, answerAtOnce, fetch, upgrade, mayConnect } = options;
  const answer = getRequestListener(fetch, { errorHandler: whyNotUnderstood });
  const answering = new WeakSet<Duplex>();
  const server = createServer(limits, (request, response) => {
    if (answerAtOnce(request, response)) return;
    const { socket, method, url } = request;
    // The server as a whole (RFC 9110, 9.3.7), which is no address to a router.
    if (method === 'OPTIONS' && url === '*') request.url = '/';
    answering.add(socket);
    response.once('close', () => answering.delete(socket));
    void answer(request, response);
  });
  server.maxConnections = 20_000;
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    void getRequestListener(() => earlyProblem('expectation-failed'))(request, response);
  });
  const openOf = new Map<string, Set<Socket>>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const open = openOf.get(address) ?? new Set();
    if (!mayConnect(address, open.size)) {
      socket.destroy();
      return;
    }
    openOf.set(address, open.add(socket));
    socket.once('close', () => {
      if (open.delete(socket) && open.size === 0) openOf.delete(address);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    // The other side may vanish while it is told that there is nothing here.
    socket.on('error', () => socket.destroy());
    const refusal = upgrade(request, socket, head);
    if (refusal !== null) sayGoodbye(socket, refusal);
  });
  server.on('connect', (_, socket) => {
    socket.on('error', () => socket.destroy());
    sayGoodbye(
      socket,
      rawProblem('method-not-allowed', 'this is no proxy', { Allow: 'GET, HEAD' }),
    );
  });
  const told = new WeakSet<Duplex>();
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    // What comes after the problem is not read: an end by force would take the problem from the reader.
    if (told.has(socket)) return;
    if (code === 'ECONNRESET' || !socket.writable || answering.has(socket)) {
      socket.destroy();
      return;
    }
    told.add(socket);
    sayGoodbye(socket, rawProblem(problemOf[code ?? ''] ?? 'bad-message'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  }).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new AppError('port-in-use', `port ${port} is in use: choose another with --port`, {
        cause,
      });
    throw cause;
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async close() {
      const cut = setTimeout(() => {
        for (const open of openOf.values()) for (const socket of open) socket.destroy();
      }, goodbyeMs);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(cut);
    },
  };
}

/** Only what no application could be asked about comes here: the application answers its own errors. */
const whyNotUnderstood = (error: unknown): Response =>
  error instanceof RequestError
    ? earlyProblem('invalid-request', error.message)
    : earlyProblem('internal-error');

/** The last words on a connection; whoever does not hang up after them is hung up on. */
function sayGoodbye(socket: Duplex, text: string): void {
  socket.end(text);
  const cut = setTimeout(() => socket.destroy(), goodbyeMs);
  socket.once('close', () => clearTimeout(cut));
}
