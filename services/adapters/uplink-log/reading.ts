import type { LogRecord, LogSeq } from '../../ports/uplink-log.ts';
import { decodeRecord, recordSeq } from './record-codec.ts';
import {
  noteInIndex,
  offsetBefore,
  readRecords,
  type Damage,
  type RecordChunk,
  type Segment,
} from './segment.ts';

function* recordsIn(
  segment: Segment,
  chunk: RecordChunk,
  from: LogSeq,
  before: LogSeq,
): Generator<LogRecord> {
  for (const [i, at] of chunk.starts.entries()) {
    const seq = recordSeq(chunk.bytes, at);
    noteInIndex(segment, seq, chunk.fileOffset + at);
    if (seq >= from && seq < before) yield decodeRecord(chunk.bytes, at, chunk.lengths[i] ?? 0);
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

interface Range {
  readonly from: LogSeq;
  readonly before: LogSeq;
}

/** Records of one segment that lie in `[from, before)`, by pieces of the file. */
async function* pieces(
  segment: Segment,
  { from, before }: Range,
  damaged: (damage: Damage) => void,
): AsyncGenerator<Iterable<LogRecord>> {
  const start = offsetBefore(segment, from);
  for await (const chunk of readRecords(segment.path, start, segment.size, damaged)) {
    yield recordsIn(segment, chunk, from, before);
    // What is behind the last record may be half of the next: it is none of ours.
    const last = chunk.starts.at(-1);
    if (last !== undefined && recordSeq(chunk.bytes, last) >= before - 1) return;
  }
}

/** The same of several segments; one that was let go of meanwhile is passed over. */
async function* piecesOfAll(
  segments: readonly Segment[],
  range: Range,
  damaged: (damage: Damage) => void,
): AsyncGenerator<Iterable<LogRecord>> {
  for (const [index, segment] of segments.entries()) {
    const end = segments[index + 1]?.firstSeq ?? range.before;
    if (end <= range.from || segment.firstSeq >= range.before) continue;
    try {
      yield* pieces(segment, range, damaged);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** The records `[from, before)` in order, in batches; damaged places are told and passed over. */
export async function* readSegments(
  segments: readonly Segment[],
  range: Range,
  batchSize: number,
  damaged: (damage: Damage) => void,
): AsyncGenerator<readonly LogRecord[]> {
  let batch: LogRecord[] = [];
  for await (const records of piecesOfAll(segments, range, damaged)) {
    for (const record of records) {
      batch.push(record);
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
