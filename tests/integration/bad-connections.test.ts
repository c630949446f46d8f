import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openSilent, openStream, openWebSocket, upgradeRequest } from '../support/live-clients.ts';
import { startLiveTown, type LiveTown } from '../support/live-town.ts';
import { waitFor } from '../support/wait-for.ts';

let town: LiveTown;
const sockets: Socket[] = [];
const start = async (options: Partial<Parameters<typeof startLiveTown>[0]> = {}) =>
  (town = await startLiveTown({ sites: 3, spacesPerSite: 4, ...options }));
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await town.stop();
});

/** How another reader is served meanwhile: the status of the answer. */
const bystander = (localAddress = '127.0.0.1'): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${town.url}/api/v1/sites`, { localAddress, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

/** Sends a text that ends in the end of the connection; all that came before that. */
async function answerTo(port: number, text: string): Promise<string> {
  const socket = await openSilent(port, text);
  sockets.push(socket);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.resume();
  await once(socket, 'close');
  return answer;
}

describe('connections that mean no good', () => {
  test('ten thousand from one address: as many as allowed stay, the others are ended', async () => {
    const allowed = 500;
    const tried = 10_000;
    const { port } = await start({ maxConnections: allowed, maxClients: tried });
    let ended = 0;
    const open = async (): Promise<void> => {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => (ended += 1)).resume();
      await once(socket, 'connect');
      // Whoever asks for nothing is ended soon, which on a busy machine is before all have tried.
      socket.write('GET /api/v1/stream HTTP/1.1\r\nhost: a\r\n\r\n');
    };
    // A crowd at once would wait in the kernel's queue, not in ours.
    for (let n = 0; n < tried; n += 100) await Promise.all(Array.from({ length: 100 }, open));
    await waitFor(() => ended >= tried - allowed, { what: 'those too many to be ended' });
    expect(ended).toBe(tried - allowed);
    expect(await bystander('127.0.0.2')).toBe(200);
    for (const socket of sockets.splice(0)) socket.destroy();
    await waitFor(async () => (await bystander('127.0.0.1')) === 200, {
      what: 'whoever leaves to make room',
    });
  });

  test('live clients of one address take no more than its share', async () => {
    const { url, hub } = await start({ maxClientsPerAddress: 5 });
    const clients = await Promise.all(Array.from({ length: 20 }, () => openWebSocket(url)));
    await waitFor(() => clients.filter(({ its }) => its.closeCode === 1013).length === 15);
    expect(hub.clients()).toBe(5);
    expect((await fetch(`${url}/api/v1/stream`)).status).toBe(503);
    expect(await bystander()).toBe(200);
    clients.find(({ its }) => its.closeCode === 0)?.close();
    await waitFor(() => hub.clients() === 4);
    const stream = await openStream(url);
    await stream.got(1);
    stream.close();
  });

  test('a header that never ends is refused, and nobody else notices', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /api/v1/sites HTTP/1.1\r\nhost: localhost\r\n');
    for (let n = 0; n < 2000; n += 1) socket.write(`x-flood-${n}: ${'a'.repeat(50)}\r\n`);
    expect(await bystander()).toBe(200);
    await closed;
    expect(answer).toMatch(
      /^HTTP\/1\.1 431 [^]*application\/problem\+json[^]*#problem-header-too-large[^]*\}$/,
    );
  });

  test('a thousand and a half small headers at once are answered or refused, not counted on', async () => {
    await start();
    const status = await new Promise<number>((resolve, reject) => {
      const headers = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`x${n}`, '1']));
      const sent = request(`${town.url}/api/v1/sites`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end();
    });
    expect([200, 431]).toContain(status);
    expect(await bystander()).toBe(200);
  });

  const last = 'connection: close\r\n\r\n';
  test.each([
    ['no HTTP', 'EHLO mail.example.org\r\n\r\n'],
    ['a version nobody speaks', 'GET / HTTP/9.9\r\n\r\n'],
    ['binary', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n'],
    [
      'two lengths',
      'POST /ingest/tts HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    ],
    [
      'a length and chunks',
      'POST /ingest/tts HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    ],
    ['no host', `GET /api/v1/sites HTTP/1.1\r\n${last}`],
    ['a host that is none', `GET /api/v1/sites HTTP/1.1\r\nhost: a b\r\n${last}`],
    ['an address that is none', `GET api/v1/sites HTTP/1.1\r\nhost: a\r\n${last}`],
    ['another address', `GET http://[/ HTTP/1.1\r\nhost: a\r\n${last}`],
  ])('%s is refused', async (_, text) => {
    const { port } = await start();
    const answer = await answerTo(port, text);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json/);
    expect(await bystander()).toBe(200);
  });

  test('an expectation nobody can meet is told so', async () => {
    const { port } = await start();
    const asked = `GET /api/v1/sites HTTP/1.1\r\nhost: a\r\nexpect: tea\r\n${last}`;
    const answer = await answerTo(port, asked);
    expect(answer).toMatch(/^HTTP\/1\.1 417 [^]*application\/problem\+json/);
  });

  test('upgrades to elsewhere, half of one, and one that is none are refused', async () => {
    const { port, hub } = await start();
    const elsewhere = upgradeRequest.replace('/api/v1/live', '/api/v1/sites');
    const keyless = upgradeRequest.replace(/sec-websocket-key.*\r\n/, '');
    const badAddress = upgradeRequest.replace('/api/v1/live', '//');
    const otherVersion = upgradeRequest.replace('version: 13', 'version: 99');
    const posted = upgradeRequest.replace('GET', 'POST');
    for (const [text, status] of [
      [elsewhere, 404],
      [keyless, 400],
      [badAddress, 404],
      [otherVersion, 426],
      [posted, 405],
      [`CONNECT example.org:443 HTTP/1.1\r\nhost: a\r\n\r\n`, 405],
    ] as const) {
      const answer = await answerTo(port, text);
      expect(answer).toContain(`HTTP/1.1 ${status} `);
      expect(answer).toContain('application/problem+json');
      if (status === 426) expect(answer).toContain('Sec-WebSocket-Version: 13');
      if (status === 405) expect(answer).toContain('Allow: GET');
    }
    expect(hub.clients()).toBe(0);
    expect(await bystander()).toBe(200);
  });

  test('who offers another protocol unasked is answered all the same', async () => {
    const { port } = await start();
    const offer =
      'host: a\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA';
    for (const [text, status] of [
      [`GET /api/v1/sites HTTP/1.1\r\n${offer}\r\n\r\n`, 200],
      [`GET /api/v1/live HTTP/1.1\r\n${offer}\r\n\r\n`, 426],
      ['OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n', 204],
    ] as const) {
      const socket = await openSilent(port, text);
      sockets.push(socket);
      socket.resume();
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toContain(`HTTP/1.1 ${status} `);
    }
  });

  test('a stop waits for no half-open connection', async () => {
    const { port, url, hub } = await start();
    sockets.push(await openSilent(port, upgradeRequest));
    sockets.push(await openSilent(port, 'GET /api/v1/stream HTTP/1.1\r\nhost: a\r\n\r\n'));
    sockets.push(await openSilent(port, 'GET /api/v1/sites HTTP/1.1\r\nhost: a\r\n'));
    await waitFor(() => hub.clients() === 2);
    await town.stop();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    await start();
  });
});
