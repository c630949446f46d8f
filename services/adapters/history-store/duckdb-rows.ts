import { setImmediate } from 'node:timers/promises';

import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

import type { EpochMs } from '../../domain/ids.ts';
import { chunkRows, sqlTypeOf, toChunk, type NameNumbers } from './duckdb-chunk.ts';
import { inOrder } from './rows.ts';
import type { Cell, Column, Table } from './tables.ts';

/** A WHERE clause and its parameters. */
export interface Condition {
  readonly where: string;
  readonly values: Record<string, DuckDBValue>;
}
/** Of any table. */
export type Layout = Pick<Table<never>, 'name' | 'columns'>;

/** A table and its columns for `CREATE TABLE`; with numbers for names, or without. */
export const layoutOf = (table: Layout, names: NameNumbers | null): string =>
  `${table.name} (${table.columns
    .map((column) => `${column.name} ${sqlTypeOf(column, names).toString()}`)
    .join(', ')})`;

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
  names: NameNumbers | null,
  { where, values }: Condition,
): Promise<Row[]> {
  const [time] = table.columns;
  const reader = await connection.runAndReadAll(
    `SELECT ${table.columns.map(selected).join(', ')} FROM ${table.name} WHERE ${where} ORDER BY ${time?.name ?? ''}`,
    values,
  );
  const columns = (reader.getColumns() as Cell[][]).map((cells, index) =>
    names && table.columns[index]?.isTag === true ? cells.map(toName(names)) : cells,
  );
  const rows = Array.from({ length: reader.currentRowCount }, (_, row) =>
    table.toRow(columns.map((column) => column[row] ?? null)),
  );
  // Numbers have no order of their own; by time the rows are sorted already.
  return rows.sort(inOrder(table));
}

const toName =
  (names: NameNumbers) =>
  (number: Cell): Cell =>
    number === null ? null : names.nameOf(number as number);

/** Chunks of one flush: more would block longer, fewer would cost more. */
const flushChunks = 8;

/** Adds rows through the appender; it belongs to the transaction that is open on the connection. */
export async function appendRows<Row>(
  connection: DuckDBConnection,
  table: Pick<Table<Row>, 'name' | 'columns'>,
  rows: readonly Row[],
  names: NameNumbers | null,
): Promise<void> {
  const appender = await connection.createAppender(table.name);
  try {
    for (let from = 0; from < rows.length; from += chunkRows) {
      appender.appendDataChunk(toChunk(table.columns, rows.slice(from, from + chunkRows), names));
      // Appending is synchronous: live answers get their turn in between.
      if (from + chunkRows < rows.length) await setImmediate();
      if ((from / chunkRows) % flushChunks === flushChunks - 1) appender.flushSync();
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
