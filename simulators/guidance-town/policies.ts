import { createCommitments, type Commitments } from '../../services/domain/guidance/commitments.ts';
import { createKerbForecast } from '../../services/domain/guidance/forecast/kerb-forecast.ts';
import {
  choose,
  createRanker,
  rankingDefaults,
  type Option,
  type Outlook,
  type RankingSettings,
} from '../../services/domain/guidance/ranking.ts';
import { uniform, randomFrom } from '../random.ts';
import type { Driver } from './demand.ts';
import { createSigns, productSigns, type SignRule } from './signs.ts';
import type { Town } from './town.ts';

export type PolicyKind = 'none' | 'nearest' | 'uncommitted' | 'ours' | 'oracle' | 'signs';

/** What the sensors tell, and how wrong they are. */
export interface SensorSettings {
  /** From a car standing still to the count knowing it. */
  readonly delayS: number;
  /** What the guidance believes the delay to be. */
  readonly believedDelayS: number;
  /** Share of the blocks with sensors. */
  readonly coverageRatio: number;
  /** Share of the blocks that always show one space too many. */
  readonly phantomRatio: number;
}
export const goodSensors: SensorSettings = {
  delayS: 45,
  believedDelayS: 45,
  coverageRatio: 1,
  phantomRatio: 0,
};

/** Where a driver is now and what happened to him. */
export interface Situation {
  readonly driver: Driver;
  readonly nowS: number;
  readonly node: number;
  readonly target: number | null;
  readonly hasFailed: boolean;
  readonly isExcluded: (place: number) => boolean;
}
export interface Advice {
  readonly place: number;
  readonly driveS: number;
  readonly chanceRatio: number;
}

/** True counts, which only the town and the oracle know. */
export interface Truth {
  /** Occupied spaces of each place. */
  readonly occupied: Int32Array;
}

export interface Guidance {
  advise(situation: Situation): Advice | null;
  /** Where somebody goes who follows the sign at his entry; `null`: where he wanted to go. */
  readSign(driver: Driver, nowS: number): number | null;
  /** The guided driver stands at a kerb, his own way or as told. */
  parked(driver: Driver, place: number, nowS: number): void;
  failed(driver: Driver, place: number): void;
  /** Everybody, as the sensors see them: at once for the hazards, after the delay for the count. */
  taken(place: number): void;
  left(place: number): void;
  news(place: number, change: 1 | -1): void;
  /** Every 30 s. */
  tick(nowS: number): void;
  readonly complianceRatio: number;
}

export const tickS = 30;
const walkSecond = rankingDefaults.walkWeight / rankingDefaults.walkSpeedMs;

