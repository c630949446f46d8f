import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { createAdaptorServer } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { directoryDownloads } from '../../services/adapters/downloads/directory.ts';
import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { historyListSchema, type HistoryList } from '../../services/contract/history.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { toPublicPresent } from '../../services/domain/public-present.ts';
import type { RollUp } from '../../services/domain/roll-up.ts';
import type { Downloads } from '../../services/ports/downloads.ts';
import { createOfferHistory } from '../../services/pipeline/offer-history.ts';
import { createServer } from '../../services/publish/server.ts';
import { aPresent, inventory, settings } from '../fixtures/feeds/town.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { rollUpRow } from '../support/roll-up-row.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const quarterMs = hourMs / 4;
/** 1 November 2026 in Berlin. */
const monthEndMs = Date.UTC(2026, 9, 31, 23);
const [site] = inventory.sites;
const [zone] = inventory.zones;

const rollUp = (more: Partial<RollUp> & Pick<RollUp, 'scope' | 'id' | 'step' | 'fromMs'>): RollUp =>
  rollUpRow({
    toMs: more.fromMs + (more.step === 'day' ? dayMs : quarterMs),
    numberOfSpaces: 10,
    observedMs: 8 * quarterMs,
    occupiedMs: 6 * quarterMs,
    arrivals: 3,
    departures: 2,
    inferred: 1,
    endedStayMs: 123_456,
    endedStays: 1,
    ...more,
  });

/** The last three days of October 2026 and the first of November, a quarter hour of every two hours. */
async function aTown(dir = temporaryDirectory()) {
  const store = memoryStore();
  const rows: RollUp[] = [];
  for (let fromMs = monthEndMs - 3 * dayMs; fromMs < monthEndMs + dayMs; fromMs += dayMs) {
    rows.push(rollUp({ scope: 'municipality', id: 'musterstadt', step: 'day', fromMs }));
    for (let atMs = fromMs; atMs < fromMs + dayMs; atMs += 2 * hourMs) {
      rows.push(rollUp({ scope: 'site', id: site?.id ?? '', step: '15min', fromMs: atMs }));
      rows.push(rollUp({ scope: 'zone', id: zone?.id ?? '', step: '15min', fromMs: atMs }));
      rows.push(rollUp({ scope: 'space', id: 'a-space', step: '15min', fromMs: atMs }));
      rows.push(rollUp({ scope: 'site', id: 'taken-out', step: '15min', fromMs: atMs }));
    }
  }
  await store.writeRollUps(rows);
  const clock = createManualClock(monthEndMs + dayMs + hourMs);
  const notice = {
    title: 'Musterstadt',
    publisher: 'Stadt Musterstadt',
    attribution: 'Stadt\nMusterstadt',
    licence: { name: 'dl-de/by-2-0', url: 'https://www.govdata.de/dl-de/by-2-0' },
    timeZone: 'Europe/Berlin',
  };
  const openAgain = () => directoryDownloads({ dir, notice, clock });
  const downloads = await openAgain();
  const offer = (of = downloads) => {
    const stage = createOfferHistory({
      store,
      downloads: of,
      clock,
      log: createRecordingLogger(),
      inventory: () => inventory,
      timeZone: 'Europe/Berlin',
      measuredUntilMs: () => clock.now() - hourMs,
      backDays: 400,
    });
    stage.start();
    return stage;
  };
  return { dir, store, clock, downloads, offer, openAgain };
}
const names = (list: readonly { readonly name: string }[]): string[] =>
  list.map(({ name }) => name);
/** Those that hold everything; the municipalities' own lie beside them. */
const whole = (downloads: Pick<Downloads, 'list'>) =>
  downloads.list().filter(({ municipalityId }) => municipalityId === null);

