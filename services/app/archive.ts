import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ParquetFiles } from '../adapters/history-store/parquet.ts';
import {
  countTable,
  healthTable,
  observationTable,
  rollUpTable,
  transitionTable,
  type Table,
} from '../adapters/history-store/tables.ts';
import { AppError } from '../domain/errors.ts';
import { dayMs } from '../domain/local-time.ts';
import type { HistoryBatch, HistoryStore, TimeRange } from '../ports/history-store.ts';
import type { UplinkLog } from '../ports/uplink-log.ts';
import { uplinkTable } from './uplink-table.ts';

/**
 * An archive is a folder: `manifest.json`, and for each kind of history a folder of Parquet files, one
 * a day (UTC). Files of the raw log carry the position of their first record instead.
 */
interface Manifest {
  readonly format: 1;
  readonly deployment: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Rows by kind; a kind that was left out is absent. */
  readonly rows: Readonly<Record<string, number>>;
  /** The last raw uplink that the history had; absent in archives of earlier versions, whose history had all. */
  readonly recordedSeq?: number;
}

export type Rows = Record<string, number>;

const scopes = ['space', 'site', 'stretch', 'zone', 'municipality'] as const;
const steps = ['15min', 'hour', 'day'] as const;
/** Rows of one write to a store. */
const rowsAtOnce = 5_000;
/** Raw uplinks of one file. */
const uplinksAtOnce = 50_000;

const parquetOf = (name: string): string => `${name}.parquet`;

async function readRollUps(store: HistoryStore, range: TimeRange) {
  const rows = [];
  for (const scope of scopes)
    for (const step of steps) rows.push(...(await store.rollUps({ ...range, scope, step })));
  return rows;
}

/** The last record of the log that is in the history; 0 when the history was filled from another log. */
async function recordedSeqOf(store: HistoryStore, log: UplinkLog): Promise<number> {
  const cursor = await store.cursor();
  return cursor > log.status().last ? 0 : cursor;
}

/** Throws when there is something already: an archive is all that lies in its folder. */
async function expectEmpty(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  if ((await readdir(dir)).length > 0)
    throw new AppError('invalid-request', `${dir} is not empty: name a new folder`);
}

/**
 * Writes what lies in `[fromMs, toMs)` into an empty folder; `tell` is called after every day, `warn` when
 * the history lacks uplinks that the log has. Answers with rows by kind.
 */
export async function exportArchive(options: {
  readonly store: HistoryStore;
  /** `null` leaves the raw uplinks out. */
  readonly log: UplinkLog | null;
  readonly parquet: ParquetFiles;
  readonly dir: string;
  readonly deployment: string;
  readonly range: TimeRange;
  readonly tell?: (dayMs: number) => void;
  readonly warn?: (text: string) => void;
}): Promise<Rows> {
  const { store, log, parquet, dir, deployment, range, tell, warn } = options;
  await expectEmpty(dir);
  const written: Rows = {};
  async function write<Row>(table: Table<Row>, name: string, rows: readonly Row[]): Promise<void> {
    written[table.name] = (written[table.name] ?? 0) + rows.length;
    if (rows.length === 0) return;
    await mkdir(join(dir, table.name), { recursive: true });
    await parquet.write(join(dir, table.name, parquetOf(name)), table, rows);
  }
  for (let atMs = range.fromMs; atMs < range.toMs;) {
    const endMs = Math.min(range.toMs, (Math.floor(atMs / dayMs) + 1) * dayMs);
    const day = { fromMs: atMs, toMs: endMs };
    const name = new Date(atMs).toISOString().slice(0, 10);
    await write(observationTable, name, await store.observations(day));
    await write(transitionTable, name, await store.transitions(day));
    await write(countTable, name, await store.counts(day));
    await write(healthTable, name, await store.health(day));
    await write(rollUpTable, name, await readRollUps(store, day));
    tell?.(atMs);
    atMs = endMs;
  }
  let recordedSeq: number | undefined;
  if (log !== null) {
    recordedSeq = await recordedSeqOf(store, log);
    const missing = log.status().last - recordedSeq;
    if (missing > 0)
      warn?.(
        `${missing} uplinks are not in the history yet: the archive has them raw, and who starts on it records them`,
      );
    written[uplinkTable.name] = 0;
    for await (const records of log.read(log.status().first, uplinksAtOnce)) {
      const wanted = records.filter(
        ({ uplink }) => uplink.receivedAtMs >= range.fromMs && uplink.receivedAtMs < range.toMs,
      );
      await write(uplinkTable, String(wanted[0]?.seq ?? 0).padStart(12, '0'), wanted);
    }
  }
  const manifest: Manifest = {
    format: 1,
    deployment,
    ...range,
    rows: written,
    ...(recordedSeq !== undefined && { recordedSeq }),
  };
  await writeFile(join(dir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return written;
}

async function readManifest(dir: string): Promise<Manifest> {
  const file = join(dir, 'manifest.json');
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(await readFile(file, 'utf8')) as Partial<Manifest>;
  } catch (cause) {
    throw new AppError('invalid-request', `${file} cannot be read: this is no finished archive`, {
      cause,
    });
  }
  if (manifest.format !== 1)
    throw new AppError('invalid-request', `${file} is of a format this version does not know`);
  return manifest as Manifest;
}

/** Names in the order of their days; none where the folder is missing. */
async function parquetFilesIn(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.endsWith('.parquet')).sort();
}

