import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

import { AppError } from '../../domain/errors.ts';
import { openNames, type Names } from './duckdb-names.ts';
import { layoutOf, type Layout } from './duckdb-rows.ts';
import { upgrade } from './duckdb-upgrade.ts';

export interface DuckdbOptions {
  /** `:memory:` holds nothing beyond the process. */
  readonly path: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
}

/**
 * An error of the database in our own words: DuckDB names the class of an error at the start of its
 * text. Our own bugs (a wrong query, a wrong call) pass through.
 */
export function toStoreError(cause: unknown): unknown {
  if (cause instanceof AppError || !(cause instanceof Error)) return cause;
  const [firstLine = ''] = cause.message.split('\n');
  const kind = /^([A-Z][A-Za-z ]+) Error:/.exec(firstLine)?.[1];
  // A RangeError is what BigInt says of a number that is not whole.
  if (cause instanceof RangeError || (kind !== undefined && dataErrors.has(kind))) {
    return new AppError('store-refused', `the history refused rows: ${firstLine}`, { cause });
  }
  if (kind === undefined || ownBugs.has(kind)) return cause;
  const message = firstLine.includes('Could not set lock')
    ? 'another process holds the history file'
    : `the history file does not work: ${firstLine}`;
  return new AppError('store-unavailable', message, { cause, retryable: true });
}
const dataErrors = new Set(['Conversion', 'Constraint', 'Invalid Input', 'Out of Range']);
const ownBugs = new Set(['Parser', 'Binder', 'Catalog']);

/** One open database: a connection that writes, and one that reads meanwhile. */
export interface DuckdbFile {
  readonly writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
  readonly names: Names;
  /** Runs work that keeps the file open until it has ended. */
  use<Answer>(work: () => Promise<Answer>): Promise<Answer>;
  /** Resolves when it is closed, after all work under way: DuckDB does not survive being closed under a query. */
  close(): Promise<void>;
}

/** Opens or creates the file with the given tables. One process holds it at a time. */
export async function openDuckdbFile(
  options: DuckdbOptions,
  tables: readonly Layout[],
): Promise<DuckdbFile> {
  const instance = await DuckDBInstance.create(options.path, {
    memory_limit: `${options.memoryLimitMb}MB`,
    threads: String(options.threads),
    // Nothing is ever fetched from the network.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const writer = await instance.connect();
    const reader = await instance.connect();
    const names = await openNames(writer);
    for (const table of tables)
      await writer.run(`CREATE TABLE IF NOT EXISTS ${layoutOf(table, names)}`);
    await upgrade(writer, tables, names);
    await writer.run('CREATE TABLE IF NOT EXISTS cursor (log_seq BIGINT)');
    const underWay = new Set<Promise<unknown>>();
    let closing: Promise<void> | undefined;
    const closeWhenIdle = async (): Promise<void> => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
      writer.closeSync();
      reader.closeSync();
      instance.closeSync();
    };
    return {
      writer,
      reader,
      names,
      use(work) {
        const done = work();
        underWay.add(done);
        const leave = (): void => void underWay.delete(done);
        done.then(leave, leave);
        return done;
      },
      close: () => (closing ??= closeWhenIdle()),
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}
