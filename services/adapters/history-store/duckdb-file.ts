import { setImmediate } from 'node:timers/promises';

import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';

import { AppError } from '../../domain/errors.ts';
import type { EpochMs } from '../../domain/ids.ts';
import { chunkRows, sqlType, toChunk } from './duckdb-chunk.ts';
import type { Cell, Column, Table } from './tables.ts';

export interface DuckdbOptions {
  /** `:memory:` holds nothing beyond the process. */
  readonly path: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
}

type Layout = Pick<Table<never>, 'name' | 'columns'>;

/** SQL that makes an empty table, unless it is there. */
export const createTable = (table: Layout): string =>
  `CREATE TABLE IF NOT EXISTS ${table.name} (${table.columns
    .map(({ name, type }) => `${name} ${sqlType[type].toString()}`)
    .join(', ')})`;

/**
 * An error of the database in our own words: DuckDB names the class of an error at the start of its
 * text. Our own bugs (a wrong query, a wrong call) pass through.
 */
export function toStoreError(cause: unknown): unknown {
  if (cause instanceof AppError || !(cause instanceof Error)) return cause;
  const [firstLine = ''] = cause.message.split('\n');
  const kind = /^([A-Z][A-Za-z ]+) Error:/.exec(firstLine)?.[1];
  // A RangeError is what BigInt says of a number that is not whole.
  if (cause instanceof RangeError || (kind !== undefined && dataErrors.has(kind))) {
    return new AppError('store-refused', `the history refused rows: ${firstLine}`, { cause });
  }
  if (kind === undefined || ownBugs.has(kind)) return cause;
  const message = firstLine.includes('Could not set lock')
    ? 'another process holds the history file'
    : `the history file does not work: ${firstLine}`;
  return new AppError('store-unavailable', message, { cause, retryable: true });
}
const dataErrors = new Set(['Conversion', 'Constraint', 'Invalid Input', 'Out of Range']);
const ownBugs = new Set(['Parser', 'Binder', 'Catalog']);

/** One open database: a connection that writes, and one that reads meanwhile. */
export interface DuckdbFile {
  readonly writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
  /** Runs work that keeps the file open until it has ended. */
  use<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when it is closed, after all work under way: DuckDB does not survive being closed under a query. */
  close(): Promise<void>;
}

/** Opens or creates the file with the given tables. One process holds it at a time. */
export async function openDuckdbFile(
  options: DuckdbOptions,
  tables: readonly Layout[],
): Promise<DuckdbFile> {
  const instance = await DuckDBInstance.create(options.path, {
    memory_limit: `${options.memoryLimitMb}MB`,
    threads: String(options.threads),
    // Nothing is ever fetched from the network.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const writer = await instance.connect();
    const reader = await instance.connect();
    for (const table of tables) {
      await writer.run(createTable(table));
      // A file of an earlier version gets the columns that came since; their cells are null.
      for (const { name, type } of table.columns)
        await writer.run(
          `ALTER TABLE ${table.name} ADD COLUMN IF NOT EXISTS ${name} ${sqlType[type].toString()}`,
        );
    }
    await writer.run('CREATE TABLE IF NOT EXISTS cursor (log_seq BIGINT)');
    const underWay = new Set<Promise<unknown>>();
    let closing: Promise<void> | undefined;
    const closeWhenIdle = async (): Promise<void> => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
      writer.closeSync();
      reader.closeSync();
      instance.closeSync();
    };
    return {
      writer,
      reader,
      use(work) {
        const done = work();
        underWay.add(done);
        const leave = (): void => void underWay.delete(done);
        done.then(leave, leave);
        return done;
      },
      close: () => (closing ??= closeWhenIdle()),
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** A time for a query; as a BIGINT, so that DuckDB can skip row groups, and within what a `Date` holds. */
export const toSqlTime = (ms: EpochMs): bigint =>
  BigInt(Math.ceil(Math.max(-8.64e15, Math.min(8.64e15, ms))));

/** Whole numbers come out as doubles: exact up to 2^53, and no bigint in between. */
const selected = ({ name, type }: Column<never>): string =>
  type === 'time' || type === 'int' ? `${name}::DOUBLE` : name;

/** Rows for which `where` holds, in the order of the table. */
export async function readRows<Row>(
  connection: DuckDBConnection,
  table: Table<Row>,
  where: string,
  values: Record<string, DuckDBValue>,
): Promise<Row[]> {
  const order = [table.columns[0]?.name, ...table.orderedBy].join(', ');
  const reader = await connection.runAndReadAll(
    `SELECT ${table.columns.map(selected).join(', ')} FROM ${table.name} WHERE ${where} ORDER BY ${order}`,
    values,
  );
  const columns = reader.getColumns() as Cell[][];
  return Array.from({ length: reader.currentRowCount }, (_, row) =>
    table.toRow(columns.map((column) => column[row] ?? null)),
  );
}

/** Chunks of one flush: more would block longer, fewer would cost more. */
const flushChunks = 8;

/** Adds rows through the appender; it belongs to the transaction that is open on the connection. */
export async function appendRows<Row>(
  connection: DuckDBConnection,
  table: Pick<Table<Row>, 'name' | 'columns'>,
  rows: readonly Row[],
  into: string = table.name,
): Promise<void> {
  const appender = await connection.createAppender(into);
  try {
    for (let from = 0; from < rows.length; from += chunkRows) {
      appender.appendDataChunk(toChunk(table.columns, rows.slice(from, from + chunkRows)));
      // Appending is synchronous: live answers get their turn in between.
      if (from + chunkRows < rows.length) await setImmediate();
      if ((from / chunkRows) % flushChunks === flushChunks - 1) appender.flushSync();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
