import { gateBalance, isGate, type GateInstallation } from '../domain/gate-balance.ts';
import type { EpochMs, SiteId, SpaceId } from '../domain/ids.ts';
import { isInForce } from '../domain/installations.ts';
import type { Observed } from '../domain/observation.ts';
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
/** What was heard is told so much later at the most, each place once: as often as the live map gets a frame. */
const tellWithinMs = 250;

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
  /** Heard of since it was last told what changed. */
  const heardSpaces = new Set<SpaceId>();
  /** Changed since then. */
  const changedSites = new Set<SiteId>();
  let cancelTelling: (() => void) | undefined;

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

  /** A balance is corrected with every car: the corrections depend on each other. */
  const correct = (site: ParkingSite) => {
    const gates = gateBalance(gatesOf.get(site.id) ?? [], tracker, patienceOf, clock.now());
    const before = offsets.get(site.id) ?? 0;
    const { occupied, offset } = correctedBalance(gates.balance, before, site.numberOfSpaces);
    if (gates.isHeard) offsets.set(site.id, offset);
    return { gates, occupied };
  };
  const gateNow = (site: ParkingSite) => {
    const { gates, occupied } = correct(site);
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
  };
  /** Chances are made anew every half minute, not with every car. */
  const refreshChances = (siteIds: readonly SiteId[]): void => {
    settle();
    for (const id of siteIds) {
      const entry = sites.get(id);
      if (!entry) continue;
      version += 1;
      entry.now = { ...toNow(entry), chanceRatio: chanceRatio(id), version };
      entry.version = version;
    }
    bus.publish('present-changed', { spaceIds: [], siteIds });
  };

  const refresh = (heard: Iterable<SpaceId>): void => {
    const spaceIds: SpaceId[] = [];
    const nowMs = clock.now();
    for (const id of heard) {
      const entry = spaces.get(id);
      if (!entry || !refreshSpace(entry, nowMs)) continue;
      spaceIds.push(id);
      changedSites.add(entry.space.siteId);
    }
    const siteIds = [...changedSites];
    changedSites.clear();
    heardSpaces.clear();
    for (const id of siteIds) refreshSite(id);
    if (spaceIds.length + siteIds.length > 0) bus.publish('present-changed', { spaceIds, siteIds });
  };
  /** Whoever looks sees everything that was heard. */
  const settle = (): void => {
    cancelTelling?.();
    cancelTelling = undefined;
    if (heardSpaces.size + changedSites.size > 0) refresh(heardSpaces);
  };
  const hear = (all: readonly Observed[]): void => {
    const gated = new Set<SiteId>();
    for (const observed of all) {
      const tracked = tracker.apply(observed);
      for (const id of tracked.spaceIds) heardSpaces.add(id);
      for (const id of tracked.siteIds) gated.add(id);
    }
    for (const id of gated) {
      const site = sites.get(id)?.site;
      if (site?.counting === 'balance') correct(site);
      changedSites.add(id);
    }
    cancelTelling ??= clock.after(tellWithinMs, settle);
  };

  /** Gates that fell silent, or speak again. */
  const agedGateSites = (): SiteId[] =>
    [...gatesOf.keys()].filter((id) => {
      const entry = sites.get(id);
      return (
        entry?.site.counting === 'balance' &&
        gateNow(entry.site).freshness !== toNow(entry).freshness
      );
    });

  const age = (): void => {
    if (clock.now() >= watchesHoldUntilMs) watch();
    for (const id of agedGateSites()) changedSites.add(id);
    refresh(spaces.keys());
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
      version() {
        settle();
        return version;
      },
      space(id) {
        settle();
        return spaces.get(id)?.now;
      },
      site(id) {
        settle();
        const entry = sites.get(id);
        return entry && toNow(entry);
      },
      spaces() {
        settle();
        return spaces.values().map(({ now }) => now);
      },
      sites() {
        settle();
        return sites.values().map(toNow);
      },
    },
    start() {
      stops = [
        bus.subscribe('observed', hear),
        bus.subscribe('chances-changed', ({ siteIds }) => refreshChances(siteIds)),
        clock.every(agingEveryMs, age),
      ];
    },
    stop() {
      for (const stop of stops) stop();
      stops = [];
      cancelTelling?.();
      cancelTelling = undefined;
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
