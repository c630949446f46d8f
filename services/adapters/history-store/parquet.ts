import { DuckDBInstance } from '@duckdb/node-api';

import { toStoreError } from './duckdb-file.ts';
import { appendRows, layoutOf, readRows } from './duckdb-rows.ts';
import { everything } from './duckdb-sql.ts';
import type { Table } from './tables.ts';

/** Tables as Parquet files, through a DuckDB that holds one file's rows at a time. */
export interface ParquetFiles {
  write<Row>(path: string, table: Table<Row>, rows: readonly Row[]): Promise<void>;
  /** In the order of the table. */
  read<Row>(path: string, table: Table<Row>): Promise<readonly Row[]>;
  close(): void;
}

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** Throws `store-unavailable` when a file cannot be written or read. */
export async function openParquetFiles(memoryLimitMb: number): Promise<ParquetFiles> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryLimitMb}MB`,
    threads: '2',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const inOurWords = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error);
    }
  };
  return {
    write: (path, table, rows) =>
      inOurWords(async () => {
        await connection.run(`CREATE TABLE ${layoutOf(table, null)}`);
        try {
          await appendRows(connection, table, rows, null);
          await connection.run(
            `COPY ${table.name} TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd)`,
          );
        } finally {
          await connection.run(`DROP TABLE ${table.name}`);
        }
      }),
    read: (path, table) =>
      inOurWords(() =>
        readRows(connection, { ...table, name: `read_parquet(${quoted(path)})` }, null, everything),
      ),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