const emptyBatch: HistoryBatch = {
  observations: [],
  revisions: [],
  transitions: [],
  counts: [],
  health: [],
  upTo: null,
};

/**
 * Writes an archive into a store; doing it again changes nothing. Raw uplinks go into `log` when that
 * is empty (`warn` is called when it is not), and the store's cursor behind those that are in the history
 * already. Throws when the archive lacks rows that it should have.
 */
export async function importArchive(options: {
  readonly store: HistoryStore;
  readonly log: UplinkLog | null;
  readonly parquet: ParquetFiles;
  readonly dir: string;
  readonly tell?: (file: string) => void;
  readonly warn?: (text: string) => void;
}): Promise<Rows> {
  const { store, log, parquet, dir, tell, warn } = options;
  const { rows, recordedSeq = Infinity } = await readManifest(dir);
  const stored: Rows = {};
  async function read<Row>(
    table: Table<Row>,
    put: (part: readonly Row[]) => Promise<void> | void,
  ): Promise<void> {
    const expected = rows[table.name] ?? 0;
    if (expected === 0) return;
    for (const name of await parquetFilesIn(join(dir, table.name))) {
      const all = await parquet.read(join(dir, table.name, name), table);
      for (let from = 0; from < all.length; from += rowsAtOnce)
        await put(all.slice(from, from + rowsAtOnce));
      stored[table.name] = (stored[table.name] ?? 0) + all.length;
      tell?.(`${table.name}/${name}`);
    }
    if (stored[table.name] !== expected)
      throw new AppError(
        'invalid-request',
        `${dir} has ${stored[table.name] ?? 0} rows of ${table.name} instead of ${expected}: files are missing or strange`,
      );
  }
  await read(observationTable, (part) => store.append({ ...emptyBatch, observations: part }));
  await read(transitionTable, (part) => store.append({ ...emptyBatch, transitions: part }));
  await read(countTable, (part) => store.append({ ...emptyBatch, counts: part }));
  await read(healthTable, (part) => store.append({ ...emptyBatch, health: part }));
  await read(rollUpTable, (part) => store.writeRollUps(part));
  if (log === null || (rows[uplinkTable.name] ?? 0) === 0) return stored;
  if (log.status().last >= log.status().first) {
    warn?.('the raw uplinks are left out: the log has some already');
    return stored;
  }
  let recorded = 0;
  await read(uplinkTable, (part) => {
    for (const { seq, uplink } of part) {
      const appended = log.append(uplink);
      if (seq <= recordedSeq) recorded = appended;
    }
  });
  await log.synced();
  if (recorded > 0) await store.append({ ...emptyBatch, upTo: recorded });
  return stored;
}
