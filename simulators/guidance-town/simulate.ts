import { exponential, randomFor, randomFrom, uniform, type Random } from '../random.ts';
import { createQueue } from '../town/queue.ts';
import { drawStay, type Driver } from './demand.ts';
import {
  createGuidance,
  tickS,
  type Guidance,
  type PolicyKind,
  type SensorSettings,
} from './policies.ts';
import { centres, type Arc, type Town } from './town.ts';
import { distanceM } from '../../services/domain/geometry.ts';
import type { RankingSettings } from '../../services/domain/guidance/ranking.ts';
import { createHabits } from './habits.ts';
import { roam } from './searching.ts';
import type { SignRule } from './signs.ts';

export interface RunSettings {
  readonly policy: PolicyKind;
  readonly guidedRatio: number;
  /** Share of the guided who do as they are told. */
  readonly obeyRatio: number;
  readonly sensors: SensorSettings;
  readonly seed: number;
  readonly ranking?: Partial<RankingSettings>;
  /** Fixed instead of learnt. */
  readonly complianceRatio?: number;
  /** What signs show; the product's rule unless said. */
  readonly signRule?: SignRule;
  /** Share of the seekers without the app who follow signs. */
  readonly signRatio?: number;
}

/** How one driver's trip went. */
export interface TripResult {
  readonly driver: Driver;
  readonly isGuided: boolean;
  readonly excessS: number;
  readonly walkM: number;
  readonly drivenM: number;
  readonly searchM: number;
  readonly directM: number;
  readonly inCarPark: boolean;
  /** Chance told on the last advice before reaching the recommended block, and whether it came true. */
  readonly arrivals: readonly { readonly chanceRatio: number; readonly found: boolean }[];
}
export interface RunResult {
  readonly trips: readonly TripResult[];
  /** Of the kerbs around the three centres, mean over the measured time. */
  readonly occupancyRatio: number;
  readonly complianceRatio: number | null;
  /** Never parked before the end. */
  readonly failures: number;
}

/** The first hours fill the town and are not measured. */
export const warmUpS = 7_200;
const searchSpeedMs = 14 / 3.6;
const searchWindowS = 180;
const adviceEveryS = 30;
const carParkTriedS = 1_800;
const startOccupancy = { kerb: 0.8, carPark: 0.55 };

type Phase = 'heading' | 'searching' | 'giving-up';
interface Traveller {
  readonly driver: Driver;
  readonly random: Random;
  readonly walks: Float32Array;
  readonly isGuided: boolean;
  readonly obeys: boolean;
  node: number;
  phase: Phase;
  target: number | null;
  chanceRatio: number;
  adviceS: number;
  hasFailed: boolean;
  searchSinceS: number;
  drivenM: number;
  searchM: number;
  readonly passedS: Map<number, number>;
  readonly recent: number[];
  readonly radiusM: number;
  readonly arrivals: { chanceRatio: number; found: boolean }[];
}
const kinds = { start: 0, node: 1, leave: 2, news: 3, tick: 4 } as const;

/** Cars parked before the simulation begins. Long stays are met more often, and in their middle. */
function parkedAtStart(town: Town, seed: number): { place: number; leavesS: number }[] {
  const random = randomFrom('start', seed);
  return town.net.places.flatMap(({ kind, numberOfSpaces }, place) => {
    const share = kind === 'kerb' ? startOccupancy.kerb : startOccupancy.carPark;
    return Array.from({ length: numberOfSpaces }, () => uniform(random) < share)
      .filter((isParked) => isParked)
      .map(() => ({
        place,
        leavesS: drawStay(random) * uniform(random) + exponential(random, 900),
      }));
  });
}

function openGuidance(town: Town, occupied: Int32Array, settings: RunSettings): Guidance | null {
  const { policy, sensors, seed, ranking, complianceRatio, signRule } = settings;
  if (policy === 'none') return null;
  return createGuidance(town, { occupied }, policy, sensors, {
    seed,
    ...(ranking && { ranking }),
    ...(complianceRatio !== undefined && { complianceRatio }),
    ...(signRule && { signRule }),
  });
}

