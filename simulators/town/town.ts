import type { Random } from '../random.ts';
import { between, chance, integer, randomFrom } from '../random.ts';
import { createCarParks } from './car-parks.ts';
import type { City } from './city.ts';
import { createComers, residentsPerSpace, type Comer, type Demand } from './comers.ts';
import { carParkStayS, residentStayS } from './demand.ts';
import type { Driver } from './driver.ts';
import type { Advice, Guide } from './guide.ts';
import { createKerb } from './kerb.ts';
import { createKerbDrivers } from './kerb-drivers.ts';
import { keptSpaceChange } from './kept-spaces.ts';
import type { LocalHour } from './local-time.ts';
import type { Queue } from './queue.ts';
import { createSurroundings } from './surroundings.ts';
import type { Purpose, Truth } from './truth.ts';

/** What the world does to the sensors. */
export interface TownEvents {
  spaceChanged(space: number, occupied: boolean, atS: number): void;
  passed(stretch: number, edge: number, atS: number, speedKmh: number): void;
  gatePassed(carPark: number, gate: 'in' | 'out', atS: number): void;
}

export interface TownOptions extends Demand {
  readonly guidance: (Demand['guidance'] & { readonly guide: Guide }) | null;
}

/** Everything of the town that changes, as plain data. */
export interface StoredTown {
  readonly occupied: readonly number[];
  readonly carParkCars: readonly number[];
  readonly drivers: number;
  readonly streams: Readonly<Record<string, number>>;
}

export interface Town {
  /** Lets the first cars come; not to be called on a stored town. */
  start(): void;
  /** Whether the happening was the town's; then it has happened. */
  handle(kind: number, index: number, data: unknown, atS: number): boolean;
  store(): StoredTown;
  /** Guidance answers one of its drivers. */
  advise(driver: number, advice: Advice, atS: number): void;
  readonly occupied: Uint8Array;
  readonly carParkCars: Int32Array;
}

/** Kinds of happenings in the queue. */
const visitor = 1;
const resident = 2;
const through = 3;
const kept = 6;

/** Of these trips, so many begin or end in any street of the town. */
const localRatio = 0.75;
/** Of those whom a measure keeps from the kerb, so many use a car park instead. */
const shiftedRatio = 0.5;

