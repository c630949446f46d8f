import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { influxdbStore } from '../../services/adapters/history-store/influxdb.ts';
import {
  openParquetFiles,
  type ParquetFiles,
} from '../../services/adapters/history-store/parquet.ts';
import { exportArchive, importArchive } from '../../services/app/archive.ts';
import { createTracker } from '../../services/domain/tracker.ts';
import type { HistoryStore } from '../../services/ports/history-store.ts';
import { createMeasure } from '../../services/pipeline/measure/measure.ts';
import { createRecord } from '../../services/pipeline/record.ts';
import { startInfluxd } from '../support/influxd.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createMemoryLog, type MemoryLog } from '../support/memory-log.ts';
import type { TestServer } from '../support/process.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { dayInventory, interpretDay, recordedDay } from '../support/recorded-day.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const startMs = Date.UTC(2026, 4, 4);
const endMs = startMs + 24 * 3_600_000;
const range = { fromMs: startMs - 3_600_000, toMs: endMs + 3_600_000 };
const timeZone = 'Europe/Berlin';

/** Every question of the port, asked of a store. */
async function answers(store: HistoryStore) {
  const rollUps = [];
  for (const scope of ['space', 'site', 'stretch', 'zone', 'municipality'] as const)
    for (const step of ['15min', 'hour', 'day'] as const)
      rollUps.push(await store.rollUps({ ...range, fromMs: startMs - 1e9, scope, step }));
  const noon = startMs + 12 * 3_600_000;
  const spaceIds = dayInventory.spaces.slice(3, 6).map(({ id }) => id);
  return {
    rollUps,
    observations: await store.observations(range),
    transitions: await store.transitions(range),
    inferred: await store.transitions({ ...range, method: 'inferred' }),
    ofSome: await store.transitions({ fromMs: noon, toMs: endMs, spaceIds }),
    counts: await store.counts(range),
    health: await store.health(range),
    stateAt: [...(await store.stateAt(noon))].sort(),
    stateOfSome: [...(await store.stateAt(noon, spaceIds))].sort(),
    lastSeen: [...(await store.lastSeen({ fromMs: startMs, toMs: noon }))].sort(),
  };
}

