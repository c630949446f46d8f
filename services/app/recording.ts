import type { Observed } from '../domain/observation.ts';
import type { Result } from '../domain/result.ts';
import { createPlaceTracker, type PlaceSnapshot } from '../domain/tracker.ts';
import type { Uplink } from '../domain/uplink.ts';
import { createRecord, type Beginning, type Record as Recorder } from '../pipeline/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryBatch, HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogReader } from '../ports/uplink-log.ts';
import type { TrackerState } from './state-files.ts';

/** The record stage, going on where the history and the snapshot of its tracker end, as soon as the history tells. */
export function openRecorder(deps: {
  readonly log: LogReader;
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly read: (uplink: Uplink) => Result<Observed, unknown>;
  readonly saved: TrackerState<PlaceSnapshot>;
  readonly refused: (batch: HistoryBatch, reason: string) => void;
}): Recorder {
  const { log, store, clock, logger, read, saved, refused } = deps;
  const begin = async (): Promise<Beginning> => {
    const stored = await store.cursor();
    // A history that has more than the log was filled from another log.
    const cursor = stored > log.status().last ? 0 : stored;
    // A store that has less than the snapshot (a new one) is filled from the beginning of the log.
    const isSavedUsed = saved.seq <= cursor;
    return {
      cursor,
      tracker: createPlaceTracker(isSavedUsed ? saved.tracker : undefined),
      trackedSeq: isSavedUsed ? saved.seq : 0,
    };
  };
  return createRecord({
    log,
    store,
    clock,
    logger,
    interpret: (uplink) => {
      const interpreted = read(uplink);
      return interpreted.ok ? interpreted.value : undefined;
    },
    begin,
    savedSeq: saved.seq,
    refused,
  });
}
