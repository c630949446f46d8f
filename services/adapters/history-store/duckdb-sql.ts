import type { DuckDBConnection } from '@duckdb/node-api';

import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import type { Revision } from '../../ports/history-store.ts';
import type { Names } from './duckdb-names.ts';
import { appendRows, layoutOf, toSqlTime, type Condition } from './duckdb-rows.ts';
import { mergedRevisions } from './revisions.ts';
import { timeOf } from './rows.ts';
import { transitionTable, type Table } from './tables.ts';

export const everything: Condition = { where: 'true', values: {} };

/** Of rows of these names; `undefined` stands for all. A list without items has no type for DuckDB, and matches nothing anyway. */
export function anyOf(column: string, ids: readonly string[] | undefined, names: Names): Condition {
  if (ids === undefined) return everything;
  const numbers = ids.flatMap((id) => names.find(id) ?? []);
  const [only] = numbers;
  if (only === undefined) return { where: 'false', values: {} };
  // An equal value skips what cannot hold it.
  if (numbers.length === 1)
    return { where: `${column} = $${column}s`, values: { [`${column}s`]: only } };
  // A join by hash: `list_contains` looks through the list for every row, ten times as long with 200 names.
  // The numbers come as one text: a list is handed over item by item, 40 instead of 10 ms with 9,000 names.
  return {
    where: `${column} IN (SELECT unnest(string_split($${column}s, ','))::INTEGER)`,
    values: { [`${column}s`]: numbers.join(',') },
  };
}

/** First and last times in columns beside the number of their space, in the order of both. */
export function timesBySpace(
  [spaces = [], firsts = [], lasts = []]: readonly (readonly number[])[],
  names: Names,
): ReadonlyMap<SpaceId, readonly EpochMs[]> {
  const bySpace = new Map<SpaceId, EpochMs[]>();
  let times: EpochMs[] = [];
  for (const [row, space] of spaces.entries()) {
    if (space !== spaces[row - 1]) bySpace.set(names.nameOf(space) as SpaceId, (times = []));
    const [first = 0, last = 0] = [firsts[row], lasts[row]];
    times.push(first);
    if (last !== first) times.push(last);
  }
  return bySpace;
}

/** Deletes the stored rows that have the key of one of these. */
export async function dropSame<Row>(
  connection: DuckDBConnection,
  table: Table<Row>,
  rows: readonly Row[],
  names: Names,
): Promise<void> {
  const columns = table.columns.filter(({ name }) => table.key.includes(name));
  const same = { name: `same_${table.name}`, columns };
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${layoutOf(same, names)}`);
  await appendRows(connection, same, rows, names);
  const times = rows.map((row) => timeOf(table, row));
  await connection.run(
    `DELETE FROM ${table.name} t USING ${same.name} s WHERE ${within(table)}
       AND ${table.key.map((column) => `t.${column} = s.${column}`).join(' AND ')}`,
    bounds(times, times),
  );
}

/** Where transitions no longer hold, in a table that lives as long as the statement. */
const revised: Pick<Table<Revision>, 'name' | 'columns'> = {
  name: 'revised',
  columns: [
    { name: 'space', type: 'text', isTag: true, cell: ({ spaceId }) => spaceId },
    { name: 'from_ms', type: 'int', isTag: false, cell: ({ fromMs }) => fromMs },
    { name: 'to_ms', type: 'int', isTag: false, cell: ({ toMs }) => toMs },
  ],
};

/** Voids transitions in one statement: one for each revision would take a second for a late batch. */
export async function dropRevised(
  connection: DuckDBConnection,
  revisions: readonly Revision[],
  names: Names,
): Promise<void> {
  if (revisions.length === 0) return;
  const merged = mergedRevisions(revisions);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${layoutOf(revised, names)}`);
  await appendRows(connection, revised, merged, names);
  await connection.run(
    `DELETE FROM transition t USING revised r WHERE ${within(transitionTable)}
       AND t.space = r.space AND t.at_ms >= r.from_ms AND t.at_ms < r.to_ms`,
    bounds(
      merged.map(({ fromMs }) => fromMs),
      merged.map(({ toMs }) => toMs),
    ),
  );
}

/** Lets DuckDB skip what is older or newer than everything that is looked for. */
const within = <Row>(table: Table<Row>): string =>
  `t.${table.columns[0]?.name ?? ''} BETWEEN $earliest AND $latest`;

const bounds = (
  from: readonly EpochMs[],
  to: readonly EpochMs[],
): { readonly earliest: bigint; readonly latest: bigint } => ({
  earliest: toSqlTime(from.reduce((a, b) => Math.min(a, b), Infinity)),
  latest: toSqlTime(to.reduce((a, b) => Math.max(a, b), -Infinity)),
});
