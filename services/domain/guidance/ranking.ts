import type { EpochMs } from '../ids.ts';
import type { Commitments } from './commitments.ts';
import { approach, type PlaceNet } from './place.ts';

/**
 * Numbers of the ranking, found by simulation on the streets of Heidelberg's centre (decision 0031).
 * Times in seconds.
 */
export const rankingDefaults = {
  /**
   * What taking from a scarce block costs the others. A control knob, not a value of time:
   * sensible from 1,000 to 8,000, to be tuned per town by replay.
   */
  scarcityPriceS: 4_000,
  /** The same at blocks without sensors, where the chance is a guess. */
  unwatchedPriceS: 1_000,
  /** A second on foot weighs 1.6 seconds in the car; 1.3 m/s. */
  walkWeight: 1.6,
  walkSpeedMs: 1.3,
  /** From the barrier to standing in a car park. */
  carParkEntryS: 60,
  /** A driver who takes no car park and finds nothing: searching on, and the longer walk. */
  withoutCarParkS: 720,
  /** Advantage of what was recommended before, against flapping. */
  loyaltyS: 30,
  /** Others who arrive this much later still count. */
  overlapS: 15,
  /** After a failure on this trip the chances are believed less. */
  afterFailure: 0.85,
  maxWalkM: 700,
  /** Car parks are worth a longer walk. */
  maxCarParkWalkM: 1_500,
  /** Going on after a failure, before it is computed for the best few. */
  roughContinuationS: 400,
  /** Only the best few within this margin get their continuation computed. */
  shortlist: 8,
  shortlistMarginS: 180,
  /** Car parks tried as continuation. */
  continuations: 4,
};
export type RankingSettings = typeof rankingDefaults;

/** What is known of the places now. Places are indices of the net. */
export interface Outlook {
  /** Chance of a space there after `horizonS` (information age added), with `sentCars` on their way. */
  chance(place: number, horizonS: number, sentCars: number): number;
  /** Whether the chance rests on the block's own sensors. */
  isWatched(place: number): boolean;
  /** Vacant spaces expected at a car park; `null` when nothing is known of it. */
  vacantSpaces(place: number, horizonS: number): number | null;
}

export interface Trip {
  readonly driver: string;
  readonly nowMs: EpochMs;
  /** Free-flow seconds from here to every node. */
  readonly times: Float32Array;
  /** Metres on foot between a place and the destination; Infinity out of reach. */
  readonly walkM: (place: number) => number;
  readonly maxWalkM: number;
  readonly maxCarParkWalkM: number;
  readonly acceptsCarParks: boolean;
  /** Already failed on this trip. */
  readonly hasFailed: boolean;
  /** Where he was sent last; `null` when nowhere. */
  readonly target: number | null;
  /** Just passed or tried, or not fit for his needs. */
  readonly isExcluded: (place: number) => boolean;
}

/** One way to end the trip, with its expected cost. */
export interface Option {
  readonly place: number;
  readonly kind: 'kerb' | 'car-park';
  readonly driveS: number;
  readonly walkM: number;
  /** `null`: a car park nobody counts. */
  readonly chanceRatio: number | null;
  readonly costS: number;
  /** The car park to go on to when there is nothing; `null` when none is in reach. */
  readonly fallback: number | null;
}

interface CarParkOption {
  readonly option: Option;
  /** From standing before it to the destination: entry, walk and fee. */
  readonly restS: number;
  /** Counted, with a space left after those on their way, or not counted at all. */
  readonly hasRoom: boolean;
}
interface Candidate {
  readonly place: number;
  readonly driveS: number;
  readonly walkM: number;
  /** Its place among the kerbs. */
  readonly nth: number;
  readonly chanceRatio: number;
  readonly priceS: number;
  /** Walk and fee once parked. */
  readonly restS: number;
  readonly roughS: number;
}

/** Spaces that must be left in a car park before anybody is sent there. */
const reserve = (numberOfSpaces: number): number => Math.max(2, 0.01 * numberOfSpaces);

/** What a car park that nobody counts is believed to cost more than its way. */
const uncountedS = 300;

export interface Ranker {
  /** Every way to end the trip, best first. */
  rank(trip: Trip): readonly Option[];
}

/**
 * Ranks by expected generalised time: driving, walking, paying and, with the chance of failure, going
 * on from there, plus a price for taking from a scarce block, so that those are left to drivers
 * without guidance.
 */
