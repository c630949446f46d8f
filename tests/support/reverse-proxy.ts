import {
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/**
 * What an operator's reverse proxy does after it has ended TLS: serves another server below a path of a
 * public host, adds the X-Forwarded headers and passes upgrades on.
 */
export async function startReverseProxy(target: {
  readonly port: number;
  /** Without a slash at the end; '' is the root. */
  readonly below: string;
}) {
  const { port, below } = target;
  const pathOf = ({ url = '/' }: IncomingMessage): string =>
    url.startsWith(below) ? url.slice(below.length) || '/' : '/nowhere';
  const headersOf = ({ headers, socket }: IncomingMessage): IncomingHttpHeaders => ({
    ...headers,
    'x-forwarded-for': [headers['x-forwarded-for'], socket.remoteAddress]
      .flat()
      .join(', ')
      .replace(/^, /, ''),
    'x-forwarded-proto': 'https',
  });
  const server = createServer((request, response) => {
    const { method } = request;
    const onward = ask(
      { host: '127.0.0.1', port, method, path: pathOf(request), headers: headersOf(request) },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        // Events are to go on at once.
        response.flushHeaders();
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request, socket, head) => {
    const onward = connect(port, '127.0.0.1', () => {
      const lines = Object.entries(headersOf(request)).map(
        ([name, value]) => `${name}: ${String(value)}`,
      );
      onward.write([`GET ${pathOf(request)} HTTP/1.1`, ...lines, '\r\n'].join('\r\n'));
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const side of [socket, onward]) {
      side.on('error', () => undefined);
      side.once('close', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    /** Where it listens, the path included. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${below}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
