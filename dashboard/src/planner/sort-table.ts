import type { Locale } from '../ui/locale.svelte.ts';
import type { Cell, Table } from './csv.ts';

export interface Column<Row> {
  readonly key: string;
  /** With its unit, as a file needs it. */
  readonly name: string;
  /** Above the column on the page, where every cell bears its unit; the name when absent. */
  readonly heading?: string;
  readonly isNumber: boolean;
  /** What the column is ordered by and what the CSV holds. */
  readonly value: (row: Row) => Cell;
  /** What is shown. */
  readonly text: (row: Row) => string;
  /** A second, smaller line, as the interval is. */
  readonly note?: (row: Row) => string;
}

export interface Order {
  readonly key: string;
  readonly isDescending: boolean;
}

/** Rows in the order of a column; what is not known comes last either way. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { key, isDescending }: Order,
  locale: Locale,
): readonly Row[] {
  const column = columns.find((candidate) => candidate.key === key);
  if (column === undefined) return rows;
  const collator = new Intl.Collator(locale, { numeric: true });
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * collator.compare(String(left), String(right));
  });
}

/** The same table for a file: same columns, same order. */
export const toTable = <Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Order,
  locale: Locale,
): Table => ({
  about: [],
  header: columns.map(({ name }) => name),
  rows: sortRows(rows, columns, order, locale).map((row) => columns.map(({ value }) => value(row))),
});
