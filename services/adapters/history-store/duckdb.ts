import type { DuckDBConnection, DuckDBListValue } from '@duckdb/node-api';

import { AppError } from '../../domain/errors.ts';
import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import type { RollUp, RollUpStep } from '../../domain/roll-up.ts';
import type { HistoryStatus, HistoryStore, TimeRange } from '../../ports/history-store.ts';
import {
  appendRows,
  openDuckdbFile,
  readRows,
  toSqlTime,
  toStoreError,
  type DuckdbFile,
  type DuckdbOptions,
} from './duckdb-file.ts';
import { anyOf, dropRevised, dropSame, everything, type Condition } from './duckdb-sql.ts';
import { timeOf, withoutRepeats } from './rows.ts';
import {
  countTable,
  healthTable,
  observationTable,
  rollUpTable,
  transitionTable,
  type Table,
} from './tables.ts';

/** A table a step: a year of days is found without reading past a hundred times as many quarter hours. */
const rollUpTables: Readonly<Record<RollUpStep, Table<RollUp>>> = {
  '15min': { ...rollUpTable, name: 'roll_up_15min' },
  hour: { ...rollUpTable, name: 'roll_up_hour' },
  day: { ...rollUpTable, name: 'roll_up_day' },
};
const steps = ['15min', 'hour', 'day'] as const;
const tables = [
  observationTable,
  transitionTable,
  countTable,
  healthTable,
  ...Object.values(rollUpTables),
];

/**
 * The embedded history: one file, held by one process. Rows and cursor are written in one transaction,
 * so every log record is in it exactly once. There is no primary key: its index would cost more than
 * the rows. Rows that may be there already (their time is not beyond the newest stored one) are
 * deleted before they are added; live data nearly always skips that.
 */
