import { randomFor, type Random } from '../random.ts';
import type { Driver } from './demand.ts';
import { roam, towards } from './driving.ts';
import { createHabits } from './habits.ts';
import type { Arc } from './town.ts';
import { kinds, type RunSettings, type World } from './world.ts';

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

/** A driver on the way to a space. */
interface Traveller {
  readonly driver: Driver;
  readonly random: Random;
  /** Metres on foot from each place to the destination. */
  readonly walks: Float32Array;
  readonly isGuided: boolean;
  readonly obeys: boolean;
  node: number;
  phase: 'heading' | 'searching' | 'giving-up';
  /** The place he drives to; `null` while he looks anywhere. */
  target: number | null;
  chanceRatio: number;
  adviceS: number;
  hasFailed: boolean;
  searchSinceS: number;
  drivenM: number;
  searchM: number;
  /** When each place was passed last. */
  readonly passedS: Map<number, number>;
  /** Blocks driven last, newest at the end. */
  readonly recent: number[];
  readonly radiusM: number;
  readonly arrivals: { chanceRatio: number; found: boolean }[];
}

/** Everybody who drives in a world, from entering it to the parked car. */
export interface Travellers {
  /** Trips that ended on a space. */
  readonly trips: readonly TripResult[];
  numberUnderway(): number;
  begin(driver: Driver): void;
  /** A driver has come to the end of a block. */
  arrive(driverId: number, arc: Arc | undefined): void;
}

const searchSpeedMs = 14 / 3.6;
const searchWindowS = 180;
const adviceEveryS = 30;
const carParkTriedS = 1_800;

const isObeying = (traveller: Traveller): boolean => traveller.isGuided && traveller.obeys;

/** Nobody is on the way yet. */
export function createTravellers(world: World, settings: RunSettings): Travellers {
  const { town, queue, guidance, isKerb, hasSpace } = world;
  const trips: TripResult[] = [];
  const travellers = new Map<number, Traveller>();
  const habits = createHabits(town);
  const nearestCarPark = (traveller: Traveller): number | null =>
    habits.carPark(traveller.node, traveller.driver.destination, (place) => {
      const triedS = traveller.passedS.get(place);
      return triedS !== undefined && world.nowS - triedS < carParkTriedS;
    });

  const advise = (traveller: Traveller): void => {
    const { driver, node, passedS } = traveller;
    const { nowS } = world;
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
    traveller.searchSinceS = Math.min(traveller.searchSinceS, world.nowS);
  };
  const giveUp = (traveller: Traveller): void => {
    traveller.phase = 'giving-up';
    traveller.target = nearestCarPark(traveller);
  };

  const park = (traveller: Traveller, place: number): void => {
    const { driver } = traveller;
    const { nowS } = world;
    world.change(place, 1);
    queue.schedule(nowS + driver.stayS, kinds.leave, place, null);
    if (isObeying(traveller)) guidance?.parked(driver, place, nowS);
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
      traveller.target = guidance?.readSign(driver, world.nowS) ?? ownTarget;
    step(traveller);
  };

  /** How far from the destination a space passed on the way is taken, m. */
  const limitM = (traveller: Traveller): number => {
    const { target, walks, radiusM, searchSinceS } = traveller;
    if (isObeying(traveller) && target !== null) return walks[target] ?? 0;
    return Math.min(600, radiusM + 0.6 * Math.max(0, world.nowS - searchSinceS));
  };
  /** What a driver does at the end of a block; true when he has parked. */
  const look = (traveller: Traveller, arc: Arc): boolean => {
    const { target } = traveller;
    if (target !== null && !isKerb(target) && town.blockOf[target] === arc.block)
      return enterCarPark(traveller, target);
    const place = town.placeOf[arc.block] ?? -1;
    if (place < 0) return false;
    traveller.passedS.set(place, world.nowS);
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
    traveller.searchSinceS = Math.min(traveller.searchSinceS, world.nowS);
    if (traveller.target !== null) guidance?.failed(traveller.driver, traveller.target);
    advise(traveller);
  };
  const enterCarPark = (traveller: Traveller, place: number): boolean => {
    if (hasSpace(place)) {
      park(traveller, place);
      return true;
    }
    traveller.passedS.set(place, world.nowS);
    traveller.hasFailed = true;
    if (isObeying(traveller) && traveller.phase !== 'giving-up') fail(traveller);
    else traveller.target = nearestCarPark(traveller);
    return false;
  };

  /** Gives up when patience is over; who follows advice asks again now and then. */
  const review = (traveller: Traveller): void => {
    if (traveller.phase === 'giving-up') return;
    const { nowS } = world;
    if (nowS - traveller.searchSinceS > traveller.driver.patienceS) giveUp(traveller);
    else if (isObeying(traveller) && nowS - traveller.adviceS >= adviceEveryS) advise(traveller);
  };

  /** Chooses the next block and drives through it. */
  const step = (traveller: Traveller): void => {
    const isLooking = traveller.phase === 'searching';
    const arc =
      isLooking || traveller.target === null
        ? roam(town, traveller)
        : towards(town, traveller.node, traveller.target);
    if (arc === undefined) return;
    const isSearch = isLooking || traveller.hasFailed || traveller.phase === 'giving-up';
    traveller.drivenM += arc.lengthM;
    if (isSearch) traveller.searchM += arc.lengthM;
    const seconds = isLooking ? Math.max(arc.seconds, arc.lengthM / searchSpeedMs) : arc.seconds;
    queue.schedule(world.nowS + seconds, kinds.node, traveller.driver.id, arc.index);
  };

  return {
    trips,
    numberUnderway: () => travellers.size,
    begin,
    arrive(driverId, arc) {
      const traveller = travellers.get(driverId);
      if (traveller === undefined || arc === undefined) return;
      traveller.node = arc.head;
      traveller.recent.push(arc.block);
      if (traveller.recent.length > 12) traveller.recent.shift();
      if (look(traveller, arc)) return;
      review(traveller);
      step(traveller);
    },
  };
}
