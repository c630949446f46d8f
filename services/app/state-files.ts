import type { EpochMs, SiteId } from '../domain/ids.ts';
import type { TrackerSnapshot } from '../domain/tracker.ts';
import type { LogSeq } from '../ports/uplink-log.ts';
import type { Snapshots } from '../ports/snapshots.ts';

/** The fold of the log up to a record, so that a start replays only what came after. */
export interface TrackerState {
  readonly seq: LogSeq;
  readonly tracker: TrackerSnapshot | undefined;
  /** Corrections of gate balances; only the present has them. */
  readonly offsets: readonly (readonly [SiteId, number])[];
  readonly savedAtMs: EpochMs;
}

export type TrackerStateName = 'present' | 'record';

const nothing: TrackerState = { seq: 0, tracker: undefined, offsets: [], savedAtMs: 0 };

/** What was saved, or the beginning of the log. */
async function loadTrackerState(
  snapshots: Snapshots,
  name: TrackerStateName,
): Promise<TrackerState> {
  const saved = (await snapshots.load(name)) as TrackerState | undefined;
  return saved ?? nothing;
}

/** What the live state and the recorder knew when they were saved last. */
export const loadTrackerStates = async (snapshots: Snapshots) => ({
  present: await loadTrackerState(snapshots, 'present'),
  record: await loadTrackerState(snapshots, 'record'),
});
