import type { EpochMs } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { timeOf, toCells, type Cell, type Column, type Table } from './tables.ts';

/**
 * Names of the columns that are null in a point. Writing a point again keeps the fields it no longer
 * has, so what is absent has to be said.
 */
export const absentField = 'absent';

const escapeTag = (text: string): string => text.replaceAll(/[,= ]/g, '\\$&');
const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** A field's value in line protocol: its type never changes, whatever the value. */
function toField(type: Column<never>['type'], cell: Exclude<Cell, null>): string | undefined {
  if (type === 'text') return quote(String(cell));
  if (type === 'flag') return cell === true ? '1i' : '0i';
  if (type === 'float') return Number.isFinite(cell) ? String(cell) : undefined;
  return Number.isSafeInteger(cell) ? `${String(cell)}i` : undefined;
}

/** Microseconds: rows of the same device and millisecond are points of their own. */
const toMicroseconds = (atMs: EpochMs, withinMs: number): number =>
  atMs * 1000 + (((withinMs % 1000) + 1000) % 1000);

/** One line of line protocol, or what is wrong with the row. `extra` are further tags and fields. */
export function toLine<Row>(
  table: Table<Row>,
  row: Row,
  extra: {
    readonly tags?: Readonly<Record<string, string | null | undefined>>;
    readonly fields?: string;
  } = {},
): Result<string, string> {
  const atMs = timeOf(table, row);
  if (!Number.isSafeInteger(atMs)) return err(`${table.name}: '${atMs}' is no time`);
  let head = table.name;
  const fields = extra.fields === undefined ? [] : [extra.fields];
  const absent: string[] = [];
  const cells = toCells(table, row);
  for (const [index, { name, type, isTag }] of table.columns.entries()) {
    const cell = cells[index] ?? null;
    if (type === 'time') continue;
    if (isTag) head += cell === null ? '' : `,${name}=${escapeTag(String(cell))}`;
    else if (cell === null) absent.push(name);
    else {
      const value = toField(type, cell);
      if (value === undefined) return err(`${table.name}: ${name} cannot be '${String(cell)}'`);
      fields.push(`${name}=${value}`);
    }
  }
  for (const [name, value] of Object.entries(extra.tags ?? {}))
    head += value ? `,${name}=${escapeTag(value)}` : '';
  fields.push(`${absentField}=${quote(absent.join(' '))}`);
  return ok(`${head} ${fields.join(',')} ${toMicroseconds(atMs, table.withinMs(row))}`);
}
