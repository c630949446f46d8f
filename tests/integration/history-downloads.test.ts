import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyListSchema, type HistoryList } from '../../services/contract/history.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { toPublicPresent } from '../../services/domain/public-present.ts';
import { createServer } from '../../services/publish/server.ts';
import { aPresent, inventory } from '../fixtures/feeds/town.ts';
import { serverDeps } from '../support/server-deps.ts';
import { serve } from '../support/serve.ts';
import { names, townWithPast } from '../support/town-with-past.ts';

describe('/api/v1/history', () => {
  let base = '';
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    const { offer, downloads, clock } = await townWithPast();
    await offer().settled();
    const published = toPublicInventory(inventory);
    const app = createServer(
      serverDeps({
        inventory: () => published,
        present: toPublicPresent(inventory, aPresent()),
        downloads,
        clock,
      }),
    );
    server = await serve(app.fetch);
    base = server.url;
  });
  afterAll(() => server.stop());

  const list = async (query = ''): Promise<HistoryList> =>
    historyListSchema.parse(await (await fetch(`${base}/api/v1/history${query}`)).json());

  test('lists the files with checksums that hold, in pages', async () => {
    const all = await list();
    expect(all).toMatchObject({
      totalCount: 5,
      next: null,
      licence: { attribution: 'Stadt Musterstadt' },
    });
    expect(all.columns.map(({ name }) => name)).toContain('occupancyRatio');
    for (const { url, sha256, bytes, mediaType } of all.items) {
      const response = await fetch(url);
      const body = Buffer.from(await response.arrayBuffer());
      const hash = createHash('sha256').update(body);
      expect(response.headers.get('content-type')).toBe(mediaType);
      expect(response.headers.get('link')).toContain('rel="license"');
      expect(body).toHaveLength(bytes);
      expect(response.headers.get('repr-digest')).toBe(`sha-256=:${hash.copy().digest('base64')}:`);
      expect(hash.digest('hex')).toBe(sha256);
    }
    const days = await list('?kind=day&limit=3');
    expect(days.next).toBe('/api/v1/history?kind=day&limit=3&after=2026-10-31.csv.gz');
    const rest = await list(days.next?.slice('/api/v1/history'.length));
    expect(names(rest.items)).toEqual(['2026-11-01.csv.gz']);
  });

  test.each([
    ['bytes=0-9', 206, 0, 10],
    ['bytes=10-', 206, 10, undefined],
    ['bytes=-5', 206, -5, undefined],
    ['bytes=5-2', 200, 0, undefined],
    ['bytes=0-1,4-5', 200, 0, undefined],
    ['lines=1-2', 200, 0, undefined],
    ['bytes=0-99999999999', 206, 0, undefined],
  ])('answers Range %s with %i', async (range, status, first, end) => {
    const url = `${base}/api/v1/history/2026-10-30.csv.gz`;
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    const response = await fetch(url, { headers: { range } });
    expect(response.status).toBe(status);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(whole.subarray(first, end));
    expect(response.headers.get('content-range') !== null).toBe(status === 206);
  });

  test('refuses a part beyond the end, and gives the whole file when it has changed', async () => {
    const url = `${base}/api/v1/history/2026-10.parquet`;
    const beyond = await fetch(url, { headers: { range: 'bytes=99999999-' } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toMatch(/^bytes \*\/\d+$/);
    expect(beyond.headers.get('content-type')).toBe('application/problem+json');
    const changed = await fetch(url, { headers: { range: 'bytes=0-3', 'if-range': '"other"' } });
    expect(changed.status).toBe(200);
    const etag = changed.headers.get('etag') ?? '';
    const same = await fetch(url, { headers: { range: 'bytes=0-3', 'if-range': etag } });
    expect(await same.text()).toBe('PAR1');
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(changed.headers.get('content-length'));
  });

  test.each([
    ['/api/v1/history/..%2Findex.json', 404],
    ['/api/v1/history/index.json', 404],
    ['/api/v1/history/2026-10-28.csv.gz', 404],
    ['/api/v1/history?kind=year', 400],
    ['/api/v1/history?limit=0', 400],
  ])('answers %s with %i', async (path, status) => {
    const response = await fetch(base + path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });

  test('is narrowed to a municipality, page by page', async () => {
    const { items, totalCount, next } = await list('?municipality=nebenort&limit=2');
    expect(totalCount).toBe(5);
    expect(items.map(({ name }) => name)).toEqual([
      '2026-10-29.nebenort.csv.gz',
      '2026-10-30.nebenort.csv.gz',
    ]);
    expect(items.every(({ municipality }) => municipality === 'nebenort')).toBe(true);
    expect(next).toContain('municipality=nebenort');
    expect((await list('?municipality=elsewhere')).totalCount).toBe(0);
    const both = await list('?municipality=nebenort,musterstadt');
    expect(new Set(both.items.map(({ municipality }) => municipality))).toEqual(
      new Set(['nebenort', 'musterstadt']),
    );
    expect((await fetch(items[0]?.url ?? '')).status).toBe(200);
  });

  test('is in the catalogue', async () => {
    expect(await (await fetch(`${base}/catalog.ttl`)).text()).toContain(`${base}/api/v1/history`);
  });
});