/** A town that lives: who comes when, where to, and for how long. */
export function createTown(
  city: City,
  queue: Queue,
  truth: Truth,
  localHour: (atS: number) => LocalHour,
  events: TownEvents,
  options: TownOptions,
  stored?: StoredTown,
): Town {
  const stream = (name: string): Random => ({
    state: stored?.streams[name] ?? randomFrom(options.seed, 'stream', name).state,
  });
  const streams = {
    visitors: stream('visitors'),
    residents: stream('residents'),
    through: stream('through'),
    kept: stream('kept'),
    leaving: stream('leaving'),
    carParks: stream('carParks'),
  };
  /** The junction at one end of each stretch, where a car that leaves comes out. */
  const endOf = new Map(city.edges.map(({ stretch, to }) => [stretch, to]));
  const surroundingsOf = createSurroundings(city);
  const comers = createComers(
    city,
    surroundingsOf,
    localHour,
    streams,
    options,
    stored?.drivers ?? 0,
  );
  const kerb = createKerb(city, queue, events.spaceChanged, stored?.occupied);
  const carParks = createCarParks(
    city,
    queue,
    localHour,
    streams.carParks,
    { gatePassed: events.gatePassed, drive },
    stored?.carParkCars,
  );
  const kerbDrivers = createKerbDrivers({
    city,
    queue,
    truth,
    kerb,
    carParks,
    guide: options.guidance?.guide ?? null,
    surroundingsOf,
    passed: events.passed,
    driveAway: (driver, atS, purpose) =>
      void drive(driver.node, comers.entry(driver.random), atS, purpose),
  });

  const edges = city.edgeTable;

  /** Drives the fastest way without looking left or right; returns the arrival. */
  function drive(from: number, to: number, startS: number, purpose: Purpose): number {
    let atS = startS;
    for (let e = city.routes.nextEdge(from, to); e >= 0;) {
      const stretch = edges.stretch[e]!;
      const lengthM = edges.lengthM[e]!;
      const driveS = edges.driveS[e]!;
      atS += driveS;
      truth.drove(stretch, atS, lengthM, purpose);
      events.passed(stretch, e, atS, (lengthM / driveS) * 3.6);
      e = city.routes.nextEdge(edges.to[e]!, to);
    }
    return atS;
  }

  function scheduleNext(name: Comer, kind: number, atS: number): void {
    const gapS = comers.gapS(name);
    if (gapS < Infinity) queue.schedule(atS + gapS, kind, 0, null);
  }

  /** A measure keeps some from coming to the kerb; half of them use a car park instead. */
  function isKeptAway(driver: Driver, atS: number): boolean {
    if (!comers.isAffected(driver.destination, atS)) return false;
    if (chance(driver.random, options.measure?.arrivalsFactor ?? 1)) return false;
    const carPark = surroundingsOf(driver.destination).carParks[0];
    if (carPark !== undefined && chance(driver.random, shiftedRatio)) {
      const arriveS = drive(driver.node, city.carParks[carPark]!.node, atS, 'other');
      carParks.enterLater(carPark, arriveS, carParkStayS(driver.random));
    }
    return true;
  }

  function visitorComes(atS: number): void {
    scheduleNext('visitors', visitor, atS);
    if (!comers.comes('visitors', atS)) return;
    const driver = comers.visitor(atS);
    if (!isKeptAway(driver, atS)) kerbDrivers.begin(driver, atS);
  }

  function residentComes(atS: number): void {
    scheduleNext('residents', resident, atS);
    if (comers.comes('residents', atS)) kerbDrivers.begin(comers.resident(atS), atS);
  }

  function tripBegins(atS: number): void {
    scheduleNext('through', through, atS);
    if (!comers.comes('through', atS)) return;
    const random = streams.through;
    const nodes = city.outEdges.length;
    const isLocal = chance(random, localRatio);
    const from = isLocal && chance(random, 0.5) ? integer(random, nodes) : comers.entry(random);
    const to = isLocal ? integer(random, nodes) : comers.entry(random);
    drive(from, to, atS, 'other');
  }

  function changeKept(space: number, atS: number): void {
    const isTaken = kerb.occupied[space] !== 1;
    kerb.set(space, isTaken);
    events.spaceChanged(space, isTaken, atS);
    scheduleKept(space, atS);
  }

  function scheduleKept(space: number, atS: number): void {
    const audience = city.spaces[space]!.audience ?? 'anybody';
    const isTaken = kerb.occupied[space] === 1;
    const waitS = keptSpaceChange(streams.kept, audience, isTaken, localHour(atS));
    queue.schedule(atS + waitS, kept, space, null);
  }

  /** Residents are at home when the world begins, and leave in the morning. */
  function residentsAtHome(): void {
    const random = streams.residents;
    for (const space of city.stretches.flatMap(({ spaces }) => spaces)) {
      if (!chance(random, residentsPerSpace)) continue;
      kerb.set(space, true);
      kerb.leaveLater(space, residentStayS(random, localHour(0)) + between(random, 0, 600));
    }
  }

  function departs(space: number, atS: number): void {
    const from = endOf.get(city.spaces[space]!.stretch);
    if (from !== undefined) drive(from, comers.entry(streams.leaving), atS, 'other');
  }

  return {
    occupied: kerb.occupied,
    carParkCars: carParks.cars,
    start() {
      scheduleNext('visitors', visitor, 0);
      scheduleNext('residents', resident, 0);
      scheduleNext('through', through, 0);
      carParks.start();
      residentsAtHome();
      city.spaces.forEach(({ audience, stretch }, space) => {
        if (audience !== null || stretch < 0) scheduleKept(space, 0);
      });
    },
    handle(kind, index, data, atS) {
      if (kerbDrivers.handle(kind, data, atS)) return true;
      const left = kerb.handle(kind, index, atS);
      if (left !== undefined) departs(left, atS);
      else if (kind === visitor) visitorComes(atS);
      else if (kind === resident) residentComes(atS);
      else if (kind === through) tripBegins(atS);
      else if (kind === kept) changeKept(index, atS);
      else return carParks.handle(kind, index, data, atS);
      return true;
    },
    advise: kerbDrivers.advise,
    store: () => ({
      occupied: [...kerb.occupied],
      carParkCars: [...carParks.cars],
      drivers: comers.drivers(),
      streams: Object.fromEntries(
        Object.entries(streams).map(([name, { state }]) => [name, state]),
      ),
    }),
  };
}
