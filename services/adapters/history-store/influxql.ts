import type { TimeRange } from '../../ports/history-store.ts';
import type { InfluxSeries } from './influx-client.ts';
import { absentField } from './influx-lines.ts';
import { inOrder, withoutRepeats } from './rows.ts';
import type { Cell, Column, Table } from './tables.ts';

/** More identifiers than these are read with everything else and picked out here. */
const mostIds = 100;

const name = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
const text = (value: string): string => `'${value.replaceAll(/['\\]/g, '\\$&')}'`;

/** InfluxDB's times are nanoseconds in 64 bits: 1677 to 2262. Nothing here is older than 1970. */
const inMs = (atMs: number): string => `${Math.ceil(Math.min(Math.max(atMs, 0), 9.2e12))}ms`;

/** A tag is one of these; `undefined` stands for all. */
export function tagIn(tag: string, ids: readonly string[] | undefined): string[] {
  if (ids === undefined || ids.length > mostIds) return [];
  if (ids.length === 0) return [`${name(tag)} = 'no such ${tag}'`];
  return [`(${ids.map((id) => `${name(tag)} = ${text(id)}`).join(' OR ')})`];
}

const where = ({ fromMs, toMs }: TimeRange, conditions: readonly string[]): string =>
  [`time >= ${inMs(fromMs)}`, `time < ${inMs(toMs)}`, ...conditions].join(' AND ');

/** All rows of a table in a range, by time. */
export const selectRows = <Row>(
  table: Table<Row>,
  range: TimeRange,
  conditions: readonly string[] = [],
): string =>
  `SELECT ${[...table.columns.slice(1).map((column) => name(column.name)), name(absentField)].join(', ')} FROM ${name(table.name)} WHERE ${where(range, conditions)}`;

/** The last point of each value of a tag in a range. */
export function selectLast<Row>(
  table: Table<Row>,
  tag: string,
  range: TimeRange,
  conditions: readonly string[] = [],
): string {
  const fields = table.columns.filter((column) => column.type !== 'time' && !column.isTag);
  const columns = [...fields.map((column) => column.name), absentField].map((field, index) =>
    index === 0 ? `last(${name(field)}) AS ${name(field)}` : name(field),
  );
  return `SELECT ${columns.join(', ')} FROM ${name(table.name)} WHERE ${where(range, conditions)} GROUP BY ${name(tag)}`;
}

function toCell<Row>(column: Column<Row>, value: string | number | null | undefined): Cell {
  if (value === undefined || value === null || (column.isTag && value === '')) return null;
  return column.type === 'flag' ? value === 1 : value;
}

/** Rows from the answer to one of the queries above, in the order of the table. */
export function toRows<Row>(table: Table<Row>, series: readonly InfluxSeries[]): readonly Row[] {
  const rows = series.flatMap(({ tags = {}, columns, values }) => {
    const places = table.columns.map((column) =>
      columns.indexOf(column.type === 'time' ? 'time' : column.name),
    );
    const absentAt = columns.indexOf(absentField);
    return values.map((value) => {
      const absent = String(value[absentAt] ?? '').split(' ');
      return table.toRow(
        table.columns.map((column, index) =>
          absent.includes(column.name)
            ? null
            : toCell(column, tags[column.name] ?? value[places[index] ?? -1]),
        ),
      );
    });
  });
  return withoutRepeats(table, rows).toSorted(inOrder(table));
}
