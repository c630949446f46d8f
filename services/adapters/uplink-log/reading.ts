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

/** Records of the segments that lie in `[from, before)`, by pieces of the files. */
async function* pieces(
  segments: readonly Segment[],
  range: { readonly from: LogSeq; readonly before: LogSeq },
  damaged: (damage: Damage) => void,
): AsyncGenerator<Iterable<LogRecord>> {
  const { from, before } = range;
  for (const [index, segment] of segments.entries()) {
    const end = segments[index + 1]?.firstSeq ?? before;
    if (end <= from || segment.firstSeq >= before) continue;
    try {
      const chunks = readRecords(segment.path, offsetBefore(segment, from), segment.size, damaged);
      for await (const chunk of chunks) {
        yield recordsIn(segment, chunk, from, before);
        // What is behind the last record may be half of the next: it is none of ours.
        const last = chunk.starts.at(-1);
        if (last !== undefined && recordSeq(chunk.bytes, last) >= before - 1) return;
      }
    } catch (error) {
      // Let go of while we were reading others.
      if (!isGone(error)) throw error;
    }
  }
}

/** The records `[from, before)` in order, in batches; damaged places are told and passed over. */
export async function* readSegments(
  segments: readonly Segment[],
  range: { readonly from: LogSeq; readonly before: LogSeq },
  batchSize: number,
  damaged: (damage: Damage) => void,
): AsyncGenerator<readonly LogRecord[]> {
  let batch: LogRecord[] = [];
  for await (const records of pieces(segments, range, damaged)) {
    for (const record of records) {
      batch.push(record);
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
