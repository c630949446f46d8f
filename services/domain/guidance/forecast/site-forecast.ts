import type { EpochMs, SiteId, SpaceId } from '../../ids.ts';
import type { Status } from '../../observation.ts';
import type { Audience, Inventory, ParkingSite } from '../../site.ts';
import { createCarParkForecast, type CarParkForecast, type CarParkPrediction } from './car-park.ts';
import { createKerbForecast, maxKerbSpaces, type KerbBlock } from './kerb-forecast.ts';
import type { WeekSlot } from './week-profile.ts';

/** When somebody arrives, and what is to be reckoned with until then. */
export interface Arrival {
  /** Time from the counts being true to the arrival: drive plus age of the information. */
  readonly horizonS: number;
  /** Cars already on their way there. */
  readonly sentCars: number;
}

/** A chance and what it rests on; `unwatched` is a guess from the watched blocks around. */
export interface SiteChance {
  readonly chanceRatio: number;
  readonly basis: 'kerb' | 'car-park' | 'unwatched';
}

/** Vacant and known spaces of a large or gate-counted site that anybody may use. */
export interface SiteCount {
  readonly known: number;
  readonly vacant: number;
}

export interface SiteForecast {
  /** A space's status from now on. A change between vacant and occupied counts, and is told, as a take or a leave. */
  seeSpace(spaceId: SpaceId, status: Status): 'taken' | 'left' | null;
  /** A driver stood at the kerb and found nothing. */
  foundFull(siteId: SiteId): void;
  /** The count of a site that is forecast as a car park; `null` when nothing is known any more. */
  seeCount(siteId: SiteId, atMs: EpochMs, count: SiteCount | null): void;
  /** What was usual at a car park in a quarter hour of the past. */
  learnUsual(siteId: SiteId, atMs: EpochMs, vacantRatio: number): void;
  advance(elapsedS: number): void;
  refresh(): void;
  /** Which sites are forecast as car parks: they are fed with counts, the others space by space. */
  readonly carParkIds: readonly SiteId[];
  /**
   * Chance of a vacant space for this audience (`null`: anybody). `null` where the site has no such
   * space, is closed, or too little is known of it and its surroundings.
   */
  chance(siteId: SiteId, audience: Audience | null, arrival: Arrival): SiteChance | null;
  /** Expected count of a car park; `null` where it is none or nothing is known. */
  expected(siteId: SiteId, arrival: Arrival): CarParkPrediction | null;
}

/** Spaces of one site and one audience, counted together. */
interface Group extends KerbBlock {
  readonly audience: Audience | null;
}
interface CarPark {
  readonly forecast: CarParkForecast;
  seenAtMs: EpochMs | null;
}

/** Counted at its gates, or too large for a table: forecast by its count, not space by space. */
export const isCarPark = (site: ParkingSite): boolean =>
  site.counting === 'balance' || site.numberOfSpaces > maxKerbSpaces;

/** Groups of every kerb-like site: anybody's spaces, then those kept for somebody. */
function listGroups(site: ParkingSite): readonly Group[] {
  const kept = Object.entries(site.numberOfSpacesFor) as [Audience, number][];
  const keptSpaces = kept.reduce((sum, [, spaces]) => sum + spaces, 0);
  const { location } = site;
  return [
    { audience: null, location, numberOfSpaces: site.numberOfSpaces - keptSpaces },
    ...kept.map(([audience, numberOfSpaces]) => ({ audience, location, numberOfSpaces })),
  ];
}

