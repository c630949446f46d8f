import type { EpochMs } from '../domain/ids.ts';
import type { Uplink } from '../domain/uplink.ts';

/** Position of a record: 1, 2, 3, … without gaps for the life of the log. */
export type LogSeq = number;

export interface LogRecord {
  readonly seq: LogSeq;
  readonly storedAtMs: EpochMs;
  readonly uplink: Uplink;
}

interface LogStatus {
  /** Oldest and newest kept record; `first > last` when the log is empty. */
  readonly first: LogSeq;
  readonly last: LogSeq;
  readonly bytes: number;
  readonly segments: number;
  /** Records cut from a torn tail when the log was opened. */
  readonly cutBytes: number;
}

/** Durable, ordered, replayable: what was appended is still there after kill -9. */
export interface UplinkLog {
  /**
   * Writes one record and returns its position. When it has returned, the record survives the end of
   * the process; it survives the end of the machine after the next group commit (see `synced`).
   * Throws `log-unavailable` (disk full, not writable): the caller must then not acknowledge.
   */
  append(uplink: Uplink): LogSeq;
  /** The same for several, at least one, with one write: all or none. Returns the position of the first. */
  appendAll(uplinks: readonly Uplink[]): LogSeq;
  /** Resolves when everything appended so far is on stable storage. */
  synced(): Promise<void>;
  /** Records from `from` on, in order, in batches, up to the newest at the time of reading. */
  read(from: LogSeq, batchSize?: number): AsyncIterable<readonly LogRecord[]>;
  /** Drops whole segments that hold only records below `before`, as far as retention allows it. */
  release(before: LogSeq): Promise<void>;
  status(): LogStatus;
  close(): Promise<void>;
}

/** The log for who only reads it, maybe in another thread. */
export interface LogReader extends Pick<UplinkLog, 'read' | 'synced'> {
  status(): Pick<LogStatus, 'last'>;
}
