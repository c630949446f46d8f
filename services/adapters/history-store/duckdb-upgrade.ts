import type { DuckDBConnection } from '@duckdb/node-api';

import { sqlTypeOf } from './duckdb-chunk.ts';
import type { Names } from './duckdb-names.ts';
import type { Layout } from './duckdb-rows.ts';

/**
 * Brings the tables of a file that an earlier version wrote to the layout of this one, all or nothing:
 * columns that came since are added, with null in their cells, and names that stand as texts get numbers.
 */
export async function upgrade(
  connection: DuckDBConnection,
  tables: readonly Layout[],
  names: Names,
): Promise<void> {
  const types = await typesOf(connection);
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const table of tables) {
      await addColumns(connection, table, names, types);
      await numberNames(connection, table, names, types);
    }
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
}

/** Types of columns as they stand in the file, by `table.column`. */
type Types = ReadonlyMap<string, string>;

async function typesOf(connection: DuckDBConnection): Promise<Types> {
  const answer = await connection.runAndReadAll(
    `SELECT table_name || '.' || column_name, data_type FROM information_schema.columns`,
  );
  return new Map(answer.getRows() as [string, string][]);
}

async function addColumns(
  connection: DuckDBConnection,
  table: Layout,
  names: Names,
  types: Types,
): Promise<void> {
  for (const column of table.columns.filter(({ name }) => !types.has(`${table.name}.${name}`)))
    await connection.run(
      `ALTER TABLE ${table.name} ADD COLUMN ${column.name} ${sqlTypeOf(column, names).toString()}`,
    );
}

async function numberNames(
  connection: DuckDBConnection,
  table: Layout,
  names: Names,
  types: Types,
): Promise<void> {
  const texts = table.columns.filter(
    ({ name, isTag }) => isTag && types.get(`${table.name}.${name}`) === 'VARCHAR',
  );
  if (texts.length === 0) return;
  const union = texts.map(({ name }) => `SELECT DISTINCT ${name} FROM ${table.name}`);
  const found = await connection.runAndReadAll(union.join(' UNION '));
  for (const [name] of found.getRows()) if (typeof name === 'string') names.numberOf(name);
  const saved = await names.save(connection);
  saved();

  const cells = table.columns.map((column) =>
    texts.includes(column) ? `of_${column.name}.number::INTEGER AS ${column.name}` : column.name,
  );
  const joins = texts.map(({ name }) => `LEFT JOIN name of_${name} ON of_${name}.name = t.${name}`);
  // In the order of time, as rows come: so questions about a time skip most of them.
  await connection.run(
    `CREATE TABLE numbered AS SELECT ${cells.join(', ')} FROM ${table.name} t ${joins.join(' ')}
       ORDER BY ${table.columns[0]?.name ?? ''}`,
  );
  await connection.run(`DROP TABLE ${table.name}`);
  await connection.run(`ALTER TABLE numbered RENAME TO ${table.name}`);
}
