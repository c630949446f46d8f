import { gateBalance, isGate } from '../domain/gate-balance.ts';
import type { SiteId, SpaceId } from '../domain/ids.ts';
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
  /** Corrections of gate balances, for a snapshot. */
  offsets(): readonly (readonly [SiteId, number])[];
}

/** How often news are looked at for having become too old. */
const agingEveryMs = 10_000;

/**
 * Observe → state. Holds the present of every space and site in memory, with a version that grows with
 * each change, and says on the bus what changed.
 */
export function createTrack(deps: {
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly inventory: Inventory;
  readonly tracker: Tracker;
  readonly patienceOf: (model: string) => Patience;
  readonly chanceRatio: (siteId: SiteId) => number | null;
  readonly epoch: string;
  readonly offsets?: readonly (readonly [SiteId, number])[];
}): Track {
  const { bus, clock, inventory, tracker, patienceOf, chanceRatio, epoch } = deps;
  const sites = new Map<SiteId, { site: ParkingSite; now: SitePresent; spaces: ParkingSpace[] }>();
  const spaces = new Map<SpaceId, { space: ParkingSpace; now: SpacePresent; patience: Patience }>();
  const offsets = new Map<SiteId, number>(deps.offsets);
  const gatesOf = Map.groupBy(
    inventory.installations.filter(isGate),
    ({ target }) => target.siteId,
  );
  let version = 0;
  let stops: (() => void)[] = [];

  const unwatched: Patience = { heartbeatMs: 0, staleAfterMs: 0 };
  const patience = new Map<SpaceId, Patience>();
  for (const { target, model, untilMs } of inventory.installations)
    if (target.kind === 'space' && untilMs === null)
      patience.set(target.spaceId, patienceOf(model));

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

  const refreshSpace = (id: SpaceId): boolean => {
    const entry = spaces.get(id);
    if (!entry) return false;
    const now = spaceNow(entry.space, tracker.space(id), entry.patience, clock.now());
    const { status, freshness, sinceMs, lastSeenMs } = entry.now;
    if (
      now.status === status &&
      now.freshness === freshness &&
      now.sinceMs === sinceMs &&
      now.lastSeenMs === lastSeenMs
    )
      return false;
    version += 1;
    entry.now = { ...now, version };
    return true;
  };
  const refreshSite = (id: SiteId): void => {
    const entry = sites.get(id);
    if (!entry) return;
    version += 1;
    entry.now = {
      ...siteNow(entry.site, entry.spaces),
      chanceRatio: entry.now.chanceRatio,
      version,
    };
  };
  /** Chances are made anew every half minute, not with every car. */
  const refreshChances = (siteIds: readonly SiteId[]): void => {
    for (const id of siteIds) {
      const entry = sites.get(id);
      if (!entry) continue;
      version += 1;
      entry.now = { ...entry.now, chanceRatio: chanceRatio(id), version };
    }
    bus.publish('present-changed', { spaceIds: [], siteIds });
  };

  const refresh = (heardSpaces: Iterable<SpaceId>, heardSites: Iterable<SiteId>): void => {
    const siteIds = new Set(heardSites);
    const spaceIds: SpaceId[] = [];
    for (const id of heardSpaces) {
      if (!refreshSpace(id)) continue;
      spaceIds.push(id);
      const siteId = spaces.get(id)?.space.siteId;
      if (siteId !== undefined) siteIds.add(siteId);
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

  for (const space of inventory.spaces) {
    const its = patience.get(space.id) ?? unwatched;
    const now = spaceNow(space, tracker.space(space.id), its, clock.now());
    spaces.set(space.id, { space, patience: its, now: { ...now, version } });
  }
  const spacesOf = Map.groupBy(inventory.spaces, ({ siteId }) => siteId);
  for (const site of inventory.sites) {
    const its = spacesOf.get(site.id) ?? [];
    const now = { ...siteNow(site, its), chanceRatio: null, version };
    sites.set(site.id, { site, spaces: its, now });
  }

  return {
    present: {
      epoch,
      version: () => version,
      space: (id) => spaces.get(id)?.now,
      site: (id) => sites.get(id)?.now,
      spaces: () => spaces.values().map(({ now }) => now),
      sites: () => sites.values().map(({ now }) => now),
    },
    start() {
      stops = [
        bus.subscribe('observed', (observed) => {
          const tracked = tracker.apply(observed);
          refresh(tracked.spaceIds, tracked.siteIds);
        }),
        bus.subscribe('chances-changed', ({ siteIds }) => refreshChances(siteIds)),
        clock.every(agingEveryMs, () => refresh(spaces.keys(), agedGateSites())),
      ];
    },
    stop() {
      for (const stop of stops) stop();
      stops = [];
    },
    offsets: () => [...offsets],
  };
}
