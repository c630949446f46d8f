import type { Random } from '../random.ts';
import { chance, exponential, integer } from '../random.ts';
import type { CarParkUse, City } from './city.ts';
import type { Stream } from './demand.ts';
import { carParkStayS, commuterStayS, intensity, maxIntensity, visitorStayS } from './demand.ts';
import type { LocalHour } from './local-time.ts';
import type { Queue } from './queue.ts';
import type { Purpose } from './truth.ts';

/** Kinds of happenings in the queue. */
const arrival = 7;
const entering = 8;
const leaving = 9;

interface Use {
  readonly stream: Stream;
  /** Arrivals for each space in the busiest hour: what fills it to three quarters on a weekday. */
  readonly perSpaceHour: number;
  readonly stayS: (random: Random) => number;
}

const uses: Readonly<Record<CarParkUse, Use>> = {
  town: { stream: 'visitors', perSpaceHour: 0.24, stayS: carParkStayS },
  commuters: { stream: 'commuters', perSpaceHour: 0.21, stayS: commuterStayS },
  shoppers: { stream: 'visitors', perSpaceHour: 0.5, stayS: visitorStayS },
};

export interface CarParks {
  readonly cars: Int32Array;
  start(): void;
  /** False when it is full. */
  enter(carPark: number, atS: number, stayS: number): boolean;
  enterLater(carPark: number, atS: number, stayS: number): void;
  handle(kind: number, index: number, data: unknown, atS: number): boolean;
}

/** Car parks and the drivers who go straight there. A car park that is full turns them away. */
export function createCarParks(
  city: City,
  queue: Queue,
  localHour: (atS: number) => LocalHour,
  random: Random,
  world: {
    gatePassed(carPark: number, gate: 'in' | 'out', atS: number): void;
    drive(from: number, to: number, startS: number, purpose: Purpose): number;
  },
  stored?: readonly number[],
): CarParks {
  const cars = Int32Array.from(stored ?? city.carParks.map(() => 0));
  const useOf = (carPark: number): Use => uses[city.carParks[carPark]!.use];
  const entry = (): number => city.entries[integer(random, city.entries.length)] ?? -1;

  function scheduleNext(carPark: number, atS: number): void {
    const perHour = useOf(carPark).perSpaceHour * city.carParks[carPark]!.numberOfSpaces;
    const gap = exponential(random, 3600 / (perHour * maxIntensity));
    queue.schedule(atS + gap, arrival, carPark, null);
  }

  function enter(carPark: number, atS: number, stayS: number): boolean {
    if (cars[carPark]! >= city.carParks[carPark]!.numberOfSpaces) return false;
    cars[carPark]!++;
    world.gatePassed(carPark, 'in', atS);
    queue.schedule(atS + stayS, leaving, carPark, null);
    return true;
  }

  function arrive(carPark: number, atS: number): void {
    scheduleNext(carPark, atS);
    const use = useOf(carPark);
    if (!chance(random, intensity(use.stream, localHour(atS)) / maxIntensity)) return;
    const stayS = use.stayS(random);
    const { node } = city.carParks[carPark]!;
    const from = entry();
    if (node < 0 || from < 0) enter(carPark, atS, stayS);
    else queue.schedule(world.drive(from, node, atS, 'other'), entering, carPark, stayS);
  }

  function leave(carPark: number, atS: number): void {
    cars[carPark]!--;
    world.gatePassed(carPark, 'out', atS);
    const { node } = city.carParks[carPark]!;
    const to = entry();
    if (node >= 0 && to >= 0) world.drive(node, to, atS, 'other');
  }

  return {
    cars,
    enter,
    enterLater: (carPark, atS, stayS) => queue.schedule(atS, entering, carPark, stayS),
    start: () => city.carParks.forEach((_, carPark) => scheduleNext(carPark, 0)),
    handle(kind, index, data, atS) {
      switch (kind) {
        case arrival:
          arrive(index, atS);
          return true;
        case entering:
          enter(index, atS, data as number);
          return true;
        case leaving:
          leave(index, atS);
          return true;
        default:
          return false;
      }
    },
  };
}
