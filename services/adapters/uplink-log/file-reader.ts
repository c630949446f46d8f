import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../ports/logger.ts';
import type { LogReader, LogSeq } from '../../ports/uplink-log.ts';
import { createDamageLog } from './damage.ts';
import { readSegments } from './reading.ts';
import { isSegmentName, openSegment, type Segment } from './segment.ts';

/**
 * Reads the segment files that another thread writes. It sees the log up to the record that `last` tells,
 * which must be on stable storage: then no cursor can get ahead of what a power cut leaves.
 */
export function createFileLogReader(options: {
  readonly directory: string;
  readonly last: () => LogSeq;
  readonly log: Logger;
}): LogReader {
  const { directory, last } = options;
  const damaged = createDamageLog(options.log);
  let known = new Map<string, Segment>();

  const segmentsNow = (): readonly Segment[] => {
    const names = readdirSync(directory).filter(isSegmentName).sort();
    const segments = names.flatMap((name) => {
      const path = join(directory, name);
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      // Let go of a moment ago.
      if (size === undefined) return [];
      const segment = known.get(path) ?? openSegment(path);
      segment.size = size;
      return segment;
    });
    known = new Map(segments.map((segment) => [segment.path, segment]));
    return segments;
  };

  return {
    async *read(from, batchSize = 1000) {
      const before = last() + 1;
      if (from < before) yield* readSegments(segmentsNow(), { from, before }, batchSize, damaged);
    },
    synced: () => Promise.resolve(),
    status: () => ({ last: last() }),
  };
}