describe('a recorded day', () => {
  let server: TestServer;
  let parquet: ParquetFiles;
  let databases = 0;
  let log: MemoryLog;
  const clock = createManualClock(endMs + 3_600_000);
  beforeAll(async () => {
    server = await startInfluxd();
    parquet = await openParquetFiles(256);
    log = createMemoryLog(clock);
    for (const uplink of recordedDay(startMs)) log.append(uplink);
  });
  afterAll(async () => {
    parquet.close();
    await server.stop();
  });

  const newDuckdb = () =>
    duckdbStore({
      path: join(temporaryDirectory(), 'history.duckdb'),
      memoryLimitMb: 128,
      threads: 1,
    });
  const newInfluxdb = () => {
    databases += 1;
    return influxdbStore(
      {
        kind: 'influxdb',
        url: server.url,
        api: '1',
        database: `day_${databases}`,
        organisation: '',
        timeoutS: 60,
      },
      { logId: 'log', inventory: () => dayInventory },
    );
  };

  /** Through the record and the measure stage, as the server does it. */
  async function replay(store: HistoryStore): Promise<void> {
    const record = createRecord({
      log,
      store,
      clock,
      logger: createRecordingLogger(),
      interpret: interpretDay,
      begin: () => Promise.resolve({ tracker: createTracker(), trackedSeq: 0, cursor: 0 }),
      savedSeq: 0,
      refused: (_, reason) => {
        throw new Error(reason);
      },
    });
    record.start();
    await record.stop();
    const measure = createMeasure({
      store,
      clock,
      log: createRecordingLogger(),
      inventory: () => dayInventory,
      timeZone,
      staleAfterMs: () => 3 * 3_600_000,
      backDays: 3,
    });
    await measure.start();
    await measure.stop();
  }

  test('is answered the same by DuckDB and by InfluxDB, and comes through an archive unchanged', async () => {
    const first = await newDuckdb();
    await replay(first);
    const expected = await answers(first);
    expect(await first.cursor()).toBe(log.status().last);
    expect(expected.observations.length).toBeGreaterThan(300);
    expect(expected.inferred.length).toBeGreaterThan(20);
    // Spaces by day only; all kerbs of that day are whole stretches, and stored as these.
    expect(expected.rollUps.map((rows) => rows.length > 0)).toEqual(
      expected.rollUps.map((_, index) => index === 2 || index > 5),
    );

    const live = newInfluxdb();
    await replay(live);
    expect(await live.cursor()).toBe(log.status().last);
    expect(await answers(live)).toEqual(expected);

    // DuckDB → InfluxDB → DuckDB, with the raw log on the first leg.
    const whole = { fromMs: startMs - 1e9, toMs: endMs + 1e9 };
    const common = { parquet, deployment: 'Test', range: whole };
    const dir = join(temporaryDirectory(), "the mayor's archive");
    const exported = await exportArchive({ ...common, store: first, log, dir });
    await first.close();
    expect(readdirSync(join(dir, 'observation'))).toContain('2026-05-04.parquet');

    const moved = newInfluxdb();
    const movedLog = createMemoryLog(clock);
    expect(await importArchive({ parquet, store: moved, log: movedLog, dir })).toEqual(exported);
    expect(await answers(moved)).toEqual(expected);
    expect(movedLog.records.map(({ uplink }) => uplink)).toEqual(
      log.records.map(({ uplink }) => uplink),
    );
    expect(await moved.cursor()).toBe(log.status().last);

    const backDir = join(temporaryDirectory(), 'back');
    await exportArchive({ ...common, store: moved, log: null, dir: backDir });
    const back = await newDuckdb();
    await importArchive({ parquet, store: back, log: null, dir: backDir });
    await importArchive({ parquet, store: back, log: null, dir: backDir });
    expect(await answers(back)).toEqual(expected);
    await back.close();
  });

  test('an archive that was not finished is not imported', async () => {
    const store = await newDuckdb();
    const dir = temporaryDirectory();
    await expect(importArchive({ parquet, store, log: null, dir })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await store.close();
  });

  test('what the history had not recorded yet is recorded by who starts on the archive', async () => {
    const store = await newDuckdb();
    const recorded = log.status().last - 7;
    await store.append({
      ...{ observations: [], revisions: [], transitions: [], counts: [], health: [] },
      upTo: recorded,
    });
    const dir = temporaryDirectory();
    const said: string[] = [];
    const warn = (text: string): void => void said.push(text);
    await exportArchive({ parquet, deployment: 'Test', range, store, log, dir, warn });
    expect(said).toEqual([expect.stringMatching(/^7 uplinks are not in the history yet/)]);
    await store.close();
    const moved = await newDuckdb();
    const movedLog = createMemoryLog(clock);
    await importArchive({ parquet, store: moved, log: movedLog, dir });
    expect(movedLog.records).toHaveLength(log.records.length);
    expect(await moved.cursor()).toBe(recorded);
    await moved.close();
  });

  test('an archive that lacks files is not taken for a whole one', async () => {
    const store = await newDuckdb();
    await replay(store);
    const dir = temporaryDirectory();
    await exportArchive({ parquet, deployment: 'Test', range, store, log: null, dir });
    rmSync(join(dir, 'observation'), { recursive: true });
    const target = await newDuckdb();
    await expect(importArchive({ parquet, store: target, log: null, dir })).rejects.toThrow(
      /0 rows of observation instead of \d+/,
    );
    await store.close();
    await target.close();
  });

  test('raw uplinks stay out of a log that has some already, and the cursor stays', async () => {
    const store = await newDuckdb();
    const dir = temporaryDirectory();
    await exportArchive({ parquet, deployment: 'Test', range, store, log, dir });
    expect(existsSync(join(dir, 'observation'))).toBe(false);
    const busy = createMemoryLog(clock);
    busy.append(log.records[0]!.uplink);
    const said: string[] = [];
    const warn = (text: string): void => void said.push(text);
    expect(await importArchive({ parquet, store, log: busy, dir, warn })).toEqual({});
    expect(said).toEqual(['the raw uplinks are left out: the log has some already']);
    expect(busy.records).toHaveLength(1);
    expect(await store.cursor()).toBe(0);
    await store.close();
  });
});