export async function duckdbStore(options: DuckdbOptions): Promise<HistoryStore> {
  let file: Promise<DuckdbFile> | null = null;
  let isClosed = false;
  let problem: string | null = null;
  let newest = new Map<string, EpochMs>();
  let writing: Promise<unknown> = Promise.resolve();

  function open(): Promise<DuckdbFile> {
    if (isClosed)
      throw new AppError('store-unavailable', 'the history is closed', { retryable: true });
    if (file === null) {
      newest = new Map();
      file = openDuckdbFile(options, tables);
    }
    return file;
  }

  /** Runs work on the open file; after trouble the file is opened anew for the next call. */
  async function use<Answer>(work: (opened: DuckdbFile) => Promise<Answer>): Promise<Answer> {
    const opening = open();
    try {
      const opened = await opening;
      const answer = await opened.use(() => work(opened));
      problem = null;
      return answer;
    } catch (cause) {
      const error = toStoreError(cause);
      if (error instanceof AppError && error.code === 'store-unavailable') {
        problem = error.message;
        // Others may have found the same trouble, and opened it anew.
        if (file === opening) file = null;
        await opening.then((opened) => opened.close()).catch(() => undefined);
      }
      throw error;
    }
  }

  /** Writes happen one after the other, each in a transaction of its own. */
  function write(work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
    const done = writing.then(() =>
      use(async ({ writer }) => {
        await writer.run('BEGIN TRANSACTION');
        try {
          await work(writer);
          await writer.run('COMMIT');
        } catch (error) {
          newest = new Map();
          await writer.run('ROLLBACK').catch(() => undefined);
          throw error;
        }
      }),
    );
    writing = done.catch(() => undefined);
    return done;
  }

  async function newestOf<Row>(connection: DuckDBConnection, table: Table<Row>): Promise<EpochMs> {
    const known = newest.get(table.name);
    if (known !== undefined) return known;
    const time = table.columns[0]?.name ?? '';
    const reader = await connection.runAndReadAll(`SELECT max(${time})::DOUBLE FROM ${table.name}`);
    return (reader.value(0, 0) as number | null) ?? -Infinity;
  }

  async function put<Row>(
    connection: DuckDBConnection,
    table: Table<Row>,
    rows: readonly Row[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const before = await newestOf(connection, table);
    const old = rows.filter((row) => timeOf(table, row) <= before);
    if (old.length > 0) await dropSame(connection, table, old);
    await appendRows(connection, table, rows);
    newest.set(
      table.name,
      rows.reduce((latest, row) => Math.max(latest, timeOf(table, row)), before),
    );
  }

  async function select<Row>(
    table: Table<Row>,
    range: TimeRange,
    { where, values }: Condition = everything,
  ): Promise<Row[]> {
    const time = table.columns[0]?.name ?? '';
    return use(({ reader }) =>
      readRows(reader, table, `${time} >= $from AND ${time} < $to AND ${where}`, {
        from: toSqlTime(range.fromMs),
        to: toSqlTime(range.toMs),
        ...values,
      }),
    );
  }

  await use(() => Promise.resolve());

  return {
    append: (batch) =>
      write(async (connection) => {
        await put(
          connection,
          observationTable,
          withoutRepeats(observationTable, batch.observations),
        );
        await dropRevised(connection, batch.revisions);
        await put(connection, transitionTable, withoutRepeats(transitionTable, batch.transitions));
        await put(connection, countTable, withoutRepeats(countTable, batch.counts));
        await put(connection, healthTable, withoutRepeats(healthTable, batch.health));
        if (batch.upTo === null) return;
        await connection.run('DELETE FROM cursor');
        await connection.run('INSERT INTO cursor VALUES ($seq)', { seq: batch.upTo });
      }),
    cursor: () =>
      use(async ({ reader }) => {
        const answer = await reader.runAndReadAll('SELECT max(log_seq)::DOUBLE FROM cursor');
        return (answer.value(0, 0) as number | null) ?? 0;
      }),

    observations: (query) => select(observationTable, query, anyOf('space', query.spaceIds)),
    transitions(query) {
      const { where, values } = anyOf('space', query.spaceIds);
      if (query.method === undefined) return select(transitionTable, query, { where, values });
      return select(transitionTable, query, {
        where: `inferred = $inferred AND ${where}`,
        values: { inferred: query.method === 'inferred', ...values },
      });
    },
    async stateAt(atMs, spaceIds) {
      const { where, values } = anyOf('space', spaceIds);
      const rows = await use(({ reader }) =>
        readRows(
          reader,
          transitionTable,
          `(space, at_ms) IN (SELECT (space, max(at_ms)) FROM transition
             WHERE at_ms < $at AND ${where} GROUP BY space)`,
          { at: toSqlTime(atMs), ...values },
        ),
      );
      return new Map(rows.map((row) => [row.spaceId, row]));
    },
    seen({ spaceIds, fromMs, toMs }) {
      const { where, values } = anyOf('space', spaceIds);
      return use(async ({ reader }) => {
        // The name of a space is read once and not with every time: names are most of the work.
        const answer = await reader.runAndReadAll(
          `SELECT space, list(observed_at_ms::DOUBLE ORDER BY observed_at_ms) FROM observation
             WHERE observed_at_ms >= $from AND observed_at_ms < $to AND ${where} GROUP BY space`,
          { from: toSqlTime(fromMs), to: toSqlTime(toMs), ...values },
        );
        const rows = answer.getRows() as unknown as readonly (readonly [
          SpaceId,
          Pick<DuckDBListValue, 'items'>,
        ])[];
        return new Map(rows.map(([space, times]) => [space, times.items as EpochMs[]]));
      });
    },
    lastSeen: ({ fromMs, toMs }) =>
      use(async ({ reader }) => {
        const answer = await reader.runAndReadAll(
          `SELECT space, max(observed_at_ms)::DOUBLE FROM observation
             WHERE observed_at_ms >= $from AND observed_at_ms < $to GROUP BY space`,
          { from: toSqlTime(fromMs), to: toSqlTime(toMs) },
        );
        return new Map(answer.getRows() as [SpaceId, EpochMs][]);
      }),
    counts({ stretchIds, siteIds, ...range }) {
      if (stretchIds === undefined && siteIds === undefined) return select(countTable, range);
      const onStretch = anyOf('stretch', stretchIds ?? []);
      const atSite = anyOf('site', siteIds ?? []);
      return select(countTable, range, {
        where: `(${onStretch.where} OR ${atSite.where})`,
        values: { ...onStretch.values, ...atSite.values },
      });
    },
    health: (query) => select(healthTable, query, anyOf('device', query.devEuis)),

    writeRollUps: (rows) =>
      write(async (connection) => {
        for (const step of steps) {
          const own = rows.filter((row) => row.step === step);
          await put(connection, rollUpTables[step], own);
        }
      }),
    rollUps(query) {
      const { where, values } = anyOf('id', query.ids);
      return select(rollUpTables[query.step], query, {
        where: `scope = $scope AND ${where}`,
        values: { scope: query.scope, ...values },
      });
    },

    prune: (before) =>
      write(async (connection) => {
        const drop = async (table: string, where: string, beforeMs?: EpochMs): Promise<void> => {
          if (beforeMs === undefined) return;
          await connection.run(`DELETE FROM ${table} WHERE ${where}`, {
            before: toSqlTime(beforeMs),
          });
        };
        await drop('observation', 'observed_at_ms < $before', before.observationsMs);
        await drop('transition', 'at_ms < $before', before.transitionsMs);
        await drop('count', 'from_ms < $before', before.countsMs);
        await drop('health', 'at_ms < $before', before.healthMs);
        for (const step of steps)
          await drop(rollUpTables[step].name, 'from_ms < $before', before.rollUpsMs?.[step]);
      }),

    status: (): HistoryStatus => ({ state: problem === null ? 'ready' : 'unavailable', problem }),
    async close() {
      await writing;
      isClosed = true;
      await file?.then((opened) => opened.close());
    },
  };
}
