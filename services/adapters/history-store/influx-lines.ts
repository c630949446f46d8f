import type { EpochMs } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { timeOf } from './rows.ts';
import type { Cell, Column, Table } from './tables.ts';

/**
 * Names of the columns that are null in a point. Writing a point again keeps the fields it no longer
 * has, so what is absent has to be said.
 */
export const absentField = 'absent';

const special = /[,= ]/;
const escapeTag = (text: string): string =>
  special.test(text) ? text.replaceAll(/[,= ]/g, '\\$&') : text;
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
  let tags = '';
  let fields = extra.fields === undefined ? '' : `${extra.fields},`;
  let absent = '';
  for (const { name, type, isTag, cell: cellOf } of table.columns) {
    if (type === 'time') continue;
    const cell = cellOf(row);
    if (isTag) {
      if (cell !== null) tags += `,${name}=${escapeTag(String(cell))}`;
      continue;
    }
    if (cell === null) {
      absent += absent === '' ? name : ` ${name}`;
      continue;
    }
    const value = toField(type, cell);
    if (value === undefined) return err(`${table.name}: ${name} cannot be '${String(cell)}'`);
    fields += `${name}=${value},`;
  }
  for (const name in extra.tags) {
    const value = extra.tags[name];
    if (value) tags += `,${name}=${escapeTag(value)}`;
  }
  const at = toMicroseconds(atMs, table.withinMs(row));
  return ok(`${table.name}${tags} ${fields}${absentField}="${absent}" ${at}`);
}
