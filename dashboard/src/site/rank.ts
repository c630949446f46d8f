import type { Site } from '../../../services/contract/site.ts';
import { shownChance, shownVacant } from './facts.ts';
import { distanceM, type Place } from './geo.ts';

export type SortOrder = 'best' | 'distance' | 'vacant' | 'price';
export const sortOrders: readonly SortOrder[] = ['best', 'distance', 'vacant', 'price'];

export interface RankContext {
  /** Destination, position or town centre. */
  readonly from: Place;
  readonly isFeedStale: boolean;
  /** Holder of the blue card: sites with a free disabled space come first. */
  readonly hasBlueCard: boolean;
  /** Places farther or dearer than this stay listed, after those that suit; `null` is no limit. */
  readonly maxWalkM: number | null;
  readonly maxEurPerHour: number | null;
}

/** 80 m/min: walking pace used in German accessibility planning. */
const walkMPerMin = 80;
/** What it costs to find no space, in minutes of walking: drive on, search, come back. */
const missMin = 10;
/** Minutes one walks to save a euro an hour. */
const minPerEuro = 1;
/** A place nothing is known of counts as an even chance, minus what not knowing costs. */
const unknownChance = 0.35;

/** Minutes' worth of walking, risk and price; smaller is better. */
function costMin(site: Site, { from, isFeedStale }: RankContext): number {
  const isKnown = shownChance(site, isFeedStale) !== 'unknown';
  const chance = isKnown ? (site.status.chanceRatio ?? unknownChance) : unknownChance;
  const price = site.hasFee === false ? 0 : (site.feeEurPerHour ?? 1);
  return distanceM(site, from) / walkMPerMin + (1 - chance) * missMin + price * minPerEuro;
}

function suits(site: Site, { from, maxWalkM, maxEurPerHour }: RankContext): boolean {
  if (maxWalkM !== null && distanceM(site, from) > maxWalkM) return false;
  const price = site.hasFee === false ? 0 : site.feeEurPerHour;
  return maxEurPerHour === null || price === null || price <= maxEurPerHour;
}

/** 0 for places to go to, 1 for unsuitable, 2 for full, 3 for closed ones: those are listed last. */
function tier(site: Site, context: RankContext): number {
  if (shownChance(site, context.isFeedStale) === 'closed') return 3;
  if (shownVacant(site, context.isFeedStale) === 0) return 2;
  return suits(site, context) ? 0 : 1;
}

const measures: Readonly<Record<SortOrder, (site: Site, context: RankContext) => number>> = {
  best: costMin,
  distance: (site, { from }) => distanceM(site, from),
  vacant: (site, { isFeedStale }) => -(shownVacant(site, isFeedStale) ?? -1),
  price: (site) => (site.hasFee === false ? 0 : (site.feeEurPerHour ?? Number.MAX_VALUE)),
};

/** Ids in the chosen order; equal places by distance, then name. Does not change its input. */
export function rank(
  sites: readonly Site[],
  order: SortOrder,
  context: RankContext,
): readonly string[] {
  const keyed = sites.map((site) => {
    const kept = site.status.vacantFor.disabled?.vacant ?? 0;
    return {
      site,
      tier: tier(site, context),
      card: context.hasBlueCard && order === 'best' && kept > 0 ? 0 : 1,
      measure: measures[order](site, context),
      metres: distanceM(site, context.from),
    };
  });
  keyed.sort(
    (a, b) =>
      a.tier - b.tier ||
      a.card - b.card ||
      a.measure - b.measure ||
      a.metres - b.metres ||
      a.site.name.localeCompare(b.site.name, 'de'),
  );
  return keyed.map(({ site }) => site.id);
}
