import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBDataChunk,
  INTEGER,
  VARCHAR,
  type DuckDBType,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Column } from './tables.ts';

/** Rows of one DuckDB data chunk at most (STANDARD_VECTOR_SIZE). */
export const chunkRows = 2048;

/** Numbers that stand for the names that rows are of (the tags of `tables.ts`). */
export interface NameNumbers {
  /** The number of a name; one that is new has a number from now on. */
  numberOf(name: string): number;
  nameOf(number: number): string;
}

type Kind = Column<never>['type'] | 'name';
const sqlTypes: Readonly<Record<Kind, DuckDBType>> = {
  time: BIGINT,
  int: BIGINT,
  float: DOUBLE,
  text: VARCHAR,
  flag: BOOLEAN,
  name: INTEGER,
};
const kindOf = (
  { type, isTag }: Pick<Column<never>, 'type' | 'isTag'>,
  names: NameNumbers | null,
) => (isTag && names ? 'name' : type);

/** The type of a column in a file with numbers for names, or in one without. */
export const sqlTypeOf = (
  column: Pick<Column<never>, 'type' | 'isTag'>,
  names: NameNumbers | null,
): DuckDBType => sqlTypes[kindOf(column, names)];

/** One bit a row: set where there is a value (DuckDB's validity mask, little-endian 64-bit words). */
const valid = new Uint32Array(chunkRows / 32);
const cells = new ArrayBuffer(chunkRows * 8);
const words = new Uint32Array(cells);
const doubles = new Float64Array(cells);
const flags = new Uint8Array(cells);

type Write = (row: number, value: unknown) => void;

/** Both halves of a 64-bit integer: a BigInt for each would cost more than the row. */
function writeWhole(row: number, value: unknown): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${String(value)} is no whole number`);
  const whole = value as number;
  const high = Math.floor(whole / 2 ** 32);
  words[2 * row] = whole - high * 2 ** 32;
  words[2 * row + 1] = high;
}
const writers: Readonly<Record<Exclude<Column<never>['type'], 'text'>, Write>> = {
  time: writeWhole,
  int: writeWhole,
  float: (row, value) => void (doubles[row] = value as number),
  flag: (row, value) => void (flags[row] = value === true ? 1 : 0),
};
const cellBytes = { time: 8, int: 8, float: 8, flag: duckdb.sizeof_bool, name: 4 };

/**
 * Rows in DuckDB's own layout, column by column, through its C API: what the library does for any value
 * of any type takes three times as long, most of it for nulls (a BigInt each). At most `chunkRows` rows.
 * Throws a RangeError for what is no whole number in a `time` or an `int`: such a row is refused.
 */
export function toChunk<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  names: NameNumbers | null,
): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(columns.map((column) => sqlTypeOf(column, names)));
  duckdb.data_chunk_set_size(chunk.chunk, rows.length);
  for (const [index, column] of columns.entries()) {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
    const kind = kindOf(column, names);
    const nulls = writeCells(rows, column.cell, writerOf(column, vector, names));
    if (kind !== 'text')
      duckdb.copy_data_to_vector(vector, 0, cells, 0, rows.length * cellBytes[kind]);
    if (nulls === 0) continue;
    duckdb.vector_ensure_validity_writable(vector);
    const bytes = Math.ceil(rows.length / 64) * 8;
    duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, bytes);
  }
  return chunk;
}

function writerOf(
  { type, isTag }: Pick<Column<never>, 'type' | 'isTag'>,
  vector: duckdb.Vector,
  names: NameNumbers | null,
): Write {
  if (isTag && names) return (row, value) => void (words[row] = names.numberOf(value as string));
  if (type === 'text')
    return (row, value) => duckdb.vector_assign_string_element(vector, row, value as string);
  return writers[type];
}

/** How many of the cells are null; `valid` says which. */
function writeCells<Row>(rows: readonly Row[], cell: Column<Row>['cell'], write: Write): number {
  let nulls = 0;
  for (let row = 0; row < rows.length; row += 1) {
    const value = cell(rows[row] as Row);
    if (value !== null) {
      write(row, value);
      continue;
    }
    if (nulls === 0) valid.fill(0xffffffff);
    nulls += 1;
    valid[row >>> 5] = (valid[row >>> 5] ?? 0) & ~(1 << (row & 31));
  }
  return nulls;
}