/** The product's forecast, commitments and ranking, or a rival that sees the same sensors. */
export function createGuidance(
  town: Town,
  truth: Truth,
  kind: Exclude<PolicyKind, 'none'>,
  sensors: SensorSettings,
  options: {
    readonly seed: number;
    readonly ranking?: Partial<RankingSettings>;
    readonly complianceRatio?: number;
    /** The product's unless said. */
    readonly signRule?: SignRule;
  },
): Guidance {
  const { places } = town.net;
  const random = randomFrom('sensors', options.seed);
  const isCovered = places.map(() => uniform(random) < sensors.coverageRatio);
  const hasPhantom = places.map(() => uniform(random) < sensors.phantomRatio);
  const seen = truth.occupied.slice();
  const kerb = createKerbForecast(
    places.map(({ numberOfSpaces }, place) => ({
      numberOfSpaces,
      location: town.locations[place] ?? { lat: 0, lon: 0 },
    })),
  );
  const isKerb = (place: number): boolean => places[place]?.kind === 'kerb';
  const shown = (place: number): number =>
    Math.max(0, (seen[place] ?? 0) - (hasPhantom[place] === true ? 1 : 0));
  const show = (place: number): void => {
    if (!isKerb(place) || isCovered[place] !== true) return;
    kerb.see(place, { known: places[place]?.numberOfSpaces ?? 0, occupied: shown(place) });
  };
  for (const place of places.keys()) show(place);
  kerb.refresh();

  const vacantAt = (place: number, counts: Int32Array): number =>
    (places[place]?.numberOfSpaces ?? 0) - (counts[place] ?? 0);
  const outlook: Outlook = {
    chance: (place, horizonS, sentCars) =>
      isKerb(place) ? kerb.chance(place, horizonS + sensors.believedDelayS, sentCars) : 1,
    isWatched: (place) => kerb.isWatched(place),
    vacantSpaces: (place) => vacantAt(place, truth.occupied),
  };
  const commitments: Commitments = createCommitments(
    options.complianceRatio === undefined ? {} : { complianceRatio: options.complianceRatio },
  );
  const counted = kind === 'ours' ? commitments : { sent: () => 0 };
  const ranker = createRanker(town.net, outlook, counted, {
    ...rankingDefaults,
    ...options.ranking,
  });
  const drawFor = randomFrom('choice', options.seed);

  const byModel = (situation: Situation): Advice | null => {
    const { driver, nowS, node, target, hasFailed, isExcluded } = situation;
    const ranked = ranker.rank({
      driver: String(driver.id),
      nowMs: nowS * 1_000,
      times: town.times(node),
      walkM: (place) => town.walksToPlaces(driver.destination)[place] ?? Infinity,
      maxWalkM: rankingDefaults.maxWalkM,
      maxCarParkWalkM: rankingDefaults.maxCarParkWalkM,
      acceptsCarParks: driver.acceptsCarPark,
      hasFailed,
      target,
      isExcluded,
    });
    const chosen: Option | undefined =
      kind === 'ours' ? choose(ranked, () => uniform(drawFor)) : ranked[0];
    if (chosen === undefined) return null;
    commitments.commit(String(driver.id), chosen.place, (nowS + chosen.driveS) * 1_000);
    return { place: chosen.place, driveS: chosen.driveS, chanceRatio: chosen.chanceRatio ?? 1 };
  };

  /** The best place that shows a space now: nearest to the destination, or cheapest for this driver. */
  const bySight = (situation: Situation, counts: (place: number) => number): Advice | null => {
    const { driver, node, isExcluded } = situation;
    const times = town.times(node);
    const walks = town.walksToPlaces(driver.destination);
    let best: (Advice & { readonly costS: number }) | null = null;
    for (const [place, site] of places.entries()) {
      const walkM = walks[place] ?? Infinity;
      const isOption =
        site.kind === 'kerb' ? walkM <= rankingDefaults.maxWalkM : driver.acceptsCarPark;
      const vacant = site.numberOfSpaces - counts(place);
      if (!isOption || isExcluded(place) || vacant < (site.kind === 'kerb' ? 1 : 6)) continue;
      const driveS = Math.min(
        ...site.passages.map(({ tail, untilS }) => (times[tail] ?? Infinity) + untilS),
      );
      const walkS = walkSecond * walkM + site.feeS + (site.kind === 'kerb' ? 0 : 60);
      const costS = kind === 'oracle' ? driveS + walkS : walkS;
      if (best === null || costS < best.costS) best = { place, driveS, chanceRatio: 1, costS };
    }
    return best;
  };

  const signs = createSigns(town, options.signRule ?? productSigns, {
    vacant: (place) => (places[place]?.numberOfSpaces ?? 0) - shown(place),
    isFull: (place) => vacantAt(place, truth.occupied) < 6,
    sentByApp: (place, nowS) => counted.sent(place, Infinity, nowS * 1_000, null),
    delayS: sensors.believedDelayS,
  });

  return {
    advise(situation) {
      switch (kind) {
        case 'signs':
          return null;
        case 'ours':
        case 'uncommitted':
          return byModel(situation);
        case 'nearest':
          return bySight(situation, (place) =>
            isKerb(place) && isCovered[place] !== true
              ? (places[place]?.numberOfSpaces ?? 0)
              : isKerb(place)
                ? shown(place)
                : (truth.occupied[place] ?? 0),
          );
        case 'oracle':
          return bySight(situation, (place) => truth.occupied[place] ?? 0);
      }
    },
    readSign: (driver, nowS) => signs.read(driver, nowS),
    parked(driver, place, nowS) {
      const key = String(driver.id);
      // A car park counts at its gate, at once. A space found on the way is known from the driver.
      if (!isKerb(place)) {
        commitments.withdraw(key);
        return;
      }
      if (commitments.target(key) !== place) commitments.commit(key, place, nowS * 1_000);
      commitments.parked(key, (nowS + sensors.believedDelayS + 7) * 1_000);
    },
    failed(driver, place) {
      commitments.failed(String(driver.id));
      if (isKerb(place)) kerb.foundFull(place);
    },
    taken(place) {
      if (isCovered[place] === true && isKerb(place)) kerb.taken(place);
    },
    left(place) {
      if (isCovered[place] === true && isKerb(place)) kerb.left(place);
    },
    news(place, change) {
      seen[place] = (seen[place] ?? 0) + change;
      show(place);
    },
    tick(nowS) {
      kerb.advance(tickS);
      kerb.refresh();
      commitments.purge(nowS * 1_000);
    },
    get complianceRatio() {
      return commitments.complianceRatio;
    },
  };
}
