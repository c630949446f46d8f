import type { Cell, Table } from './tables.ts';

/** The time a row goes by, the first column of every table. */
export const timeOf = <Row>(table: Table<Row>, row: Row): number =>
  table.columns[0]?.cell(row) as number;

/** Text that is equal for rows that are the same row. */
export function keyOf<Row>(table: Table<Row>): (row: Row) => string {
  const cells = table.columns
    .filter((column) => table.key.includes(column.name))
    .map((column) => column.cell);
  return (row) => {
    let key = '';
    for (const cell of cells) key += `${String(cell(row))}|`;
    return key;
  };
}

/**
 * True when no two rows can be the same: those of each device come in the order of time, and those of
 * one time differ in the rest of the key. Cheaper than keys.
 */
function areApart<Row>(table: Table<Row>, rows: readonly Row[]): boolean {
  const keyColumns = table.columns.slice(1).filter(({ name }) => table.key.includes(name));
  const tag = keyColumns.find(({ isTag }) => isTag);
  if (!tag) return false;
  const rest = keyColumns.filter((column) => column !== tag);
  /** Where the newest row of each device is, and for each row where the one before it is; -1 for none. */
  const newest = new Map<Cell, number>();
  const before = new Int32Array(rows.length);
  for (const [at, row] of rows.entries()) {
    const of = tag.cell(row);
    const atMs = timeOf(table, row);
    const last = newest.get(of) ?? -1;
    for (let other = last; other >= 0; other = before[other] ?? -1) {
      const otherRow = rows[other] as Row;
      const otherMs = timeOf(table, otherRow);
      if (otherMs > atMs) return false;
      if (otherMs < atMs) break;
      if (rest.every(({ cell }) => cell(row) === cell(otherRow))) return false;
    }
    before[at] = last;
    newest.set(of, at);
  }
  return true;
}

/** Rows of which the last of equal keys is kept. */
export function withoutRepeats<Row>(table: Table<Row>, rows: readonly Row[]): readonly Row[] {
  if (areApart(table, rows)) return rows;
  const keys = rows.map(keyOf(table));
  // Nearly always there are none, and a set is cheaper than a map.
  if (new Set(keys).size === rows.length) return rows;
  const last = new Map(keys.map((key, index) => [key, index]));
  return rows.filter((_, index) => last.get(keys[index] ?? '') === index);
}

/** Orders rows by time and then by what the table says. */
export function inOrder<Row>(table: Table<Row>): (a: Row, b: Row) => number {
  const columns = [table.columns[0]?.name ?? '', ...table.orderedBy].flatMap((name) =>
    table.columns.filter((column) => column.name === name),
  );
  return (a, b) => {
    for (const column of columns) {
      const left = column.cell(a) ?? '';
      const right = column.cell(b) ?? '';
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };
}
