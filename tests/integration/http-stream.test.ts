import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { bodyOf, getStream } from '../../services/adapters/uplink-history/http-stream.ts';

describe('the body of an answer as a stream', () => {
  const servers: Server[] = [];
  async function serve(listener: RequestListener) {
    const server = createServer(listener).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return { server, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a`) };
  }
  const never = new AbortController().signal;
  const headers = { authorization: 'Bearer key', accept: 'text/event-stream' };
  async function textOf(url: URL, signal = never): Promise<string> {
    const answer = await getStream(url, headers, signal);
    let text = '';
    for await (const chunk of bodyOf(answer)) text += String(chunk);
    return text;
  }
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  });

  test('comes over one connection for one answer after the other', async () => {
    let connections = 0;
    const { server, url } = await serve((request, response) => {
      response.end(`${request.headers.accept}, ${request.headers['accept-encoding']}`);
    });
    server.on('connection', () => (connections += 1));
    for (let n = 0; n < 3; n += 1) expect(await textOf(url)).toBe('text/event-stream, gzip');
    expect(connections).toBe(1);
  });

  test('is that of where the server sends to; the key is for who was asked first', async () => {
    const other = await serve((request, response) => {
      response.end(`other ${request.url} ${request.headers.authorization ?? 'without key'}`);
    });
    const { url } = await serve((request, response) => {
      const to: Readonly<Record<string, string>> = {
        '/a': '/b?c=1',
        '/x': new URL('/y', other.url).href,
        '/round': '/round',
      };
      const location = to[request.url ?? ''];
      if (location !== undefined) response.writeHead(307, { location }).end();
      else response.end(`${request.url} ${request.headers.authorization}`);
    });
    expect(await textOf(url)).toBe('/b?c=1 Bearer key');
    expect(await textOf(new URL('/x', url))).toBe('other /y without key');
    await expect(textOf(new URL('/round', url))).rejects.toThrow('too many redirects');
  });

  test('is an error as a whole when it breaks off, with and without a length', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/a') response.setHeader('content-length', 100);
      response.write('half', () => response.destroy());
    });
    await expect(textOf(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(textOf(new URL('/b', url))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('is unpacked, and an error as a whole when what is packed breaks off or is none', async () => {
    const packed = gzipSync('a line\n'.repeat(1000));
    const { url } = await serve((request, response) => {
      response.setHeader('content-encoding', 'gzip');
      if (request.url === '/a') response.end(packed);
      else if (request.url === '/half') response.end(packed.subarray(0, packed.length / 2));
      else if (request.url === '/cut') response.write(packed, () => response.destroy());
      else response.end('a line\n');
    });
    expect(await textOf(url)).toBe('a line\n'.repeat(1000));
    await expect(textOf(new URL('/half', url))).rejects.toThrow('unexpected end of file');
    await expect(textOf(new URL('/cut', url))).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(textOf(new URL('/plain', url))).rejects.toThrow('incorrect header check');
  });

  test('is given up before the answer and in the middle of it, with the reason', async () => {
    const reached = Promise.withResolvers<undefined>();
    const { url } = await serve((request, response) => {
      if (request.url === '/a') reached.resolve(undefined);
      else response.write('half');
    });
    const before = new AbortController();
    const text = textOf(url, before.signal);
    await reached.promise;
    before.abort(new Error('no longer wanted'));
    await expect(text).rejects.toThrow('no longer wanted');

    const within = new AbortController();
    const answer = await getStream(new URL('/b', url), headers, within.signal);
    const read = (async () => {
      for await (const chunk of answer) {
        expect(String(chunk)).toBe('half');
        within.abort(new Error('no longer wanted'));
      }
    })();
    await expect(read).rejects.toThrow('no longer wanted');
    await expect(textOf(url, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  test('nobody there is told by the words of the platform', async () => {
    const { server, url } = await serve(() => undefined);
    server.close();
    await expect(textOf(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    url.protocol = 'https:';
    await expect(textOf(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
