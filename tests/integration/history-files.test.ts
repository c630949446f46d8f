import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { inventory } from '../fixtures/feeds/town.ts';
import {
  dayMs,
  monthEndMs,
  names,
  rollUp,
  site,
  townWithPast,
  whole,
  zone,
} from '../support/town-with-past.ts';

describe('the files of past occupancy', () => {
  test('are a CSV a day and a Parquet a month, each when its time is over', async () => {
    const { offer, downloads } = await townWithPast();
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
    const { offer, downloads, dir, store } = await townWithPast();
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
    const { offer, downloads, dir } = await townWithPast();
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
    const { offer, dir } = await townWithPast();
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
    const { offer, downloads, clock, openAgain, store } = await townWithPast();
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
    const { offer, downloads, dir, openAgain } = await townWithPast();
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
