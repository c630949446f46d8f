import type { IntervalTrack, TotalTrack } from './counting.ts';
import { reduceInterval, reduceTotal } from './counting.ts';
import type { DeviceTrack } from './device.ts';
import { reduceDevice } from './device.ts';
import type { DevEui, EpochMs, SiteId, SpaceId } from './ids.ts';
import type { Count, CountTarget, Observed, Transition } from './observation.ts';
import type { SpaceTrack } from './occupancy.ts';
import { reduceSpace } from './occupancy.ts';
import type { InstallationTarget } from './site.ts';

/** What one uplink changed. */
export interface Tracked {
  /** Heard of: their last-seen time moved at least. */
  readonly spaceIds: readonly SpaceId[];
  readonly siteIds: readonly SiteId[];
  readonly transitions: readonly Transition[];
  readonly revisions: readonly { spaceId: SpaceId; fromMs: EpochMs; toMs: EpochMs }[];
  readonly counts: readonly Count[];
}

/** A counter at a place: where it is moved to, it begins anew. */
interface Counter {
  readonly devEui: DevEui;
  readonly target: InstallationTarget;
}

/** Names counters at their places; where a counter is told of by the same object, as an installation does, by the same text. */
function createCounterKeys() {
  const known = new Map<DevEui, { readonly target: CountTarget; readonly key: string }>();
  return ({ devEui, target }: { devEui: DevEui; target: CountTarget }): string => {
    const before = known.get(devEui);
    if (before?.target === target) return before.key;
    const place = target.kind === 'stretch' ? target.stretchId : `${target.siteId}:${target.gate}`;
    const key = `${devEui}:${target.kind}:${place}`;
    known.set(devEui, { target, key });
    return key;
  };
}

// An uplink nearly always says one thing: lists that grow would be most of what it leaves behind.
const none: readonly never[] = [];
const joined = <Item>(before: readonly Item[], more: readonly Item[]): readonly Item[] =>
  before.length === 0 ? more : [...before, ...more];
const withId = <Id>(ids: readonly Id[], id: Id): readonly Id[] =>
  ids.includes(id) ? ids : [...ids, id];
const withSiteOf = (siteIds: readonly SiteId[], target: CountTarget): readonly SiteId[] =>
  target.kind === 'site-gate' ? withId(siteIds, target.siteId) : siteIds;

/** What is known of spaces and counters, as plain data; what belongs to a tracker changes with the next uplink. */
export interface PlaceSnapshot {
  readonly spaces: readonly (readonly [SpaceId, SpaceTrack])[];
  readonly totals: readonly (readonly [string, TotalTrack])[];
  readonly intervals: readonly (readonly [string, IntervalTrack])[];
}

/** Everything a tracker knows. */
export interface TrackerSnapshot extends PlaceSnapshot {
  readonly devices: readonly (readonly [DevEui, DeviceTrack])[];
}

/** The fold over all uplinks, of spaces and counters. The same uplinks in any order give the same tracker. */
export interface PlaceTracker {
  apply(observed: Observed): Tracked;
  /** As it is now; it changes with the next uplink. */
  space(id: SpaceId): Readonly<SpaceTrack> | undefined;
  /** Vehicles that passed a counter since it was first heard at its place, by its own direction. */
  passed(counter: Counter, direction: Count['direction']): number;
  /** Until when a counter has told what passed; `undefined` when it never did. */
  countedUntilMs(counter: Counter): EpochMs | undefined;
  snapshot(): PlaceSnapshot;
}

/** The same of devices, too. */
export interface Tracker extends PlaceTracker {
  /** As it is now; it changes with the next uplink. */
  device(devEui: DevEui): Readonly<DeviceTrack> | undefined;
  snapshot(): TrackerSnapshot;
}

/** Goes on from `snapshot`, whose objects it takes over, or from nothing. */
export function createTracker(snapshot?: TrackerSnapshot): Tracker {
  const places = createPlaceTracker(snapshot);
  const devices = new Map<DevEui, DeviceTrack>(snapshot?.devices);
  return {
    ...places,
    apply(observed) {
      const { devEui } = observed.health;
      const before = devices.get(devEui);
      const device = reduceDevice(before, observed.health);
      if (device && !before) devices.set(devEui, device);
      return places.apply(observed);
    },
    device: (devEui) => devices.get(devEui),
    snapshot: () => ({ ...places.snapshot(), devices: [...devices] }),
  };
}

/** The same for who looks at places only. */
export function createPlaceTracker(snapshot?: PlaceSnapshot): PlaceTracker {
  const spaces = new Map<SpaceId, SpaceTrack>(snapshot?.spaces);
  const totals = new Map<string, TotalTrack>(snapshot?.totals);
  const intervals = new Map<string, IntervalTrack>(snapshot?.intervals);
  const counterKey = createCounterKeys();

  return {
    apply(observed) {
      let transitions: readonly Transition[] = none;
      let revisions: Tracked['revisions'] = none;
      let counts: readonly Count[] = none;
      let spaceIds: readonly SpaceId[] = none;
      let siteIds: readonly SiteId[] = none;

      for (const observation of observed.observations) {
        const { spaceId } = observation;
        const space = spaces.get(spaceId);
        const applied = reduceSpace(space, observation);
        if (!applied) continue;
        if (!space) spaces.set(spaceId, applied.track);
        transitions = joined(transitions, applied.transitions);
        if (applied.revised) revisions = [...revisions, { spaceId, ...applied.revised }];
        spaceIds = withId(spaceIds, spaceId);
      }
      for (const count of observed.counts) {
        const key = `${counterKey(count)}:${count.direction}`;
        const before = intervals.get(key);
        const interval = reduceInterval(before, count);
        if (!interval) continue;
        if (!before) intervals.set(key, interval);
        counts = [...counts, count];
        siteIds = withSiteOf(siteIds, count.target);
      }
      for (const total of observed.totals) {
        const key = counterKey(total);
        const reduced = reduceTotal(totals.get(key), total);
        if (!reduced) continue;
        totals.set(key, reduced.track);
        counts = joined(counts, reduced.counts);
        siteIds = withSiteOf(siteIds, total.target);
      }
      return { spaceIds, siteIds, transitions, revisions, counts };
    },
    space: (id) => spaces.get(id),
    passed({ devEui, target }, direction) {
      if (target.kind === 'space') return 0;
      const key = counterKey({ devEui, target });
      return direction === 'both'
        ? (totals.get(key)?.sum ?? 0)
        : (intervals.get(`${key}:${direction}`)?.sum ?? 0);
    },
    countedUntilMs({ devEui, target }) {
      if (target.kind === 'space') return undefined;
      const key = counterKey({ devEui, target });
      const ends = (['left', 'right', 'both'] as const).flatMap(
        (direction) => intervals.get(`${key}:${direction}`)?.recent.at(-1)?.fromMs ?? [],
      );
      const total = totals.get(key)?.recent.at(-1);
      if (total) ends.push(total.atMs);
      return ends.length > 0 ? Math.max(...ends) : undefined;
    },
    snapshot: () => ({
      spaces: [...spaces],
      totals: [...totals],
      intervals: [...intervals],
    }),
  };
}