export function createRanker(
  net: PlaceNet,
  outlook: Outlook,
  commitments: Pick<Commitments, 'sent'>,
  settings: RankingSettings = rankingDefaults,
): Ranker {
  const walkS = (metres: number): number => (settings.walkWeight * metres) / settings.walkSpeedMs;
  const loyalty = (trip: Trip, place: number): number =>
    place === trip.target ? settings.loyaltyS : 0;
  const sentTo = (trip: Trip, place: number, driveS: number): number => {
    const byMs = trip.nowMs + (driveS + settings.overlapS) * 1_000;
    return commitments.sent(place, byMs, trip.nowMs, trip.driver);
  };

  const carParkOption = (trip: Trip, place: number): CarParkOption | undefined => {
    const site = net.places[place];
    if (site === undefined || trip.isExcluded(place)) return undefined;
    const walkM = trip.walkM(place);
    const { driveS } = approach(trip.times, site);
    if (!(walkM <= trip.maxCarParkWalkM) || driveS === Infinity) return undefined;
    const sent = sentTo(trip, place, driveS);
    const vacant = outlook.vacantSpaces(place, driveS);
    const restS = settings.carParkEntryS + walkS(walkM) + site.feeS;
    const unsureS = vacant === null ? uncountedS : 0;
    return {
      option: {
        place,
        kind: 'car-park',
        driveS,
        walkM,
        chanceRatio: vacant === null ? null : outlook.chance(place, driveS, sent),
        costS: driveS + restS + unsureS - loyalty(trip, place),
        fallback: null,
      },
      restS: restS + unsureS,
      hasRoom: vacant === null || vacant - sent >= reserve(site.numberOfSpaces),
    };
  };

  /** `undefined` also when it costs more than `limitS`; when its way alone does, no chance is worked out. */
  const kerbCandidate = (trip: Trip, nth: number, limitS: number): Candidate | undefined => {
    const place = net.kerbs[nth] ?? -1;
    const walkM = trip.walkM(place);
    if (!(walkM <= trip.maxWalkM) || trip.isExcluded(place)) return undefined;
    const driveS = net.toKerbs.driveS(trip.times, nth);
    const restS = walkS(walkM) + (net.toKerbs.feeS[nth] ?? 0);
    if (driveS === Infinity || driveS + restS > limitS) return undefined;
    const believed = trip.hasFailed ? settings.afterFailure : 1;
    const chanceRatio = believed * outlook.chance(place, driveS, sentTo(trip, place, driveS));
    const priceS = outlook.isWatched(place) ? settings.scarcityPriceS : settings.unwatchedPriceS;
    const roughS = driveS + restS + (1 - chanceRatio) * (settings.roughContinuationS + priceS);
    if (roughS > limitS) return undefined;
    return { place, driveS, walkM, nth, chanceRatio, priceS, restS, roughS };
  };

  const goOn = (from: number, carParks: readonly CarParkOption[]) => {
    let best = { place: null as number | null, costS: settings.withoutCarParkS };
    for (const { option, restS } of carParks) {
      const costS = net.driveS(from, option.place) + restS;
      if (best.place === null || costS < best.costS) best = { place: option.place, costS };
    }
    return best;
  };
  const toOption = (
    trip: Trip,
    { place, driveS, walkM, nth, chanceRatio, priceS, restS }: Candidate,
    carParks: readonly CarParkOption[],
  ): Option => {
    const next = goOn(net.toKerbs.exit(trip.times, nth), carParks);
    const failureS = (1 - chanceRatio) * (next.costS + priceS);
    const costS = driveS + chanceRatio * restS + failureS - loyalty(trip, place);
    return { place, kind: 'kerb', driveS, walkM, chanceRatio, costS, fallback: next.place };
  };

  return {
    rank(trip) {
      const carParks = trip.acceptsCarParks
        ? net.carParks
            .map((place) => carParkOption(trip, place))
            .filter((found) => found !== undefined)
            .filter(({ hasRoom }) => hasRoom)
        : [];
      const nearest = carParks
        .toSorted((a, b) => a.option.walkM - b.option.walkM)
        .slice(0, settings.continuations);
      const candidates: Candidate[] = [];
      let limitS = Infinity;
      for (let nth = 0; nth < net.kerbs.length; nth += 1) {
        const candidate = kerbCandidate(trip, nth, limitS);
        if (candidate === undefined) continue;
        candidates.push(candidate);
        limitS = Math.min(limitS, candidate.roughS + settings.shortlistMarginS);
      }
      candidates.sort((a, b) => a.roughS - b.roughS);
      return [
        ...candidates
          .slice(0, settings.shortlist)
          .filter(({ roughS }) => roughS <= limitS)
          .map((candidate) => toOption(trip, candidate, nearest)),
        ...carParks.map(({ option }) => option),
      ].sort((a, b) => a.costS - b.costS);
    },
  };
}

/** Options this much dearer than the best are still drawn, with weight e for every 20 s. */
const softness = { withinS: 60, scaleS: 20 };

/**
 * Draws among the nearly best, so that drivers in the same place at the same time are not all sent
 * the same way. `random` gives numbers in [0, 1).
 */
export function choose(options: readonly Option[], random: () => number): Option | undefined {
  const cheapestS = options[0]?.costS ?? 0;
  const near = options.filter(({ costS }) => costS <= cheapestS + softness.withinS);
  const weights = near.map(({ costS }) => Math.exp(-(costS - cheapestS) / softness.scaleS));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return near.find((_, i) => (left -= weights[i] ?? 0) < 0) ?? near.at(-1);
}
