import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import {
  data,
  openSilent,
  openStream,
  openWebSocket,
  upgradeRequest,
} from '../support/live-clients.ts';
import { frameMs, startLiveTown, type LiveTown } from '../support/live-town.ts';
import { waitFor } from '../support/wait-for.ts';

let town: LiveTown;
const start = async (options: Partial<Parameters<typeof startLiveTown>[0]> = {}) =>
  (town = await startLiveTown({ sites: 2, spacesPerSite: 3, ...options }));
afterEach(() => town.stop());

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Outside of the heap, by what is still in use: what is not waits for a collection, whenever that comes. */
function heldMb(): number {
  collectGarbage();
  // The first one may still be at work on another thread.
  collectGarbage();
  return process.memoryUsage().external / 2 ** 20;
}

describe('the WebSocket', () => {
  test('begins with a snapshot, then says what changes', async () => {
    const { url, clock, change } = await start();
    const client = await openWebSocket(url);
    await client.got(1);
    expect(data(client.frames[0]).spaces).toHaveLength(6);
    change('space-0-1', 'occupied');
    clock.advance(frameMs);
    await client.got(2);
    expect(data(client.frames[1])).toMatchObject({
      type: 'delta',
      sites: [{ id: 'site-0' }],
      spaces: [{ id: 'space-0-1', status: 'occupied' }],
    });
  });

  test('is opened no more often than other questions may be asked', async () => {
    const { url } = await start({ rateLimit: { burst: 3, perSecond: 0.1 } });
    const handshake = {
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-version': '13',
    };
    const statuses: (number | undefined)[] = [];
    let refused: IncomingMessage | undefined;
    for (let n = 0; n < 4; n += 1) {
      const asked = get(`${url}/api/v1/live`, {
        headers: { ...handshake, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
      });
      const answer = await Promise.race([once(asked, 'upgrade'), once(asked, 'response')]);
      refused = answer[0] as IncomingMessage;
      statuses.push(refused.statusCode);
      (answer[1] as Duplex | undefined)?.destroy();
    }
    expect(statuses).toEqual([101, 101, 101, 429]);
    expect(refused?.headers).toMatchObject({
      'retry-after': '10',
      'content-type': 'application/problem+json',
    });
    expect((await fetch(`${url}/api/v1/sites`)).status).toBe(429);
  });

  test('goes on after `since` with what was missed', async () => {
    const { url, clock, change, hub } = await start();
    const first = await openWebSocket(url);
    await first.got(1);
    const { cursor } = data(first.frames[0]);
    first.close();
    await waitFor(() => hub.clients() === 0);
    change('space-1-2', 'vacant');
    clock.advance(frameMs);
    const again = await openWebSocket(url, `?since=${cursor}`);
    await waitFor(() => hub.clients() === 1);
    clock.advance(frameMs);
    await again.got(1);
    expect(data(again.frames[0])).toMatchObject({ type: 'delta', spaces: [{ id: 'space-1-2' }] });
  });

  test('answers who asks and asks with a frame at a time, of what it asked last', async () => {
    const { url, clock } = await start();
    const client = await openWebSocket(url, '?sites=site-0');
    for (let asked = 0; asked < 500; asked += 1)
      client.send(JSON.stringify({ type: 'subscribe', sites: [`site-${asked % 2}`] }));
    client.send('that was all');
    await waitFor(() => client.frames.some(({ type }) => type === 'error'));
    const before = client.frames.length;
    expect(before).toBeLessThanOrEqual(3);
    clock.advance(frameMs);
    await client.got(before + 1);
    expect(data(client.frames[before]).sites.map(({ id }) => id)).toEqual(['site-1']);
    client.send(JSON.stringify({ type: 'subscribe', sites: ['site-0'] }));
    await client.got(before + 2);
    expect(data(client.frames[before + 1]).sites.map(({ id }) => id)).toEqual(['site-0']);
  });

  test('changes what it speaks of by message', async () => {
    const { url, clock, change } = await start();
    const client = await openWebSocket(url, '?sites=site-0');
    await client.got(1);
    expect(data(client.frames[0]).sites.map(({ id }) => id)).toEqual(['site-0']);
    client.send(JSON.stringify({ type: 'subscribe', bbox: [8.68, 49.4005, 8.7, 49.402] }));
    await client.got(2);
    expect(data(client.frames[1]).sites.map(({ id }) => id)).toEqual(['site-1']);
    change('space-0-0', 'occupied');
    change('space-1-0', 'occupied');
    clock.advance(frameMs);
    await client.got(3);
    expect(data(client.frames[2]).spaces.map(({ id }) => id)).toEqual(['space-1-0']);
  });

  test.each([
    ['no JSON', '{"type":', 'no JSON'],
    ['no subscription', '"hello"', 'expected object'],
    ['an unknown field', '{"type":"subscribe","colour":"blue"}', '"colour"'],
    ['a reversed box', '{"type":"subscribe","bbox":[9,49,8,48]}', 'bbox: '],
    ['a box of five', '{"type":"subscribe","bbox":[1,2,3,4,5]}', 'bbox: '],
    ['a box beyond the world', '{"type":"subscribe","bbox":[-999,0,999,1]}', 'bbox.0: '],
    ['a cursor that is none', '{"type":"subscribe","since":"yesterday"}', 'since: '],
    [
      'too many sites',
      JSON.stringify({ type: 'subscribe', sites: Array(1001).fill('a') }),
      'sites: ',
    ],
    ['nested a thousand times', '['.repeat(1000) + ']'.repeat(1000), 'expected object'],
  ])('answers %s with an error and keeps the subscription', async (_, message, reason) => {
    const { url, clock, change } = await start();
    const client = await openWebSocket(url);
    await client.got(1);
    client.send(message);
    await client.got(2);
    expect(client.frames[1]).toMatchObject({
      type: 'error',
      title: 'Message not understood',
      detail: expect.stringContaining(reason) as string,
    });
    change('space-0-1', 'occupied');
    clock.advance(frameMs);
    await client.got(3);
    expect(client.frames[2]?.type).toBe('delta');
  });

  test('ends a client that sends more than any subscription is long, and no other', async () => {
    const { url, hub } = await start();
    const [big, other] = [await openWebSocket(url), await openWebSocket(url)];
    big.send('x'.repeat(100_000));
    await big.closed();
    expect(big.its.closeCode).toBe(1009);
    await waitFor(() => hub.clients() === 1);
    await other.heard();
    expect(other.its.closeCode).toBe(0);
  });

  test('tells one client too many to come back later', async () => {
    const { url } = await start({ maxClients: 2 });
    await openWebSocket(url);
    await openWebSocket(url);
    const third = await openWebSocket(url);
    await third.closed();
    expect(third.its.closeCode).toBe(1013);
    expect(third.frames).toEqual([]);
  });

  test('ends a half-open connection that answers no ping', async () => {
    const { url, clock, hub, port } = await start();
    const dead = await openSilent(port, upgradeRequest);
    const alive = await openWebSocket(url);
    await alive.got(1);
    await waitFor(() => hub.clients() === 2);
    clock.advance(30_000);
    // Its answer to the ping must be with the server before the next one is due.
    await waitFor(() => alive.its.pings === 1, { what: 'the ping' });
    await alive.heard();
    clock.advance(30_000);
    await waitFor(() => hub.clients() === 1, { what: 'the silent client to be gone' });
    await alive.heard();
    expect(alive.its.closeCode).toBe(0);
    dead.destroy();
  });
});

describe('the event stream', () => {
  test('carries the same frames, named by type and numbered by cursor', async () => {
    const { url, clock, change } = await start();
    const stream = await openStream(url, '?kinds=spaces&sites=site-1');
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('access-control-allow-origin')).toBe('*');
    expect(stream.response.headers.get('link')).toContain('rel="license"');
    await stream.got(1);
    change('space-0-0', 'occupied');
    change('space-1-0', 'occupied');
    clock.advance(frameMs);
    await stream.got(2);
    expect(stream.events.map(({ event }) => event)).toEqual(['snapshot', 'delta']);
    for (const { event, id, frame } of stream.events)
      expect(frame).toMatchObject({ type: event, cursor: id });
    expect(data(stream.events[0]?.frame).spaces).toHaveLength(3);
    expect(data(stream.events[1]?.frame).spaces.map(({ id }) => id)).toEqual(['space-1-0']);
    clock.advance(15_250);
    await stream.got(3);
    expect(stream.events[2]?.event).toBe('heartbeat');
  });

  test('goes on after Last-Event-ID, which is newer than the `since` of the address', async () => {
    const { url, clock, change, hub } = await start();
    const first = await openStream(url);
    await first.got(1);
    change('space-0-0', 'occupied');
    clock.advance(frameMs);
    await first.got(2);
    first.close();
    await waitFor(() => hub.clients() === 0, { what: 'the end to be noticed' });
    change('space-0-1', 'occupied');
    clock.advance(frameMs);
    const [begun, left] = first.events.map(({ id }) => id);
    const again = await openStream(url, `?since=${begun}`, { 'last-event-id': left ?? '' });
    clock.advance(frameMs);
    await again.got(1);
    expect(data(again.events[0]?.frame).spaces.map(({ id }) => id)).toEqual(['space-0-1']);
    const lost = await openStream(url, '', { 'last-event-id': 'from another server' });
    await lost.got(1);
    expect(lost.events[0]?.event).toBe('snapshot');
  });

  test('costs no memory when its reader does not read, and the others get everything', async () => {
    const big = await start({ sites: 100, spacesPerSite: 20 });
    await openSilent(big.port, 'GET /api/v1/stream HTTP/1.1\r\nhost: localhost\r\n\r\n');
    const reader = await openStream(big.url, '?sites=site-0');
    await reader.got(1);
    await waitFor(() => big.hub.clients() === 2);
    const beforeMb = heldMb();
    let sentMb = 0;
    for (let round = 1; round <= 120; round += 1) {
      big.changeAll(round % 2 ? 'occupied' : 'vacant');
      big.clock.advance(frameMs);
      await nextTurn();
      await reader.got(round + 1);
      sentMb += (big.numberOfSpaces * 150) / 2 ** 20;
    }
    expect(sentMb).toBeGreaterThan(30);
    expect(heldMb() - beforeMb).toBeLessThan(15);
    expect(data(reader.events.at(-1)?.frame).spaces).toHaveLength(20);
    big.clock.advance(61_000);
    await waitFor(() => big.hub.clients() === 1, { what: 'the slow reader to be given up' });
    big.changeAll('occupied');
    big.clock.advance(frameMs);
    await waitFor(() => data(reader.events.at(-1)?.frame).spaces[0]?.status === 'occupied');
  });

  test('refuses nonsense and one client too many with problem details', async () => {
    const { url } = await start({ maxClients: 1 });
    for (const query of ['bbox=9,49,8,48', 'bbox=here', 'kinds=cars', 'since=then', 'kinds=']) {
      const response = await fetch(`${url}/api/v1/stream?${query}`);
      expect(response.status, query).toBe(400);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
    await openStream(url);
    const refused = await fetch(`${url}/api/v1/stream`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(await refused.json()).toMatchObject({ type: '/docs#problem-too-many-clients' });
  });

  test('holds nobody who asks for the head only', async () => {
    const { url, hub } = await start();
    const response = await fetch(`${url}/api/v1/stream`, { method: 'HEAD' });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(hub.clients()).toBe(0);
  });

  test('ends whole when the server stops', async () => {
    const { url } = await start();
    const stream = await openStream(url);
    const socket = await openWebSocket(url);
    await stream.got(1);
    await town.stop();
    expect(await stream.ended()).toBe('whole');
    await socket.closed();
    expect(socket.its.closeCode).toBe(1001);
    await start();
  });

  test('is in the OpenAPI document', async () => {
    const { url } = await start();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
    expect(document.paths).toHaveProperty(['/api/v1/stream', 'get']);
    expect(document.paths).toHaveProperty(['/api/v1/live', 'get']);
  });
});
