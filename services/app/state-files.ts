import type { EpochMs, SiteId } from '../domain/ids.ts';
import type { TrackerSnapshot } from '../domain/tracker.ts';
import type { LogSeq } from '../ports/uplink-log.ts';
import type { BatteryRatios } from '../pipeline/ingest.ts';
import type { Snapshots } from '../ports/snapshots.ts';

/** The fold of the log up to a record, so that a start replays only what came after. */
export interface TrackerState {
  readonly seq: LogSeq;
  readonly tracker: TrackerSnapshot | undefined;
  /** Corrections of gate balances; only the present has them. */
  readonly offsets: readonly (readonly [SiteId, number])[];
  /** Told beside the uplinks; absent in the state of the record stage and in older files. */
  readonly batteryRatios?: BatteryRatios;
  readonly savedAtMs: EpochMs;
}

/** Under which names the state of the present and that of the record stage are saved. */
export const presentState = 'present';
export const recordState = 'record';

const nothing: TrackerState = { seq: 0, tracker: undefined, offsets: [], savedAtMs: 0 };

/** What was saved, or the beginning of the log. */
export async function loadTrackerState(
  snapshots: Snapshots,
  name: typeof presentState | typeof recordState,
): Promise<TrackerState> {
  const saved = (await snapshots.load(name)) as TrackerState | undefined;
  return saved ?? nothing;
}