/** Runs one policy on one town with everybody of `drivers`. */
export function simulate(town: Town, drivers: readonly Driver[], settings: RunSettings): RunResult {
  const { places } = town.net;
  const queue = createQueue();
  const occupied = Int32Array.from(places, () => 0);
  const endS = (drivers.at(-1)?.startS ?? 0) + 3_600;
  const spaces = places.map(({ numberOfSpaces }) => numberOfSpaces);
  let guidance: Guidance | null = null;
  let nowS = 0;

  const isKerb = (place: number): boolean => places[place]?.kind === 'kerb';
  const hasSpace = (place: number): boolean => (occupied[place] ?? 0) < (spaces[place] ?? 0);
  const change = (place: number, by: 1 | -1): void => {
    occupied[place] = (occupied[place] ?? 0) + by;
    if (guidance === null || !isKerb(place)) return;
    if (by === 1) guidance.taken(place);
    else guidance.left(place);
    queue.schedule(nowS + settings.sensors.delayS, kinds.news, place, by);
  };

  for (const { place, leavesS } of parkedAtStart(town, settings.seed)) {
    occupied[place] = (occupied[place] ?? 0) + 1;
    queue.schedule(leavesS, kinds.leave, place, null);
  }
  guidance = openGuidance(town, occupied, settings);

  const trips: TripResult[] = [];
  const travellers = new Map<number, Traveller>();
  const habits = createHabits(town);
  const nearestCarPark = (traveller: Traveller): number | null =>
    habits.carPark(traveller.node, traveller.driver.destination, (place) => {
      const triedS = traveller.passedS.get(place);
      return triedS !== undefined && nowS - triedS < carParkTriedS;
    });

  const advise = (traveller: Traveller): void => {
    const { driver, node, passedS } = traveller;
    traveller.adviceS = nowS;
    const advice =
      guidance?.advise({
        driver,
        nowS,
        node,
        target: traveller.target,
        hasFailed: traveller.hasFailed,
        isExcluded: (place) => nowS - (passedS.get(place) ?? -Infinity) < searchWindowS,
      }) ?? null;
    if (advice === null) {
      traveller.target = null;
      startSearch(traveller);
      return;
    }
    traveller.phase = 'heading';
    traveller.target = advice.place;
    traveller.chanceRatio = advice.chanceRatio;
  };
  const startSearch = (traveller: Traveller): void => {
    if (traveller.phase === 'searching') return;
    traveller.phase = 'searching';
    traveller.searchSinceS = Math.min(traveller.searchSinceS, nowS);
  };
  const giveUp = (traveller: Traveller): void => {
    traveller.phase = 'giving-up';
    traveller.target = nearestCarPark(traveller);
  };

  const park = (traveller: Traveller, place: number): void => {
    const { driver } = traveller;
    change(place, 1);
    queue.schedule(nowS + driver.stayS, kinds.leave, place, null);
    if (traveller.isGuided && traveller.obeys) guidance?.parked(driver, place, nowS);
    travellers.delete(driver.id);
    const direct = town.times(driver.entry)[driver.destination] ?? 0;
    trips.push({
      driver,
      isGuided: traveller.isGuided,
      excessS: nowS + (isKerb(place) ? 0 : 60) - driver.startS - direct,
      walkM: traveller.walks[place] ?? 0,
      drivenM: traveller.drivenM,
      searchM: traveller.searchM,
      directM: direct * 8,
      inCarPark: !isKerb(place),
      arrivals: traveller.arrivals,
    });
  };

  /** A sign is read once, when coming in; afterwards everybody searches as always. */
  const hasSigns = settings.policy === 'signs';
  const followsSigns = (driver: Driver, isGuided: boolean): boolean => {
    if (hasSigns || isGuided || driver.prefersCarPark) return hasSigns && isGuided;
    const { guidedRatio, signRatio = 0 } = settings;
    return driver.guidedDraw - guidedRatio < signRatio * (1 - guidedRatio);
  };
  const begin = (driver: Driver): void => {
    const isGuided =
      settings.policy !== 'none' &&
      !driver.prefersCarPark &&
      driver.guidedDraw < settings.guidedRatio;
    const random = randomFor(settings.seed ^ 0x5bd1e995, driver.id);
    const traveller: Traveller = {
      driver,
      random,
      walks: town.walksToPlaces(driver.destination),
      isGuided,
      obeys: !hasSigns && driver.obeyDraw < settings.obeyRatio,
      node: driver.entry,
      phase: 'heading',
      target: null,
      chanceRatio: 1,
      adviceS: -Infinity,
      hasFailed: false,
      searchSinceS: Infinity,
      drivenM: 0,
      searchM: 0,
      passedS: new Map(),
      recent: [],
      radiusM: habits.radiusM(driver.destination) + 120,
      arrivals: [],
    };
    travellers.set(driver.id, traveller);
    const ownBlock = habits.drawBlock(driver, random);
    const ownTarget = driver.prefersCarPark ? nearestCarPark(traveller) : ownBlock;
    if (isGuided && !hasSigns) advise(traveller);
    if (!isGuided || !traveller.obeys) {
      traveller.phase = 'heading';
      traveller.target = ownTarget;
    }
    if (followsSigns(driver, isGuided))
      traveller.target = guidance?.readSign(driver, nowS) ?? ownTarget;
    step(traveller);
  };

  const acceptedM = (traveller: Traveller): number =>
    Math.min(
      600,
      traveller.radiusM + 0.6 * Math.max(0, nowS - Math.min(nowS, traveller.searchSinceS)),
    );
  const isObeying = (traveller: Traveller): boolean => traveller.isGuided && traveller.obeys;

  /** How far from the destination a space passed on the way is taken. */
  const limitM = (traveller: Traveller): number =>
    isObeying(traveller) && traveller.target !== null
      ? (traveller.walks[traveller.target] ?? 0)
      : acceptedM(traveller);
  /** What a driver does at the end of a block; true when he has parked. */
  const look = (traveller: Traveller, arc: Arc): boolean => {
    const { target } = traveller;
    if (target !== null && !isKerb(target) && town.blockOf[target] === arc.block)
      return enterCarPark(traveller, target);
    const place = town.placeOf[arc.block] ?? -1;
    if (place < 0) return false;
    traveller.passedS.set(place, nowS);
    const wantsKerb = !traveller.driver.prefersCarPark && traveller.phase !== 'giving-up';
    return wantsKerb && tryKerb(traveller, place);
  };
  const tryKerb = (traveller: Traveller, place: number): boolean => {
    const isTarget = place === traveller.target;
    if (isTarget && isObeying(traveller))
      traveller.arrivals.push({ chanceRatio: traveller.chanceRatio, found: hasSpace(place) });
    const isNear = (traveller.walks[place] ?? Infinity) <= limitM(traveller);
    if (hasSpace(place) && (isTarget || isNear)) {
      park(traveller, place);
      return true;
    }
    if (isTarget) fail(traveller);
    return false;
  };
  const fail = (traveller: Traveller): void => {
    if (!isObeying(traveller)) {
      startSearch(traveller);
      return;
    }
    traveller.hasFailed = true;
    traveller.searchSinceS = Math.min(traveller.searchSinceS, nowS);
    if (traveller.target !== null) guidance?.failed(traveller.driver, traveller.target);
    advise(traveller);
  };
  const enterCarPark = (traveller: Traveller, place: number): boolean => {
    if (hasSpace(place)) {
      park(traveller, place);
      return true;
    }
    traveller.passedS.set(place, nowS);
    traveller.hasFailed = true;
    if (isObeying(traveller) && traveller.phase !== 'giving-up') fail(traveller);
    else traveller.target = nearestCarPark(traveller);
    return false;
  };

  const reviewAt = (traveller: Traveller): void => {
    const searchedS = nowS - traveller.searchSinceS;
    if (traveller.phase !== 'giving-up' && searchedS > traveller.driver.patienceS)
      giveUp(traveller);
    else if (
      isObeying(traveller) &&
      traveller.phase !== 'giving-up' &&
      nowS - traveller.adviceS >= adviceEveryS
    )
      advise(traveller);
  };

  /** Chooses the next block and drives through it. */
  const step = (traveller: Traveller): void => {
    const isLooking = traveller.phase === 'searching';
    const arc =
      isLooking || traveller.target === null
        ? roam(town, traveller)
        : towards(traveller.node, traveller.target);
    if (arc === undefined) return;
    const isSearch = isLooking || traveller.hasFailed || traveller.phase === 'giving-up';
    traveller.drivenM += arc.lengthM;
    if (isSearch) traveller.searchM += arc.lengthM;
    const seconds = isLooking ? Math.max(arc.seconds, arc.lengthM / searchSpeedMs) : arc.seconds;
    queue.schedule(nowS + seconds, kinds.node, traveller.driver.id, arc.index);
  };
  const towards = (node: number, place: number): Arc | undefined => {
    let best: { arc: Arc; costS: number } | undefined;
    for (const arc of town.leaving[node] ?? []) {
      const rest = town.blockOf[place] === arc.block ? 0 : town.net.driveS(arc.head, place);
      const costS = arc.seconds + rest;
      if (best === undefined || costS < best.costS) best = { arc, costS };
    }
    return best?.arc;
  };

  const centralPlaces = [...places.keys()].filter(
    (place) =>
      isKerb(place) &&
      centres.some((centre) => distanceM(centre, town.locations[place] ?? centre) <= 300),
  );
  const centralSpaces = centralPlaces.reduce((sum, place) => sum + (spaces[place] ?? 0), 0);
  let occupancySum = 0;
  let occupancyCount = 0;
  const tick = (): void => {
    guidance?.tick(nowS);
    if (nowS >= warmUpS && nowS <= endS - 3_600) {
      occupancySum += centralPlaces.reduce((sum, place) => sum + (occupied[place] ?? 0), 0);
      occupancyCount += centralSpaces;
    }
    if (nowS < endS) queue.schedule(nowS + tickS, kinds.tick, 0, null);
  };

  const arrive = (traveller: Traveller | undefined, arc: Arc | undefined): void => {
    if (traveller === undefined || arc === undefined) return;
    traveller.node = arc.head;
    traveller.recent.push(arc.block);
    if (traveller.recent.length > 12) traveller.recent.shift();
    if (look(traveller, arc)) return;
    reviewAt(traveller);
    step(traveller);
  };
  const happen: Record<number, (index: number, data: unknown) => void> = {
    [kinds.start]: (index) => drivers.slice(index, index + 1).forEach(begin),
    [kinds.node]: (index, data) => arrive(travellers.get(index), town.arcs[data as number]),
    [kinds.leave]: (place) => change(place, -1),
    [kinds.news]: (place, data) => guidance?.news(place, data as 1 | -1),
    [kinds.tick]: tick,
  };
  for (const driver of drivers) queue.schedule(driver.startS, kinds.start, driver.id, null);
  queue.schedule(tickS, kinds.tick, 0, null);
  for (let next = queue.pop(); next !== undefined && next.atS <= endS; next = queue.pop()) {
    nowS = next.atS;
    happen[next.kind]?.(next.index, next.data);
  }
  return {
    trips,
    occupancyRatio: occupancyCount === 0 ? 0 : occupancySum / occupancyCount,
    complianceRatio: guidance?.complianceRatio ?? null,
    failures: travellers.size,
  };
}
