import { createQueue } from '../town/queue.ts';
import {
  chance,
  exponential,
  integer,
  logNormal,
  normal,
  randomFrom,
  uniform,
  weighted,
} from '../random.ts';
import { bestTarget, nextLane, type Driver } from './driver.ts';
import type { TruthTown } from './town.ts';

export interface Habits {
  /** Drivers an hour who want to park. */
  readonly arrivalsPerHour: number;
  readonly hours: number;
  /** Share of drivers who follow guidance. */
  readonly guidedRatio: number;
  /** Share of searching drivers who take a free space: near their destination, and farther away. */
  readonly acceptanceNear: number;
  readonly acceptanceFar: number;
}

export const usualHabits: Habits = {
  arrivalsPerHour: 600,
  hours: 6,
  guidedRatio: 0,
  acceptanceNear: 1,
  acceptanceFar: 1,
};

/** A space changed hands; `guided` says that the driver followed guidance. */
export interface SpaceEvent {
  readonly atS: number;
  readonly space: number;
  readonly taken: boolean;
  readonly guided: boolean;
}

/** One simulated day of a town and what nobody in the real one would know; lanes by their position. */
export interface TrueDay {
  readonly hours: number;
  readonly occupiedAtStart: readonly Uint8Array[];
  readonly events: readonly (readonly SpaceEvent[])[];
  /** Vehicles by lane and quarter hour. */
  readonly counts: readonly Float64Array[];
  /** Vehicle metres on kerb lanes: all, those driven after the first full kerb, and the guided ones of these. */
  readonly allM: number;
  readonly searchM: number;
  readonly guidedExcessM: number;
  /** Searching vehicles that passed a free space, and those who took it. */
  readonly freePasses: number;
  readonly freeTakes: number;
}

const kind = { arrival: 0, passed: 1, leaving: 2 } as const;
const warmUpS = 7200;
const giveUpS = 1200;
const recentLanes = 8;
const nearM = 150;
/** Guidance sees the spaces this late, s. */
const guidanceDelayS = 45;

