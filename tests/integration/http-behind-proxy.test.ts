import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { settings } from '../fixtures/feeds/town.ts';
import { data, openStream, openWebSocket } from '../support/live-clients.ts';
import { frameMs, startLiveTown, type LiveTown } from '../support/live-town.ts';
import { startReverseProxy } from '../support/reverse-proxy.ts';

const file = {
  kind: 'day' as const,
  name: '2026-11-20.csv.gz',
  municipalityId: null,
  fromMs: 0,
  toMs: 1,
  madeAtMs: 1,
  rows: 1,
  bytes: 4,
  sha256: 'ab',
};

describe.each([
  ['at the root of its host', ''],
  ['below a path', '/verkehr/parken'],
])('behind a proxy %s', (_, below) => {
  const publicUrl = `https://daten.example${below}`;
  let town: LiveTown;
  let proxy: Awaited<ReturnType<typeof startReverseProxy>>;
  beforeAll(async () => {
    town = await startLiveTown({
      sites: 3,
      spacesPerSite: 5,
      serving: {
        settings: { ...settings, publicUrl: `${publicUrl}/` },
        trustedProxies: ['127.0.0.1'],
        rateLimit: { burst: 100, perSecond: 1 },
        downloads: {
          list: () => [file],
          read: () => new Blob(['file']).stream(),
        },
      },
    });
    town.changeAll('vacant');
    proxy = await startReverseProxy({ port: town.port, below });
  });
  afterAll(async () => {
    await proxy.stop();
    await town.stop();
  });

  let clients = 0;
  /** Each from an address of its own. */
  const get = (path: string) =>
    fetch(proxy.url + path, {
      headers: { 'x-forwarded-for': `203.0.113.${(clients += 1) % 250}` },
    });
  const textOf = async (path: string) => (await get(path)).text();

  test.each([
    ['/catalog.ttl', 100],
    ['/catalog.rdf', 100],
    ['/catalog.jsonld', 100],
    ['/ogc', 5],
    ['/ogc/collections', 5],
    ['/ogc/collections/sites', 2],
    ['/ogc/collections/sites/items?limit=1', 3],
    ['/ogc/collections/sites/items/site-0', 2],
    ['/api/v1/history', 1],
    ['/parkapi/v1', 1],
    ['/openapi.json', 1],
    ['/.well-known/security.txt', 1],
  ])('every address of ours in %s is the public one and answers there', async (path, atLeast) => {
    const text = await textOf(path);
    expect(text).not.toMatch(/127\.0\.0\.1|localhost/);
    const urls = [...text.matchAll(/https:\/\/daten\.example[^\s"'<>)\]}]*/g)].map(([url]) => url);
    expect(urls.length).toBeGreaterThanOrEqual(atLeast);
    for (const url of new Set(
      urls.map((one) => one.replace(/#.*|&amp;/g, (part) => (part === '&amp;' ? '&' : ''))),
    )) {
      expect(url.startsWith(publicUrl), url).toBe(true);
      const asked = url.slice(publicUrl.length);
      // This town has no pages; the goal and the base address are no documents of it.
      if (asked === '' || asked === '/') continue;
      expect((await get(asked)).status, url).toBe(200);
    }
  });

  test('the next page is where the reader can get it', async () => {
    const pageShape = z.object({ next: z.string() });
    for (const path of ['/api/v1/sites', '/api/v1/spaces']) {
      const { next } = pageShape.parse(JSON.parse(await textOf(`${path}?limit=1`)));
      const url = new URL(next, `${publicUrl}${path}`).href;
      expect(url.startsWith(`${publicUrl}/api/`), url).toBe(true);
      expect((await get(url.slice(publicUrl.length))).status).toBe(200);
    }
    const { next_path: next } = z
      .object({ next_path: z.string() })
      .parse(JSON.parse(await textOf('/api/public/v3/parking-sites?limit=1')));
    expect(new URL(next, publicUrl).href.startsWith(`${publicUrl}/api/public/`)).toBe(true);
  });

  test('requests are counted for the reader, not for the proxy', async () => {
    const left = async (client: string): Promise<string> => {
      const headers = { 'x-forwarded-for': client };
      const response = await fetch(`${proxy.url}/api/v1/zones`, { headers });
      return /r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1] ?? '';
    };
    expect(await left('198.51.100.1')).toBe('99');
    expect(await left('198.51.100.1')).toBe('98');
    expect(await left('198.51.100.2')).toBe('99');
    // What a reader invents stands left of what the proxy has seen.
    expect(await left('198.51.100.9, 198.51.100.1')).toBe('97');
  });

  test('live clients hear what changes, by WebSocket and by event stream', async () => {
    const socket = await openWebSocket(proxy.url);
    const stream = await openStream(proxy.url);
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no');
    await socket.got(1);
    await stream.got(1);
    town.change('space-1-2', 'occupied');
    town.clock.advance(frameMs);
    await socket.got(2);
    await stream.got(2);
    expect(data(socket.frames[1]).spaces[0]).toMatchObject({ id: 'space-1-2' });
    expect(data(stream.events[1]?.frame).spaces[0]).toMatchObject({ id: 'space-1-2' });
    stream.close();
    socket.close();
  });
});
