import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LogSeq } from '../../ports/uplink-log.ts';
import { recordSeq } from './record-codec.ts';
import {
  headerBytes,
  isSegmentName,
  noteInIndex,
  openSegment,
  readRecords,
  type Damage,
  type Segment,
} from './segment.ts';

/** Reads the newest segment to its end: fills its index and gives where its last whole record ends. */
async function scanNewest(
  segment: Segment,
  damaged: (damage: Damage) => void,
): Promise<{ readonly nextSeq: LogSeq; readonly size: number }> {
  let nextSeq = segment.firstSeq;
  let size = headerBytes;
  const holes: Damage[] = [];
  const note = (damage: Damage): void => void holes.push(damage);
  for await (const chunk of readRecords(segment.path, headerBytes, segment.size, note)) {
    chunk.starts.forEach((start, i) => {
      const at = chunk.fileOffset + start;
      const seq = recordSeq(chunk.bytes, start);
      noteInIndex(segment, seq, at);
      nextSeq = seq + 1;
      size = at + (chunk.lengths[i] ?? 0);
    });
  }
  // Damage with whole records behind it is none of a crash's making; without, it is the tail to cut.
  holes.filter((hole) => hole.from < size).forEach(damaged);
  return { nextSeq, size };
}

/**
 * What a directory holds of a log. The torn tail of the newest segment is no longer part of it: the
 * writer cuts it when it goes on there. Throws `log-corrupt` for a segment of another version.
 */
export async function recoverSegments(
  directory: string,
  damaged: (damage: Damage) => void,
): Promise<{
  readonly segments: Segment[];
  readonly nextSeq: LogSeq;
  readonly cutBytes: number;
}> {
  const segments = readdirSync(directory)
    .filter(isSegmentName)
    .sort()
    .map((name) => openSegment(join(directory, name)));
  const newest = segments.at(-1);
  if (!newest) return { segments, nextSeq: 1, cutBytes: 0 };
  const { nextSeq, size } = await scanNewest(newest, damaged);
  const cutBytes = Math.max(0, newest.size - size);
  newest.size = size;
  return { segments, nextSeq, cutBytes };
}
