import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';

import { appendRows, layoutOf } from '../../services/adapters/history-store/duckdb-rows.ts';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import {
  countTable,
  observationTable,
  rollUpTable,
  type Table,
} from '../../services/adapters/history-store/tables.ts';
import { toSiteId, toSpaceId } from '../../services/domain/ids.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  always,
  batch,
  count,
  observation,
  rollUp,
  spaceA,
  spaceB,
  startMs,
  transition,
} from './history-store-rows.ts';

const newFile = () => ({
  path: join(temporaryDirectory(), 'history.duckdb'),
  memoryLimitMb: 128,
  threads: 1,
});

describe('the embedded history file', () => {
  test('has every confirmed batch exactly once after kill -9', async () => {
    const file = newFile();
    const writer = new URL('history-store-writer.ts', import.meta.url).pathname;
    let confirmed = 0;
    for (const enough of [20, 25]) {
      const child = spawn(process.execPath, [writer, file.path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      // Its output ends before the end of the process does, which lets go of the file.
      const exited = once(child, 'exit');
      let inThisLife = 0;
      for await (const line of createInterface(child.stdout)) {
        confirmed = Number(line);
        inThisLife += 1;
        if (inThisLife === enough) child.kill('SIGKILL');
      }
      await exited;
    }
    const store = await duckdbStore(file);
    const cursor = await store.cursor();
    const rows = await store.observations(always);
    await store.close();
    expect(cursor).toBeGreaterThanOrEqual(confirmed);
    expect(rows.map((row) => row.observedAtMs - startMs)).toEqual(
      Array.from({ length: cursor }, (_, i) => i + 1),
    );
  });

  test('says when thousands of spaces were seen with little memory', async () => {
    const store = await duckdbStore({ ...newFile(), memoryLimitMb: 32 });
    const [spaces, times] = [3_000, 26];
    for (let time = 0; time < times; time += 1)
      await store.append(
        batch({
          observations: Array.from({ length: spaces }, (_, n) =>
            observation(time * 1000, { spaceId: toSpaceId(`space-${n}`) }),
          ),
        }),
      );
    const seen = await store.seen({ ...always, stepMs: 60_000 });
    await store.close();
    expect(seen.size).toBe(spaces);
    expect(seen.get(toSpaceId('space-77'))).toEqual([startMs, startMs + (times - 1) * 1000]);
  });

  test('waits while the disk is full, says so, and has every confirmed batch once afterwards', async () => {
    const file = newFile();
    const writer = new URL('history-store-writer.ts', import.meta.url).pathname;
    const rows = 500;
    const child = spawn(
      'prlimit',
      ['--fsize=600000:unlimited', process.execPath, writer, file.path, String(rows)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    const confirmed = (): number => lines.filter((line) => /^\d+$/.test(line)).length;
    const full = (): string[] => lines.filter((line) => line.startsWith('full'));
    await waitFor(() => full().length > 3, { what: 'writes that fail' });
    expect(full()[0]).toMatch(
      /^full store-unavailable retryable unavailable the history file does not work: .*File too large/,
    );
    const before = confirmed();
    expect(before).toBeGreaterThan(0);

    execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
    await waitFor(() => confirmed() > before + 20, { what: 'the history to go on' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await duckdbStore(file);
    const cursor = await store.cursor();
    const seen = await store.observations(always);
    await store.close();
    expect(cursor).toBeGreaterThanOrEqual(confirmed());
    expect(seen).toHaveLength(cursor * rows);
    expect(new Set(seen.map(({ observedAtMs, order }) => `${observedAtMs} ${order}`)).size).toBe(
      cursor * rows,
    );
  });

  test('belongs to one process, and says so', async () => {
    const file = newFile();
    const writer = new URL('history-store-writer.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [writer, file.path]);
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await expect(duckdbStore(file)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: 'another process holds the history file',
    });
    child.kill('SIGKILL');
    await exited;
  });

  test('refuses what is no number, and goes on', async () => {
    const file = newFile();
    const store = await duckdbStore(file);
    await expect(
      store.append(batch({ observations: [observation(1), observation(Number.NaN)], upTo: 2 })),
    ).rejects.toMatchObject({ code: 'store-refused', retryable: false });
    await store.append(batch({ observations: [observation(1)], upTo: 2 }));
    expect(await store.observations(always)).toEqual([observation(1)]);
    expect(await store.cursor()).toBe(2);
    await store.close();
  });

  test('takes over a file of an earlier version, with names as texts and columns that were not yet there', async () => {
    const file = newFile();
    const instance = await DuckDBInstance.create(file.path);
    const connection = await instance.connect();
    const write = async <Row>(
      table: Pick<Table<Row>, 'name' | 'columns'>,
      rows: readonly Row[],
    ): Promise<void> => {
      await connection.run(`CREATE TABLE ${layoutOf(table, null)}`);
      await appendRows(connection, table, rows, null);
    };
    const observations = [
      observation(1, { spaceId: spaceB }),
      observation(2, { status: 'vacant' }),
      observation(3, { spaceId: spaceB, status: 'vacant' }),
    ];
    const gate = count(0, {
      target: { kind: 'site-gate', siteId: toSiteId('garage'), gate: 'in' },
      direction: 'both',
    });
    await write(observationTable, observations);
    await write(countTable, [count(0), gate]);
    const { columns } = rollUpTable;
    await write({ name: 'roll_up_15min', columns: columns.slice(0, -2) }, [rollUp(0)]);
    connection.closeSync();
    instance.closeSync();

    for (const opening of ['first', 'second'] as const) {
      const store = await duckdbStore(file);
      expect(await store.observations(always), opening).toEqual(observations);
      expect(await store.observations({ ...always, spaceIds: [spaceB] })).toHaveLength(2);
      expect(await store.counts({ ...always, siteIds: [toSiteId('garage')] })).toEqual([gate]);
      expect(await store.counts(always)).toHaveLength(2);
      expect(
        await store.rollUps({ ...always, scope: 'zone', step: '15min', ids: ['zone-1'] }),
      ).toEqual([{ ...rollUp(0), stays: null, vacancies: null }]);
      await store.close();
    }
    const store = await duckdbStore(file);
    await store.append(batch({ observations: [observation(2), observation(4)], upTo: 1 }));
    const after = await store.observations({ ...always, spaceIds: [spaceA] });
    expect(after).toEqual([observation(2), observation(4)]);
    await store.close();
  });

  test('knows a name that first came with rows it had to refuse', async () => {
    const file = newFile();
    const first = await duckdbStore(file);
    const refused = batch({
      observations: [observation(1, { spaceId: spaceB })],
      transitions: [transition(Number.NaN)],
    });
    await expect(first.append(refused)).rejects.toMatchObject({ code: 'store-refused' });
    await first.append(batch({ observations: [observation(2, { spaceId: spaceB })] }));
    await first.close();
    const second = await duckdbStore(file);
    expect(await second.observations({ ...always, spaceIds: [spaceB] })).toEqual([
      observation(2, { spaceId: spaceB }),
    ]);
    await second.close();
  });
});
