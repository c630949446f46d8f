import { gateBalance, isGate, type GateInstallation } from '../domain/gate-balance.ts';
import type { EpochMs, SiteId, SpaceId } from '../domain/ids.ts';
import { isInForce } from '../domain/installations.ts';
import type { SpaceTrack } from '../domain/occupancy.ts';
import type { Present, SitePresent, SpacePresent } from '../domain/present.ts';
import type { Patience } from '../domain/presence.ts';
import {
  correctedBalance,
  siteNowFromGates,
  siteNowFromSpaces,
  spaceNow,
} from '../domain/presence.ts';
import type { Inventory, ParkingSite, ParkingSpace } from '../domain/site.ts';
import type { Tracker } from '../domain/tracker.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';

export interface Track {
  readonly present: Present;
  start(): void;
  stop(): void;
  /** Follows the inventory after it was replaced: another epoch begins. */
  reload(): void;
  /** Corrections of gate balances, for a snapshot. */
  offsets(): readonly (readonly [SiteId, number])[];
}

/** How often news are looked at for having become too old, and devices for being installed or removed. */
const agingEveryMs = 10_000;

/** The device that watches a space: its news count from the time it was installed there. */
interface Watch {
  readonly patience: Patience;
  readonly fromMs: EpochMs;
}

interface SpaceEntry {
  readonly space: ParkingSpace;
  now: SpacePresent;
}

interface SiteEntry {
  readonly site: ParkingSite;
  readonly spaces: readonly ParkingSpace[];
  now: SitePresent;
  /** The version of its last change; `now` is made when somebody asks, not with every car. */
  version: number;
}
const unwatched: Watch = { patience: { heartbeatMs: 0, staleAfterMs: 0 }, fromMs: 0 };

/** What a device said that is no longer there says nothing about now. */
const isOf = (watch: Watch, track: Readonly<SpaceTrack>): boolean =>
  (track.recent.at(-1)?.observedAtMs ?? 0) >= watch.fromMs;

/**
 * Observe → state. Holds the present of every space and site in memory, with a version that grows with
 * each change, and says on the bus what changed.
 */