/** Simulates one day, vehicle by vehicle. */
export function simulateDay(town: TruthTown, habits: Habits, seed: number): TrueDay {
  const random = randomFrom('truth-day', seed);
  const endS = warmUpS + habits.hours * 3600;
  const { lanes } = town;
  const queue = createQueue();
  const drivers: Driver[] = [];
  const spaces = lanes.map(({ numberOfSpaces }) => new Uint8Array(numberOfSpaces));
  const free = Int16Array.from(lanes, ({ numberOfSpaces }) => numberOfSpaces);
  const promised = new Int16Array(lanes.length);
  const events: SpaceEvent[][] = lanes.map(() => []);
  const quarters = habits.hours * 4;
  const counts = lanes.map(() => new Float64Array(quarters));
  const sums = { allM: 0, searchM: 0, guidedExcessM: 0, freePasses: 0, freeTakes: 0 };
  const busy = Math.exp(0.05 * normal(random));
  const through = Math.exp(0.08 * normal(random));
  const stayS = (): number => Math.max(180, logNormal(random, 3600 * Math.exp(-0.5), 1));
  const peak = 1.3;
  /** Demand through the day, relative to its peak. */
  const profile = (atS: number): number => {
    const hour = Math.max(-1.5, (atS - warmUpS) / 3600);
    return (0.82 + 0.3 * Math.sin((Math.PI * hour) / habits.hours)) / peak;
  };
  let occupiedAtStart: Uint8Array[] | null = null;
  let seenAtS = 0;
  const seen: Int16Array[] = [free.slice()];

  const occupy = (lane: number, space: number, forS: number, atS: number): void => {
    spaces[lane]![space] = 1;
    free[lane] = free[lane]! - 1;
    queue.schedule(atS + forS, kind.leaving, lane, space);
  };
  for (const lane of town.kerbs)
    for (let space = 0; space < lanes[lane]!.numberOfSpaces; space++)
      if (chance(random, 0.85)) occupy(lane, space, uniform(random) * 1.5 * stayS(), 0);

  const scheduleArrival = (atS: number): void => {
    const gapS = exponential(random, 3600 / (habits.arrivalsPerHour * busy * peak));
    queue.schedule(atS + gapS, kind.arrival, 0, 0);
  };
  const scheduleStep = (driver: Driver, index: number, atS: number): void => {
    const lane = nextLane(town, driver, random, retarget);
    driver.lane = lane;
    const { driveS, searchS } = lanes[lane]!;
    const lasts = driver.mode === 'search' ? searchS : driveS;
    queue.schedule(atS + lasts, kind.passed, index, 0);
  };
  const dropTarget = (driver: Driver): void => {
    if (driver.target >= 0) promised[driver.target] = promised[driver.target]! - 1;
    driver.target = -1;
  };
  const retarget = (driver: Driver): void => {
    dropTarget(driver);
    driver.target = bestTarget(town, driver, seen[0]!, promised);
    promised[driver.target] = promised[driver.target]! + 1;
  };

  const arrive = (atS: number): void => {
    scheduleArrival(atS);
    if (!chance(random, profile(atS))) return;
    const destination = town.kerbs[weighted(random, town.attraction)]!;
    const isGuided = chance(random, habits.guidedRatio);
    const entry = town.entries[integer(random, town.entries.length)]!;
    const driver: Driver = {
      destination,
      bornS: atS,
      isGuided,
      mode: isGuided ? 'guided' : 'approach',
      lane: town.leaving[entry]![0]!,
      before: -1,
      target: -1,
      recent: [],
      hasMetFull: false,
      hasMissedTarget: false,
    };
    drivers.push(driver);
    driver.before = lanes[driver.lane]!.tail;
    scheduleStep(driver, drivers.length - 1, atS);
  };

  /** Sums up one pass; the identity behind the KPI is about kerb lanes only. */
  const record = (driver: Driver, looks: boolean, atS: number): void => {
    const { lengthM, numberOfSpaces } = lanes[driver.lane]!;
    const quarter = Math.min(quarters - 1, Math.floor((atS - warmUpS) / 900));
    counts[driver.lane]![quarter] = counts[driver.lane]![quarter]! + 1;
    if (numberOfSpaces === 0) return;
    sums.allM += lengthM;
    if (looks && driver.hasMetFull) sums.searchM += lengthM;
    if (!looks && driver.hasMissedTarget) {
      sums.searchM += lengthM;
      sums.guidedExcessM += lengthM;
    }
  };

  const wants = (driver: Driver, looks: boolean): boolean => {
    if (free[driver.lane]! <= 0) return false;
    const walkM = town.walkM(driver.lane, driver.destination);
    // How far is too far is part of the acceptance: a limit of its own would be a second one.
    if (looks) return chance(random, walkM <= nearM ? habits.acceptanceNear : habits.acceptanceFar);
    return (
      driver.mode === 'guided' &&
      (driver.lane === driver.target || walkM <= town.walkM(driver.target, driver.destination))
    );
  };

  const park = (driver: Driver, atS: number): void => {
    const { lane } = driver;
    const open: number[] = [];
    spaces[lane]!.forEach((taken, space) => taken === 0 && open.push(space));
    const space = open[integer(random, open.length)]!;
    occupy(lane, space, stayS(), atS);
    if (atS >= warmUpS)
      events[lane]!.push({ atS: atS - warmUpS, space, taken: true, guided: driver.isGuided });
    dropTarget(driver);
  };

  /** What a driver who found nothing makes of it. */
  const learn = (driver: Driver, looks: boolean, isFree: boolean, atDestination: boolean): void => {
    const { lane } = driver;
    if (looks && !isFree && lanes[lane]!.numberOfSpaces > 0) driver.hasMetFull = true;
    driver.recent.push(lane);
    if (driver.recent.length > recentLanes) driver.recent.shift();
    if (atDestination) driver.mode = 'search';
    if (driver.mode === 'guided' && lane === driver.target) {
      dropTarget(driver);
      driver.hasMissedTarget = true;
    }
  };

  const pass = (index: number, atS: number): void => {
    const driver = drivers[index]!;
    const { lane } = driver;
    const isFree = free[lane]! > 0;
    const atDestination = driver.mode === 'approach' && lane === driver.destination;
    const looks = driver.mode === 'search' || atDestination;
    const counted = atS >= warmUpS;
    if (counted) record(driver, looks, atS);
    const takes = wants(driver, looks);
    if (counted && looks && isFree) {
      sums.freePasses++;
      if (takes) sums.freeTakes++;
    }
    if (takes) {
      park(driver, atS);
      return;
    }
    learn(driver, looks, isFree, atDestination);
    if (atS - driver.bornS > giveUpS) {
      dropTarget(driver);
      return;
    }
    scheduleStep(driver, index, atS);
  };

  scheduleArrival(0);
  for (let next = queue.pop(); next !== undefined && next.atS <= endS; next = queue.pop()) {
    const { atS } = next;
    if (occupiedAtStart === null && atS >= warmUpS)
      occupiedAtStart = spaces.map((lane) => lane.slice());
    for (; atS > seenAtS + 15; seenAtS += 15) {
      seen.push(free.slice());
      if (seen.length > 1 + guidanceDelayS / 15) seen.shift();
    }
    if (next.kind === kind.arrival) arrive(atS);
    else if (next.kind === kind.passed) pass(next.index, atS);
    else {
      const space = next.data as number;
      spaces[next.index]![space] = 0;
      free[next.index] = free[next.index]! + 1;
      if (atS >= warmUpS)
        events[next.index]!.push({ atS: atS - warmUpS, space, taken: false, guided: false });
    }
  }
  lanes.forEach(({ throughPerHour, numberOfSpaces, lengthM }, lane) => {
    for (let quarter = 0; quarter < quarters; quarter++) {
      const mean = (throughPerHour * through) / 4;
      const vehicles = Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
      counts[lane]![quarter] = counts[lane]![quarter]! + vehicles;
      if (numberOfSpaces > 0) sums.allM += vehicles * lengthM;
    }
  });
  return { hours: habits.hours, occupiedAtStart: occupiedAtStart ?? [], events, counts, ...sums };
}
