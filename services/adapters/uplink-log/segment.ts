import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { LogSeq } from '../../ports/uplink-log.ts';
import { recordLength } from './record-codec.ts';

/** A segment begins with 7 bytes of name, 1 byte of format version and a u48 for when it was begun. */
const magic = 'PLOTLOG';
const version = 1;
export const headerBytes = 14;
const chunkBytes = 256 * 1024;
const indexEveryBytes = 256 * 1024;

/** One file of the log: the records from `firstSeq` on. */
export interface Segment {
  readonly path: string;
  readonly firstSeq: LogSeq;
  begunAtMs: EpochMs;
  /** Bytes that hold whole records; what is behind them is not read. */
  size: number;
  /** Where some of the records start, ascending; the first is not in it. */
  readonly index: { readonly seq: LogSeq; readonly at: number }[];
}

const namePattern = /^(\d{15})\.log$/;
export const segmentPath = (directory: string, firstSeq: LogSeq): string =>
  join(directory, `${String(firstSeq).padStart(15, '0')}.log`);
export const isSegmentName = (name: string): boolean => namePattern.test(name);

export function encodeHeader(begunAtMs: EpochMs): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  header.writeUInt8(version, magic.length);
  header.writeUIntLE(begunAtMs, magic.length + 1, 6);
  return header;
}

/** What the file itself says; a header that a crash left unwritten or that is damaged counts as begun at 0. */
export function openSegment(path: string): Segment {
  const fd = openSync(path, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    readSync(fd, header, 0, headerBytes, 0);
    const isOurs = header.toString('latin1', 0, magic.length) === magic;
    if (isOurs && header.readUInt8(magic.length) !== version) {
      throw new AppError('log-corrupt', `${path} was written by another version of this program`);
    }
    return {
      path,
      firstSeq: Number(namePattern.exec(basename(path))?.[1]),
      begunAtMs: isOurs ? header.readUIntLE(magic.length + 1, 6) : 0,
      size: fstatSync(fd).size,
      index: [],
    };
  } finally {
    closeSync(fd);
  }
}

/** Remembers where a record starts, a few for each megabyte, so that `read` need not start at the top. */
export function noteInIndex(segment: Segment, seq: LogSeq, at: number): void {
  const newest = segment.index.at(-1);
  if (at - (newest?.at ?? headerBytes) >= indexEveryBytes) segment.index.push({ seq, at });
}

/** Where to start reading to meet the record `seq`. */
export function offsetBefore(segment: Segment, seq: LogSeq): number {
  return segment.index.findLast((entry) => entry.seq <= seq)?.at ?? headerBytes;
}

/** Records that lie in one piece of memory: record i spans `starts[i]` to `starts[i] + lengths[i]`. */
export interface RecordChunk {
  readonly bytes: Buffer;
  /** Where `bytes` begins in the file. */
  readonly fileOffset: number;
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
}

/** Bytes of a segment that are no record: `[from, to)`; `to` is the end of the file for a torn tail. */
export interface Damage {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** The records in `bytes[0, end)`, what lies between them, and up to where it could tell. */
function scan(bytes: Buffer, end: number, isLast: boolean) {
  const starts: number[] = [];
  const lengths: number[] = [];
  const holes: { from: number; to: number }[] = [];
  let at = 0;
  while (at < end) {
    const length = recordLength(bytes, at, end);
    if (length === 'more' && !isLast) break;
    if (length === 'more' || length === 0) {
      const hole = holes.at(-1);
      if (hole?.to === at) hole.to = at + 1;
      else holes.push({ from: at, to: at + 1 });
      at += 1;
    } else {
      starts.push(at);
      lengths.push(length);
      at += length;
    }
  }
  return { starts, lengths, holes, scanned: at };
}

/** Joins holes that go on from one chunk to the next; the last one is told by `end`. */
function createDamageReport(path: string, damaged: (damage: Damage) => void) {
  let hole: Damage | null = null;
  return {
    note(from: number, to: number): void {
      const isSame = hole?.to === from;
      if (hole && !isSame) damaged(hole);
      hole = { path, from: hole && isSame ? hole.from : from, to };
    },
    end(): void {
      if (hole) damaged(hole);
    },
  };
}

/**
 * The undamaged records of a file in `[from, to)`. Behind damaged bytes it looks for the next record byte
 * by byte and goes on there, so that one bad sector costs the records in it and no others.
 */
export async function* readRecords(
  path: string,
  from: number,
  to: number,
  damaged: (damage: Damage) => void,
): AsyncGenerator<RecordChunk> {
  const file = await open(path);
  const report = createDamageReport(path, damaged);
  try {
    let fileOffset = from;
    let rest: Uint8Array = new Uint8Array(0);
    let isLast = fileOffset >= to;
    while (!isLast) {
      const wanted = Math.min(chunkBytes, to - fileOffset - rest.length);
      const bytes = Buffer.allocUnsafe(rest.length + wanted);
      bytes.set(rest);
      const { bytesRead } = await file.read(bytes, rest.length, wanted, fileOffset + rest.length);
      const end = rest.length + bytesRead;
      isLast = bytesRead === 0 || fileOffset + end >= to;
      const { starts, lengths, holes, scanned } = scan(bytes, end, isLast);
      // Behind the last record it may be one that is being written: who stops there has not met it.
      const sureTo = starts.at(-1) ?? 0;
      const note = (hole: { readonly from: number; readonly to: number }): void =>
        report.note(fileOffset + hole.from, fileOffset + hole.to);
      holes.filter(({ from: at }) => at < sureTo).forEach(note);
      yield { bytes, fileOffset, starts, lengths };
      holes.filter(({ from: at }) => at >= sureTo).forEach(note);
      fileOffset += scanned;
      rest = bytes.subarray(scanned, end);
    }
  } finally {
    report.end();
    await file.close();
  }
}
