import type { EpochMs, SiteId } from '../domain/ids.ts';
import type { PlaceSnapshot, TrackerSnapshot } from '../domain/tracker.ts';
import type { LogSeq } from '../ports/uplink-log.ts';
import type { BatteryRatios } from '../pipeline/ingest.ts';
import type { Snapshots } from '../ports/snapshots.ts';

/** The fold of the log up to a record, so that a start replays only what came after. */
export interface TrackerState<Known extends PlaceSnapshot> {
  readonly seq: LogSeq;
  readonly tracker: Known | undefined;
  /** Corrections of gate balances; only the present has them. */
  readonly offsets: readonly (readonly [SiteId, number])[];
  /** Told beside the uplinks; absent in the state of the record stage and in older files. */
  readonly batteryRatios?: BatteryRatios;
  readonly savedAtMs: EpochMs;
}

/** Under which names the state of the present and that of the record stage are saved. */
export const presentState = 'present';
export const recordState = 'record';

const nothing = { seq: 0, tracker: undefined, offsets: [], savedAtMs: 0 };

/** What was saved of the present, or the beginning of the log. */
export const loadPresentState = async (
  snapshots: Snapshots,
): Promise<TrackerState<TrackerSnapshot>> =>
  ((await snapshots.load(presentState)) as TrackerState<TrackerSnapshot> | undefined) ?? nothing;

/** The same of the record stage, which knows no devices. */
export const loadRecordState = async (snapshots: Snapshots): Promise<TrackerState<PlaceSnapshot>> =>
  ((await snapshots.load(recordState)) as TrackerState<PlaceSnapshot> | undefined) ?? nothing;
