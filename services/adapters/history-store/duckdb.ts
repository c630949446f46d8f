import { AppError } from '../../domain/errors.ts';
import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import type { RollUp, RollUpStep } from '../../domain/roll-up.ts';
import type { HistoryStatus, HistoryStore, TimeRange } from '../../ports/history-store.ts';
import {
  openDuckdbFile,
  toStoreError,
  type DuckdbFile,
  type DuckdbOptions,
} from './duckdb-file.ts';
import type { Names } from './duckdb-names.ts';
import { appendRows, readRows, toSqlTime, type Condition } from './duckdb-rows.ts';
import { anyOf, dropRevised, dropSame, everything, timesBySpace } from './duckdb-sql.ts';
import { timeOf, withoutRepeats } from './rows.ts';
import {
  countTable,
  healthTable,
  observationTable,
  rollUpTable,
  transitionTable,
  withoutAges,
  type Table,
} from './tables.ts';

/** A table a step: a year of days is found without reading past a hundred times as many quarter hours. */
const rollUpTables: Readonly<Record<RollUpStep, Table<RollUp>>> = {
  '15min': { ...rollUpTable, name: 'roll_up_15min' },
  hour: { ...rollUpTable, name: 'roll_up_hour' },
  day: { ...rollUpTable, name: 'roll_up_day' },
};
const toRead = ({ step, leaveOut }: Parameters<HistoryStore['rollUps']>[0]): Table<RollUp> =>
  leaveOut === 'ages' ? withoutAges(rollUpTables[step]) : rollUpTables[step];
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
  function write(work: (file: DuckdbFile) => Promise<void>): Promise<void> {
    const done = writing.then(() =>
      use(async (opened) => {
        const { writer, names } = opened;
        await writer.run('BEGIN TRANSACTION');
        try {
          await work(opened);
          const saved = await names.save(writer);
          await writer.run('COMMIT');
          saved();
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

  async function newestOf<Row>({ writer }: DuckdbFile, table: Table<Row>): Promise<EpochMs> {
    const known = newest.get(table.name);
    if (known !== undefined) return known;
    const time = table.columns[0]?.name ?? '';
    const reader = await writer.runAndReadAll(`SELECT max(${time})::DOUBLE FROM ${table.name}`);
    return (reader.value(0, 0) as number | null) ?? -Infinity;
  }

  async function put<Row>(
    opened: DuckdbFile,
    table: Table<Row>,
    rows: readonly Row[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const { writer, names } = opened;
    const before = await newestOf(opened, table);
    const old = rows.filter((row) => timeOf(table, row) <= before);
    if (old.length > 0) await dropSame(writer, table, old, names);
    await appendRows(writer, table, rows, names);
    newest.set(
      table.name,
      rows.reduce((latest, row) => Math.max(latest, timeOf(table, row)), before),
    );
  }

  async function select<Row>(
    table: Table<Row>,
    range: TimeRange,
    which: (names: Names) => Condition = () => everything,
  ): Promise<Row[]> {
    const time = table.columns[0]?.name ?? '';
    return use(({ reader, names }) => {
      const { where, values } = which(names);
      return readRows(reader, table, names, {
        where: `${time} >= $from AND ${time} < $to AND ${where}`,
        values: { from: toSqlTime(range.fromMs), to: toSqlTime(range.toMs), ...values },
      });
    });
  }

  await use(() => Promise.resolve());

  return {
    append: (batch) =>
      write(async (opened) => {
        const { writer, names } = opened;
        await put(opened, observationTable, withoutRepeats(observationTable, batch.observations));
        await dropRevised(writer, batch.revisions, names);
        await put(opened, transitionTable, withoutRepeats(transitionTable, batch.transitions));
        await put(opened, countTable, withoutRepeats(countTable, batch.counts));
        await put(opened, healthTable, withoutRepeats(healthTable, batch.health));
        if (batch.upTo === null) return;
        await writer.run('DELETE FROM cursor');
        await writer.run('INSERT INTO cursor VALUES ($seq)', { seq: batch.upTo });
      }),
    cursor: () =>
      use(async ({ reader }) => {
        const answer = await reader.runAndReadAll('SELECT max(log_seq)::DOUBLE FROM cursor');
        return (answer.value(0, 0) as number | null) ?? 0;
      }),

    observations: (query) =>
      select(observationTable, query, (names) => anyOf('space', query.spaceIds, names)),
    transitions: (query) =>
      select(transitionTable, query, (names) => {
        const { where, values } = anyOf('space', query.spaceIds, names);
        if (query.method === undefined) return { where, values };
        return {
          where: `inferred = $inferred AND ${where}`,
          values: { inferred: query.method === 'inferred', ...values },
        };
      }),
    async stateAt(atMs, spaceIds) {
      const rows = await use(({ reader, names }) => {
        const { where, values } = anyOf('space', spaceIds, names);
        return readRows(reader, transitionTable, names, {
          where: `(space, at_ms) IN (SELECT (space, max(at_ms)) FROM transition
             WHERE at_ms < $at AND ${where} GROUP BY space)`,
          values: { at: toSqlTime(atMs), ...values },
        });
      });
      return new Map(rows.map((row) => [row.spaceId, row]));
    },
    seen: ({ spaceIds, fromMs, toMs, stepMs }) =>
      use(async ({ reader, names }) => {
        const { where, values } = anyOf('space', spaceIds, names);
        // A sorted list of all times would take 12 KB a space (measured): more than the database may use.
        const answer = await reader.runAndReadAll(
          `SELECT space, min(observed_at_ms)::DOUBLE AS first, max(observed_at_ms)::DOUBLE FROM observation
             WHERE observed_at_ms >= $from AND observed_at_ms < $to AND ${where}
             GROUP BY space, observed_at_ms // $step ORDER BY space, first`,
          { from: toSqlTime(fromMs), to: toSqlTime(toMs), step: toSqlTime(stepMs), ...values },
        );
        return timesBySpace(answer.getColumns() as number[][], names);
      }),
    lastSeen: ({ fromMs, toMs }) =>
      use(async ({ reader, names }) => {
        const answer = await reader.runAndReadAll(
          `SELECT space, max(observed_at_ms)::DOUBLE FROM observation
             WHERE observed_at_ms >= $from AND observed_at_ms < $to GROUP BY space`,
          { from: toSqlTime(fromMs), to: toSqlTime(toMs) },
        );
        const rows = answer.getRows() as [number, EpochMs][];
        return new Map(rows.map(([space, atMs]) => [names.nameOf(space) as SpaceId, atMs]));
      }),
    counts: ({ stretchIds, siteIds, ...range }) =>
      select(countTable, range, (names) => {
        if (stretchIds === undefined && siteIds === undefined) return everything;
        const onStretch = anyOf('stretch', stretchIds ?? [], names);
        const atSite = anyOf('site', siteIds ?? [], names);
        return {
          where: `(${onStretch.where} OR ${atSite.where})`,
          values: { ...onStretch.values, ...atSite.values },
        };
      }),
    health: (query) => select(healthTable, query, (names) => anyOf('device', query.devEuis, names)),

    writeRollUps: (rows) =>
      write(async (opened) => {
        for (const step of steps) {
          const own = rows.filter((row) => row.step === step);
          await put(opened, rollUpTables[step], own);
        }
      }),
    rollUps: (query) =>
      select(toRead(query), query, (names) => {
        const ofScope = anyOf('scope', [query.scope], names);
        const ofPlace = anyOf('id', query.ids, names);
        return {
          where: `${ofScope.where} AND ${ofPlace.where}`,
          values: { ...ofScope.values, ...ofPlace.values },
        };
      }),

    prune: (before) =>
      write(async ({ writer }) => {
        const drop = async (table: string, where: string, beforeMs?: EpochMs): Promise<void> => {
          if (beforeMs === undefined) return;
          await writer.run(`DELETE FROM ${table} WHERE ${where}`, {
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