export function createTrack(deps: {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly inventory: () => Inventory;
  readonly tracker: Tracker;
  readonly patienceOf: (model: string) => Patience;
  readonly chanceRatio: (siteId: SiteId) => number | null;
  /** Of this start: letters and digits. */
  readonly epoch: string;
  readonly offsets?: readonly (readonly [SiteId, number])[];
}): Track {
  const { bus, clock, inventory, tracker, patienceOf, chanceRatio } = deps;
  const sites = new Map<SiteId, SiteEntry>();
  const spaces = new Map<SpaceId, SpaceEntry>();
  const offsets = new Map<SiteId, number>(deps.offsets);
  const watches = new Map<SpaceId, Watch>();
  let gatesOf = new Map<SiteId, GateInstallation[]>();
  /** When the next device is installed or removed. */
  let watchesHoldUntilMs: EpochMs = 0;
  let version = 0;
  let epoch = deps.epoch;
  let reloads = 0;
  let stops: (() => void)[] = [];

  const watch = (): void => {
    const nowMs = clock.now();
    const { installations } = inventory();
    watches.clear();
    for (const installation of installations) {
      const { target, model, fromMs } = installation;
      if (target.kind === 'space' && isInForce(installation, nowMs))
        watches.set(target.spaceId, { patience: patienceOf(model), fromMs });
    }
    gatesOf = Map.groupBy(installations.filter(isGate), ({ target }) => target.siteId);
    const changes = installations.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs ?? Infinity]);
    watchesHoldUntilMs = changes.reduce(
      (next, atMs) => (atMs > nowMs ? Math.min(next, atMs) : next),
      Infinity,
    );
  };

  const siteNow = (site: ParkingSite, its: readonly ParkingSpace[]) =>
    site.counting === 'balance'
      ? gateNow(site)
      : siteNowFromSpaces(
          site,
          its.flatMap(({ id }) => spaces.get(id) ?? []),
        );

  const gateNow = (site: ParkingSite) => {
    const gates = gateBalance(gatesOf.get(site.id) ?? [], tracker, patienceOf, clock.now());
    const before = offsets.get(site.id) ?? 0;
    const { occupied, offset } = correctedBalance(gates.balance, before, site.numberOfSpaces);
    if (gates.isHeard) offsets.set(site.id, offset);
    return siteNowFromGates(site, {
      occupied: gates.isHeard ? occupied : null,
      lastChangedMs: gates.lastSeenMs,
      lastSeenMs: gates.lastSeenMs,
      freshness: gates.freshness,
    });
  };

  const nowOf = (space: ParkingSpace, at: { nowMs: EpochMs; version: number }): SpacePresent => {
    const its = watches.get(space.id) ?? unwatched;
    const told = tracker.space(space.id);
    const holds = told && isOf(its, told) ? told : undefined;
    return spaceNow(space, holds, its.patience, at);
  };
  const refreshSpace = (entry: SpaceEntry, nowMs: EpochMs): boolean => {
    const now = nowOf(entry.space, { nowMs, version: version + 1 });
    const { status, freshness, sinceMs, lastSeenMs } = entry.now;
    if (
      now.status === status &&
      now.freshness === freshness &&
      now.sinceMs === sinceMs &&
      now.lastSeenMs === lastSeenMs
    )
      return false;
    version = now.version;
    entry.now = now;
    return true;
  };
  const toNow = (entry: SiteEntry): SitePresent => {
    if (entry.version > entry.now.version) {
      const { chanceRatio } = entry.now;
      entry.now = { ...siteNow(entry.site, entry.spaces), chanceRatio, version: entry.version };
    }
    return entry.now;
  };
  const refreshSite = (id: SiteId): void => {
    const entry = sites.get(id);
    if (!entry) return;
    version += 1;
    entry.version = version;
    // A balance is corrected with every car: the corrections depend on each other.
    if (entry.site.counting === 'balance') toNow(entry);
  };
  /** Chances are made anew every half minute, not with every car. */
  const refreshChances = (siteIds: readonly SiteId[]): void => {
    for (const id of siteIds) {
      const entry = sites.get(id);
      if (!entry) continue;
      version += 1;
      entry.now = { ...toNow(entry), chanceRatio: chanceRatio(id), version };
      entry.version = version;
    }
    bus.publish('present-changed', { spaceIds: [], siteIds });
  };

  const refresh = (heardSpaces: Iterable<SpaceId>, heardSites: Iterable<SiteId>): void => {
    const siteIds = new Set(heardSites);
    const spaceIds: SpaceId[] = [];
    const nowMs = clock.now();
    for (const id of heardSpaces) {
      const entry = spaces.get(id);
      if (!entry || !refreshSpace(entry, nowMs)) continue;
      spaceIds.push(id);
      siteIds.add(entry.space.siteId);
    }
    for (const id of siteIds) refreshSite(id);
    if (spaceIds.length + siteIds.size > 0)
      bus.publish('present-changed', { spaceIds, siteIds: [...siteIds] });
  };

  /** Gates that fell silent, or speak again. */
  const agedGateSites = (): SiteId[] =>
    [...gatesOf.keys()].filter((id) => {
      const entry = sites.get(id);
      return (
        entry?.site.counting === 'balance' && gateNow(entry.site).freshness !== entry.now.freshness
      );
    });

  const age = (): void => {
    if (clock.now() >= watchesHoldUntilMs) watch();
    refresh(spaces.keys(), agedGateSites());
  };

  const build = (): void => {
    watch();
    const { spaces: allSpaces, sites: allSites } = inventory();
    const chances = new Map([...sites].map(([id, { now }]) => [id, now.chanceRatio]));
    spaces.clear();
    sites.clear();
    const at = { nowMs: clock.now(), version };
    for (const space of allSpaces) spaces.set(space.id, { space, now: nowOf(space, at) });
    const spacesOf = Map.groupBy(allSpaces, ({ siteId }) => siteId);
    for (const site of allSites) {
      const its = spacesOf.get(site.id) ?? [];
      const now = { ...siteNow(site, its), chanceRatio: chances.get(site.id) ?? null, version };
      sites.set(site.id, { site, spaces: its, now, version });
    }
  };
  build();

  return {
    present: {
      get epoch() {
        return epoch;
      },
      version: () => version,
      space: (id) => spaces.get(id)?.now,
      site(id) {
        const entry = sites.get(id);
        return entry && toNow(entry);
      },
      spaces: () => spaces.values().map(({ now }) => now),
      sites: () => sites.values().map(toNow),
    },
    start() {
      stops = [
        bus.subscribe('observed', (all) => {
          const spaceIds = new Set<SpaceId>();
          const siteIds = new Set<SiteId>();
          for (const observed of all) {
            const tracked = tracker.apply(observed);
            for (const id of tracked.spaceIds) spaceIds.add(id);
            for (const id of tracked.siteIds) siteIds.add(id);
          }
          refresh(spaceIds, siteIds);
        }),
        bus.subscribe('chances-changed', ({ siteIds }) => refreshChances(siteIds)),
        clock.every(agingEveryMs, age),
      ];
    },
    stop() {
      for (const stop of stops) stop();
      stops = [];
    },
    reload() {
      reloads += 1;
      epoch = `${deps.epoch}r${reloads}`;
      version += 1;
      build();
      bus.publish('inventory-changed', { inventory: inventory() });
    },
    offsets: () => [...offsets],
  };
}
