import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isPassing, request, troubleOf } from '../../dashboard/src/live/request.ts';

describe('a question to the server', () => {
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse) => void;
  let asked: IncomingMessage | undefined;

  beforeEach(async () => {
    server = createServer((incoming, response) => {
      asked = incoming;
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllGlobals();
  });
  const trouble = (): Promise<string> => request(url).then(() => 'none', troubleOf);

  test('is answered with the document; without one where there is none', async () => {
    answer = (response) => response.end('{"n":1}');
    expect(await request(url, { headers: { Authorization: 'Bearer secret' } })).toEqual({ n: 1 });
    expect(asked?.headers.authorization).toBe('Bearer secret');
    expect(asked?.headers).not.toHaveProperty('content-type');
    await request(url, { method: 'POST', body: {}, headers: { Authorization: 'Bearer secret' } });
    expect(asked?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
    });
    answer = (response) => response.writeHead(204).end();
    expect(await request(url, { method: 'DELETE' })).toBeUndefined();
  });

  test.each([
    [401, 'denied'],
    [404, 'missing'],
    [429, 'busy'],
    [400, 'failed'],
    [503, 'failed'],
  ])('refused with %i it is %s', async (status, word) => {
    answer = (response) => response.writeHead(status).end();
    expect(await trouble()).toBe(word);
  });

  test('of a history that is away it says so', async () => {
    const problem = { type: '/docs#problem-store-unavailable', title: 'away', status: 503 };
    answer = (response) =>
      response
        .writeHead(503, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify(problem));
    expect(await trouble()).toBe('history');
  });

  test('that nobody answers is the network’s fault or the server’s', async () => {
    answer = (response) => response.destroy();
    vi.stubGlobal('navigator', { onLine: true });
    expect(await trouble()).toBe('silent');
    vi.stubGlobal('navigator', { onLine: false });
    expect(await trouble()).toBe('offline');
  });

  test('half an answer is none', async () => {
    answer = (response) => response.end('{"n":');
    expect(await trouble()).toBe('failed');
  });

  test('ends when nobody wants the answer any more', async () => {
    const asking = new AbortController();
    answer = () => asking.abort();
    await expect(request(url, { signal: asking.signal })).rejects.toThrow();
    await expect(request(url, { signal: AbortSignal.abort() })).rejects.toThrow();
  });

  test('is asked again only where that can help', () => {
    expect(isPassing('history')).toBe(true);
    expect(isPassing('denied')).toBe(false);
    expect(isPassing('missing')).toBe(false);
  });
});
