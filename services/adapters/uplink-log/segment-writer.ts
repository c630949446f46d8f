import {
  closeSync,
  fdatasync,
  fsync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LogSeq } from '../../ports/uplink-log.ts';
import { encodeHeader, headerBytes, noteInIndex, segmentPath, type Segment } from './segment.ts';

const syncData = promisify(fdatasync);
const syncAll = promisify(fsync);

export interface SegmentWriter {
  /** Writes a whole record or nothing at all. Throws `log-unavailable`; a later call may succeed. */
  write(seq: LogSeq, record: Uint8Array): void;
  /** Everything written so far is on stable storage when it resolves. */
  sync(): Promise<void>;
  close(): void;
}

/** Writes to the newest of `segments` and adds the next when that is full. */
export function createSegmentWriter(options: {
  readonly directory: string;
  readonly directoryFd: number;
  readonly segments: Segment[];
  readonly segmentBytes: number;
  readonly clock: Clock;
}): SegmentWriter {
  const { directory, directoryFd, segments, segmentBytes, clock } = options;
  let active: { readonly segment: Segment; readonly fd: number } | null = null;
  /** Full segments whose last writes are not synced yet. */
  let retired: number[] = [];
  let isTailTorn = false;
  let isDirectoryDirty = true;

  const resume = (segment: Segment): { segment: Segment; fd: number } => {
    const fd = openSync(segment.path, 'r+');
    // What is behind the last whole record is the torn tail of a crash.
    ftruncateSync(fd, segment.size);
    if (segment.begunAtMs === 0) {
      segment.begunAtMs = clock.now();
      writeSync(fd, encodeHeader(segment.begunAtMs), 0, headerBytes, 0);
    }
    return { segment, fd };
  };
  const begin = (seq: LogSeq): { segment: Segment; fd: number } => {
    const path = segmentPath(directory, seq);
    const begunAtMs = clock.now();
    const fd = openSync(path, 'wx');
    try {
      writeSync(fd, encodeHeader(begunAtMs));
    } catch (error) {
      closeSync(fd);
      unlinkSync(path);
      throw error;
    }
    const segment = { path, firstSeq: seq, begunAtMs, size: headerBytes, index: [] };
    segments.push(segment);
    isDirectoryDirty = true;
    return { segment, fd };
  };
  const writable = (seq: LogSeq, bytes: number): { segment: Segment; fd: number } => {
    const newest = segments.at(-1);
    active ??= newest === undefined ? begin(seq) : resume(newest);
    const { size } = active.segment;
    if (size + bytes > segmentBytes && size > headerBytes) {
      const next = begin(seq);
      retired.push(active.fd);
      active = next;
    }
    return active;
  };
  const append = (segment: Segment, fd: number, record: Uint8Array): void => {
    if (isTailTorn) ftruncateSync(fd, segment.size);
    isTailTorn = true;
    let done = 0;
    while (done < record.length) {
      done += writeSync(fd, record, done, record.length - done, segment.size + done);
    }
    isTailTorn = false;
  };
  const unavailable = (cause: unknown): AppError =>
    new AppError('log-unavailable', `cannot write to the log in ${directory}: ${String(cause)}`, {
      retryable: true,
      cause,
    });

  return {
    write(seq, record) {
      try {
        const { segment, fd } = writable(seq, record.length);
        append(segment, fd, record);
        noteInIndex(segment, seq, segment.size);
        segment.size += record.length;
      } catch (error) {
        throw unavailable(error);
      }
    },
    async sync() {
      const full = retired;
      retired = [];
      try {
        for (const fd of full) await syncData(fd);
        if (active) await syncData(active.fd);
        if (isDirectoryDirty) await syncAll(directoryFd);
        isDirectoryDirty = false;
      } catch (error) {
        throw unavailable(error);
      } finally {
        full.forEach(closeSync);
      }
    },
    close() {
      for (const fd of retired) closeSync(fd);
      if (active) closeSync(active.fd);
      active = null;
      retired = [];
    },
  };
}
