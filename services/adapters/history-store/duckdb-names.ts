import type { DuckDBConnection } from '@duckdb/node-api';

import type { NameNumbers } from './duckdb-chunk.ts';
import { appendRows, layoutOf } from './duckdb-rows.ts';
import type { Table } from './tables.ts';

/** Numbers for the names of one history file: a name that is new is in the file after the next `save`. */
export interface Names extends NameNumbers {
  /** The number of a name that a row may be of; `undefined` when none is. */
  find(name: string): number | undefined;
  /**
   * Writes the names that are not yet in the file, in the transaction that is open. Call what it resolves
   * with when that is committed: until then the next `save` writes them again.
   */
  save(connection: DuckDBConnection): Promise<() => void>;
}

type NamedRow = readonly [number: number, name: string];
const nameTable: Pick<Table<NamedRow>, 'name' | 'columns'> = {
  name: 'name',
  columns: [
    { name: 'number', type: 'int', isTag: false, cell: ([number]) => number },
    { name: 'name', type: 'text', isTag: false, cell: ([, name]) => name },
  ],
};

/** The names of an open file. They stay in memory: places, devices and a few words. */
export async function openNames(connection: DuckDBConnection): Promise<Names> {
  await connection.run(`CREATE TABLE IF NOT EXISTS ${layoutOf(nameTable, null)}`);
  const answer = await connection.runAndReadAll('SELECT number::DOUBLE, name FROM name');
  const known = answer.getRows() as unknown as readonly NamedRow[];
  const names: string[] = [];
  for (const [number, name] of known) names[number] = name;
  const numbers = new Map(known.map(([number, name]) => [name, number]));
  let saved = names.length;

  return {
    numberOf(name) {
      const number = numbers.get(name);
      if (number !== undefined) return number;
      numbers.set(name, names.length);
      return names.push(name) - 1;
    },
    find: (name) => numbers.get(name),
    nameOf(number) {
      const name = names[number];
      if (name === undefined) throw new Error(`the history knows no name with number ${number}`);
      return name;
    },
    async save(connection) {
      const upTo = names.length;
      const rows = names.slice(saved, upTo).map((name, at): NamedRow => [saved + at, name]);
      if (rows.length > 0) await appendRows(connection, nameTable, rows, null);
      return () => void (saved = Math.max(saved, upTo));
    },
  };
}
