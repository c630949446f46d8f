import type { Tracker } from '../domain/tracker.ts';
import type { Ingest } from '../pipeline/ingest.ts';
import type { Track } from '../pipeline/track.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { UplinkLog } from '../ports/uplink-log.ts';
import type { Historian } from './historian.ts';
import { presentState } from './state-files.ts';

/** Saves what the present and the recorder know, and lets go of the log before it. */
export function createSaving(deps: {
  readonly clock: Clock;
  readonly log: UplinkLog;
  readonly ingest: Ingest;
  readonly tracker: Tracker;
  readonly track: Pick<Track, 'offsets'>;
  readonly historian: Pick<Historian, 'save'>;
  readonly snapshots: Snapshots;
  readonly logger: Logger;
}): () => Promise<void> {
  const { clock, log, ingest, tracker, track, historian, snapshots, logger } = deps;
  const saveNow = async (): Promise<void> => {
    const savedAtMs = clock.now();
    const present = {
      seq: ingest.status().seq,
      tracker: tracker.snapshot(),
      offsets: track.offsets(),
      batteryRatios: ingest.batteryRatios(),
      savedAtMs,
    };
    // After a power cut the log must not end before a snapshot that speaks of it.
    await snapshots.save(presentState, present, log.synced());
    const recordedSeq = await historian.save(savedAtMs);
    await log.release(Math.min(present.seq, recordedSeq ?? 0) + 1);
  };
  // What is not saved is replayed from the log: a disk that is full costs time at the next start.
  const tryToSave = (): Promise<void> =>
    saveNow().catch((err: unknown) => logger.warn({ err }, 'state not saved'));
  // One after the other: two at once would take each other's files away.
  let saving = Promise.resolve();
  return () => (saving = saving.then(tryToSave));
}