/** Predictions for every site of the inventory. Pure bookkeeping: time passes only through `advance`. */
export function createSiteForecast(
  inventory: Pick<Inventory, 'sites' | 'spaces'>,
  weekSlot: (atMs: EpochMs) => WeekSlot,
): SiteForecast {
  const sites = new Map(inventory.sites.map((site) => [site.id, site]));
  const carParks = new Map<SiteId, CarPark>();
  const groups: Group[] = [];
  const groupOf = new Map<string, number>();
  const groupKey = (siteId: SiteId, audience: Audience | null): string =>
    `${siteId} ${audience ?? ''}`;
  for (const site of inventory.sites) {
    if (isCarPark(site))
      carParks.set(site.id, { forecast: createCarParkForecast(weekSlot), seenAtMs: null });
    else
      for (const group of listGroups(site)) {
        groupOf.set(groupKey(site.id, group.audience), groups.length);
        groups.push(group);
      }
  }
  const kerb = createKerbForecast(groups);
  /** Groups of a site by audience, found without a text made for every question. */
  const groupsOf = new Map(
    inventory.sites.map(({ id, numberOfSpacesFor }) => [
      id,
      new Map(
        [null, ...(Object.keys(numberOfSpacesFor) as Audience[])].map((audience) => [
          audience,
          groupOf.get(groupKey(id, audience)),
        ]),
      ),
    ]),
  );
  const spaceGroup = new Map<SpaceId, number>();
  for (const { id, siteId, audience } of inventory.spaces) {
    const group = groupOf.get(groupKey(siteId, audience));
    if (group !== undefined) spaceGroup.set(id, group);
  }
  const statusOf = new Map<SpaceId, Status>();
  const seen = groups.map(() => ({ known: 0, occupied: 0 }));

  /** Below half of its spaces known, a group is as good as unwatched. */
  const show = (group: number): void => {
    const { known, occupied } = seen[group] ?? { known: 0, occupied: 0 };
    const enough = known > 0 && 2 * known >= (groups[group]?.numberOfSpaces ?? 0);
    kerb.see(group, enough ? { known, occupied } : { known: 0, occupied: 0 });
  };
  const tally = (group: number, status: Status, by: 1 | -1): void => {
    const count = seen[group];
    if (count === undefined || status === 'unknown') return;
    count.known += by;
    if (status === 'occupied') count.occupied += by;
  };
  const predict = (carPark: CarPark, { horizonS, sentCars }: Arrival): CarParkPrediction | null =>
    carPark.seenAtMs === null
      ? null
      : carPark.forecast.predict(carPark.seenAtMs + horizonS * 1_000, sentCars);

  return {
    seeSpace(spaceId, status) {
      const group = spaceGroup.get(spaceId);
      const before = statusOf.get(spaceId) ?? 'unknown';
      if (group === undefined || status === before) return null;
      statusOf.set(spaceId, status);
      tally(group, before, -1);
      tally(group, status, 1);
      show(group);
      if (before === 'unknown' || status === 'unknown') return null;
      if (status === 'occupied') kerb.taken(group);
      else kerb.left(group);
      return status === 'occupied' ? 'taken' : 'left';
    },
    foundFull(siteId) {
      const group = groupOf.get(groupKey(siteId, null));
      if (group !== undefined) kerb.foundFull(group);
    },
    seeCount(siteId, atMs, count) {
      const carPark = carParks.get(siteId);
      if (carPark === undefined) return;
      const enough = count !== null && count.known > 0;
      carPark.seenAtMs = enough ? atMs : null;
      if (enough) carPark.forecast.see(atMs, count.vacant, count.known);
    },
    learnUsual: (siteId, atMs, vacantRatio) =>
      carParks.get(siteId)?.forecast.learn(atMs, vacantRatio),
    advance: (elapsedS) => kerb.advance(elapsedS),
    refresh: () => kerb.refresh(),
    carParkIds: [...carParks.keys()],
    chance(siteId, audience, arrival) {
      if (sites.get(siteId)?.isClosed !== false) return null;
      const carPark = carParks.get(siteId);
      if (carPark !== undefined) {
        const predicted = audience === null ? predict(carPark, arrival) : null;
        return predicted && { chanceRatio: predicted.chanceRatio, basis: 'car-park' };
      }
      const group = groupsOf.get(siteId)?.get(audience);
      if (group === undefined || (groups[group]?.numberOfSpaces ?? 0) <= 0) return null;
      return {
        chanceRatio: kerb.chance(group, arrival.horizonS, arrival.sentCars),
        basis: kerb.isWatched(group) ? 'kerb' : 'unwatched',
      };
    },
    expected(siteId, arrival) {
      const carPark = carParks.get(siteId);
      return carPark === undefined ? null : predict(carPark, arrival);
    },
  };
}