describe('the files of past occupancy', () => {
  test('are a CSV a day and a Parquet a month, each when its time is over', async () => {
    const { offer, downloads } = await aTown();
    await offer().settled();
    expect(names(whole(downloads))).toEqual([
      '2026-10-29.csv.gz',
      '2026-10-30.csv.gz',
      '2026-10-31.csv.gz',
      '2026-10.parquet',
      '2026-11-01.csv.gz',
    ]);
  });

  test('are made for every municipality too, with its own sites and zones only', async () => {
    const { offer, downloads, dir, store } = await aTown();
    const other = inventory.sites.find(({ municipalityId }) => municipalityId === 'nebenort');
    const atMs = monthEndMs - 2 * dayMs;
    await store.writeRollUps([
      rollUp({ scope: 'site', id: other?.id ?? '', step: '15min', fromMs: atMs }),
    ]);
    await offer().settled();
    const idsIn = async (name: string): Promise<Set<string | undefined>> => {
      const lines = gunzipSync(await readFile(join(dir, name)))
        .toString()
        .split('\r\n');
      return new Set(lines.flatMap((line) => (line.startsWith('20') ? [line.split(',')[3]] : [])));
    };
    expect(await idsIn('2026-10-30.csv.gz')).toEqual(new Set([site?.id, zone?.id, other?.id]));
    expect(await idsIn('2026-10-30.nebenort.csv.gz')).toEqual(new Set([other?.id]));
    expect(await idsIn('2026-10-30.musterstadt.csv.gz')).toEqual(new Set([site?.id, zone?.id]));
    const month = downloads.list().find(({ name }) => name === '2026-10.nebenort.parquet');
    expect(month).toMatchObject({ municipalityId: 'nebenort', rows: 1 });
  });

  test('say inside whose data they are, what the columns mean, and nothing of single spaces', async () => {
    const { offer, downloads, dir } = await aTown();
    await offer().settled();
    const text = gunzipSync(await readFile(join(dir, '2026-10-30.csv.gz'))).toString();
    const lines = text.split('\r\n');
    expect(lines).toContain('# licence: dl-de/by-2-0, https://www.govdata.de/dl-de/by-2-0');
    expect(lines).toContain('# attribution: Stadt Musterstadt');
    const rows = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(rows[0]).toBe(
      'from,to,scope,id,name,numberOfSpaces,observedRatio,occupancyRatio,fullRatio,arrivals,departures,inferred,vehicles',
    );
    for (const name of rows[0]?.split(',') ?? []) expect(text).toContain(`# column ${name}: `);
    expect(rows[1]).toBe(
      `2026-10-29T23:00:00.000Z,2026-10-29T23:15:00.000Z,site,${site?.id},${site?.name},10,0.8,0.75,0,3,2,1,`,
    );
    expect(rows).toHaveLength(1 + 24);
    expect(whole(downloads)[1]?.rows).toBe(24);
    expect(text).not.toMatch(/a-space|taken-out|123456|123\.456/);
  });

  test('hold the same as Parquet, readable by another program', async () => {
    const { offer, dir } = await aTown();
    await offer().settled();
    const duckdb = await (await DuckDBInstance.create()).connect();
    const ask = async (what: string) => (await duckdb.runAndReadAll(what)).getRowObjectsJson();
    const path = join(dir, '2026-10.parquet');
    expect(
      await ask(`SELECT value::VARCHAR AS v FROM parquet_kv_metadata('${path}')`),
    ).toContainEqual({ v: 'dl-de/by-2-0, https://www.govdata.de/dl-de/by-2-0' });
    expect(await ask(`SELECT count(*)::INT AS n FROM '${path}'`)).toEqual([{ n: 3 * 24 }]);
    const [row] = await ask(`SELECT *, epoch_ms("from")::DOUBLE AS ms FROM '${path}' LIMIT 1`);
    expect(row).toMatchObject({
      ms: monthEndMs - 3 * dayMs,
      scope: 'site',
      id: site?.id,
      name: site?.name,
      numberOfSpaces: 10,
      observedRatio: 0.8,
      occupancyRatio: 0.75,
      fullRatio: 0,
      arrivals: 3,
      departures: 2,
      inferred: 1,
      vehicles: null,
    });
    duckdb.closeSync();
  });

  test('are made once, and once more a day later for what came late', async () => {
    const { offer, downloads, clock, openAgain, store } = await aTown();
    const stage = offer();
    await stage.settled();
    const made = downloads.list();
    const again = await openAgain();
    const second = offer(again);
    await second.settled();
    // Two at once would take each other's files away; the data directory is claimed by one process.
    await second.stop();
    expect(again.list()).toEqual(made);
    const late = { scope: 'site', id: site?.id ?? '', step: '15min' } as const;
    await store.writeRollUps([rollUp({ ...late, fromMs: monthEndMs, arrivals: 99 })]);
    clock.advance(dayMs);
    await stage.settled();
    await stage.stop();
    const renewed = downloads.list().filter((file) => !made.includes(file));
    expect(names(renewed)).toContain('2026-11-01.csv.gz');
    expect(names(renewed)).not.toContain('2026-10-29.csv.gz');
    clock.advance(3 * dayMs);
    expect(downloads.list().filter((file) => !made.includes(file))).toEqual(renewed);
  });

  test('are made again when the disk does not hold what the index says', async () => {
    const { offer, downloads, dir, openAgain } = await aTown();
    await offer().settled();
    await rm(join(dir, '2026-10-30.csv.gz'));
    await writeFile(join(dir, '2026-10-31.csv.gz'), 'half a fi');
    const again = await openAgain();
    expect(names(whole(again))).toEqual([
      '2026-10-29.csv.gz',
      '2026-10.parquet',
      '2026-11-01.csv.gz',
    ]);
    await offer(again).settled();
    const sums = (list: typeof downloads) => list.list().map(({ sha256 }) => sha256);
    expect(sums(again)).toEqual(sums(downloads));
    await writeFile(join(dir, 'index.json'), '{"half');
    expect((await openAgain()).list()).toEqual([]);
  });
});

describe('/api/v1/history', () => {
  let base = '';
  let server: ReturnType<typeof createAdaptorServer> | undefined;
  beforeAll(async () => {
    const { offer, downloads, clock } = await aTown();
    await offer().settled();
    const published = toPublicInventory(inventory);
    const app = createServer({
      settings,
      isSimulated: true,
      inventory: () => published,
      present: toPublicPresent(inventory, aPresent()),
      downloads,
      clock,
      log: createRecordingLogger(),
      readiness: () => [],
      metricsText: () => '',
      state: () => {
        throw new Error('nobody asks');
      },
      webhooks: {},
      dashboardDirectory: null,
      trustedProxies: [],
      rateLimit: null,
    });
    const listening = createAdaptorServer({ fetch: app.fetch });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  });
  afterAll(() => server?.close());

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
