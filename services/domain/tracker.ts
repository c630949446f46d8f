import type { IntervalTrack, TotalTrack } from './counting.ts';
import { reduceInterval, reduceTotal } from './counting.ts';
import type { DeviceTrack } from './device.ts';
import { reduceDevice } from './device.ts';
import type { DevEui, EpochMs, SiteId, SpaceId } from './ids.ts';
import type { Count, Observed, Transition } from './observation.ts';
import type { SpaceTrack } from './occupancy.ts';
import { reduceSpace } from './occupancy.ts';

/** What one uplink changed. */
export interface Tracked {
  /** Heard of: their last-seen time moved at least. */
  readonly spaceIds: readonly SpaceId[];
  readonly siteIds: readonly SiteId[];
  readonly transitions: readonly Transition[];
  readonly revisions: readonly { spaceId: SpaceId; fromMs: EpochMs; toMs: EpochMs }[];
  readonly counts: readonly Count[];
}

/** Everything a tracker knows, as plain data. */
export interface TrackerSnapshot {
  readonly spaces: readonly (readonly [SpaceId, SpaceTrack])[];
  readonly totals: readonly (readonly [DevEui, TotalTrack])[];
  readonly intervals: readonly (readonly [string, IntervalTrack])[];
  readonly devices: readonly (readonly [DevEui, DeviceTrack])[];
}

/** The fold over all uplinks: spaces, counters and devices. The same uplinks in any order give the same tracker. */
export interface Tracker {
  apply(observed: Observed): Tracked;
  space(id: SpaceId): SpaceTrack | undefined;
  device(devEui: DevEui): DeviceTrack | undefined;
  devices(): Iterable<readonly [DevEui, DeviceTrack]>;
  /** Vehicles that passed a counter since it was first heard, by its own direction. */
  passed(devEui: DevEui, direction: Count['direction']): number;
  /** Until when a counter has told what passed; `undefined` when it never did. */
  countedUntilMs(devEui: DevEui): EpochMs | undefined;
  snapshot(): TrackerSnapshot;
}

/** Goes on from `snapshot`, or from nothing. */
export function createTracker(snapshot?: TrackerSnapshot): Tracker {
  const spaces = new Map<SpaceId, SpaceTrack>(snapshot?.spaces);
  const totals = new Map<DevEui, TotalTrack>(snapshot?.totals);
  const intervals = new Map<string, IntervalTrack>(snapshot?.intervals);
  const devices = new Map<DevEui, DeviceTrack>(snapshot?.devices);

  return {
    apply(observed) {
      const transitions: Transition[] = [];
      const revisions: { spaceId: SpaceId; fromMs: EpochMs; toMs: EpochMs }[] = [];
      const counts: Count[] = [];
      const spaceIds = new Set<SpaceId>();
      const siteIds = new Set<SiteId>();

      const { devEui } = observed.health;
      const device = reduceDevice(devices.get(devEui), observed.health);
      if (device) devices.set(devEui, device);

      for (const observation of observed.observations) {
        const { spaceId } = observation;
        const applied = reduceSpace(spaces.get(spaceId), observation);
        if (!applied) continue;
        spaces.set(spaceId, applied.track);
        transitions.push(...applied.transitions);
        if (applied.revised) revisions.push({ spaceId, ...applied.revised });
        spaceIds.add(spaceId);
      }
      for (const count of observed.counts) {
        const key = `${count.devEui}:${count.direction}`;
        const interval = reduceInterval(intervals.get(key), count);
        if (!interval) continue;
        intervals.set(key, interval);
        counts.push(count);
        if (count.target.kind === 'site-gate') siteIds.add(count.target.siteId);
      }
      for (const total of observed.totals) {
        const reduced = reduceTotal(totals.get(total.devEui), total);
        if (!reduced) continue;
        totals.set(total.devEui, reduced.track);
        counts.push(...reduced.counts);
        if (total.target.kind === 'site-gate') siteIds.add(total.target.siteId);
      }
      return { spaceIds: [...spaceIds], siteIds: [...siteIds], transitions, revisions, counts };
    },
    space: (id) => spaces.get(id),
    device: (devEui) => devices.get(devEui),
    devices: () => devices,
    passed: (devEui, direction) =>
      direction === 'both'
        ? (totals.get(devEui)?.sum ?? 0)
        : (intervals.get(`${devEui}:${direction}`)?.sum ?? 0),
    countedUntilMs(devEui) {
      const fromMs = (['left', 'right', 'both'] as const).flatMap(
        (direction) => intervals.get(`${devEui}:${direction}`)?.recent.at(-1)?.fromMs ?? [],
      );
      const all = [...fromMs, ...(totals.get(devEui)?.recent.slice(-1) ?? []).map((t) => t.atMs)];
      return all.length > 0 ? Math.max(...all) : undefined;
    },
    snapshot: () => ({
      spaces: [...spaces],
      totals: [...totals],
      intervals: [...intervals],
      devices: [...devices],
    }),
  };
}
