import type { Random } from '../random.ts';
import {
  between,
  chance,
  exponential,
  integer,
  randomFor,
  randomFrom,
  weighted,
} from '../random.ts';
import { createCarParks } from './car-parks.ts';
import type { City } from './city.ts';
import { carParkStayS, intensity, maxIntensity, residentStayS, visitorStayS } from './demand.ts';
import { destinations } from './destinations.ts';
import type { Driver } from './driver.ts';
import { acceptsCarPark, patienceS } from './driver.ts';
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

export interface TownOptions {
  readonly seed: number;
  readonly arrivalsPerHour: number;
  /** Fewer arrivals and shorter stays in some zones from a time on. */
  readonly measure: {
    readonly zones: ReadonlySet<number>;
    readonly fromS: number;
    readonly arrivalsFactor: number;
    readonly stayFactor: number;
  } | null;
  /** A share of the drivers asks, from a time on. */
  readonly guidance: {
    readonly guide: Guide;
    readonly ratio: number;
    /** Of these, so many do as they are told. */
    readonly obeyRatio: number;
    readonly fromS: number;
  } | null;
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

/** Through and local trips for each arrival in the busiest hours; assumed for a centre with main roads. */
const tripsPerArrival = 3;
/** Of these trips, so many begin or end in any street of the town. */
const localRatio = 0.75;
/** Residents' cars for each space at the kerb, by night; assumed. */
const residentsPerSpace = 0.36;
/** Sum of the residents' hourly intensities on a weekday. */
const residentHours = 4.8;
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
  let drivers = stored?.drivers ?? 0;
  const generalSpaces = city.stretches.reduce((sum, { spaces }) => sum + spaces.length, 0);
  const perHour = {
    visitors: options.arrivalsPerHour,
    residents: (residentsPerSpace * generalSpaces) / residentHours,
    through: options.arrivalsPerHour * tripsPerArrival,
  };
  type Comers = keyof typeof perHour;

  /** The junction at one end of each stretch, where a car that leaves comes out. */
  const endOf = new Map(city.edges.map(({ stretch, to }) => [stretch, to]));
  const surroundingsOf = createSurroundings(city);
  const destinationOf = destinations(city);
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
      void drive(driver.node, entry(driver.random), atS, purpose),
  });

  /** What is asked of every edge that anybody drives, side by side. */
  const edges = {
    to: Int32Array.from(city.edges, ({ to }) => to),
    stretch: Int32Array.from(city.edges, ({ stretch }) => stretch),
    lengthM: Float64Array.from(city.edges, ({ lengthM }) => lengthM),
    driveS: Float64Array.from(city.edges, ({ driveS }) => driveS),
  };

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

  const entry = (random: Random): number => city.entries[integer(random, city.entries.length)] ?? 0;

  function scheduleNext(name: Comers, kind: number, atS: number): void {
    if (perHour[name] <= 0 || city.edges.length === 0) return;
    const gap = exponential(streams[name], 3600 / (perHour[name] * maxIntensity));
    queue.schedule(atS + gap, kind, 0, null);
  }

  const comes = (name: Comers, atS: number): boolean =>
    chance(streams[name], intensity(name, localHour(atS)) / maxIntensity);

  function isAffected(destination: number, atS: number): boolean {
    const { measure } = options;
    if (measure === null || atS < measure.fromS) return false;
    return measure.zones.has(city.stretches[destination]!.zone);
  }

  function drawGuidance(random: Random, atS: number) {
    const { ratio, obeyRatio, fromS } = options.guidance ?? { ratio: 0, obeyRatio: 0, fromS: 0 };
    // Drawn for everybody: so the others are the same people with and without guidance.
    const isGuided = chance(random, ratio) && atS >= fromS;
    return { isGuided, obeys: isGuided && chance(random, obeyRatio) };
  }

  function newDriver(atS: number, isResident: boolean): Driver {
    const id = drivers++;
    const random = randomFor(options.seed, id);
    const destination = destinationOf(random, isResident ? 'homes' : 'visits');
    const { stretches, attraction } = surroundingsOf(destination);
    const stayS = isResident ? residentStayS(random, localHour(atS)) : visitorStayS(random);
    const isShorter = !isResident && isAffected(destination, atS);
    const { measure } = options;
    const giveUpAfterS = patienceS(random, isResident);
    const takesCarPark = !isResident && acceptsCarPark(random);
    const { isGuided, obeys } = drawGuidance(random, atS);
    return {
      id,
      random,
      destination,
      stayS: isShorter ? stayS * (measure?.stayFactor ?? 1) : stayS,
      giveUpAfterS,
      acceptsCarPark: takesCarPark,
      isGuided,
      obeys,
      isLed: false,
      askedAtS: -1,
      mode: 'drive',
      target: stretches[weighted(random, attraction)] ?? destination,
      carPark: -1,
      triedCarParks: 0,
      node: entry(random),
      edge: -1,
      recent: [],
      firstFullAtS: -1,
      searchM: 0,
    };
  }

  /** A measure keeps some from coming to the kerb; half of them use a car park instead. */
  function isKeptAway(driver: Driver, atS: number): boolean {
    if (!isAffected(driver.destination, atS)) return false;
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
    if (!comes('visitors', atS)) return;
    const driver = newDriver(atS, false);
    if (!isKeptAway(driver, atS)) kerbDrivers.begin(driver, atS);
  }

  function residentComes(atS: number): void {
    scheduleNext('residents', resident, atS);
    if (comes('residents', atS)) kerbDrivers.begin(newDriver(atS, true), atS);
  }

  function tripBegins(atS: number): void {
    scheduleNext('through', through, atS);
    if (!comes('through', atS)) return;
    const random = streams.through;
    const nodes = city.outEdges.length;
    const isLocal = chance(random, localRatio);
    const from = isLocal && chance(random, 0.5) ? integer(random, nodes) : entry(random);
    const to = isLocal ? integer(random, nodes) : entry(random);
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
    if (from !== undefined) drive(from, entry(streams.leaving), atS, 'other');
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
      drivers,
      streams: Object.fromEntries(
        Object.entries(streams).map(([name, { state }]) => [name, state]),
      ),
    }),
  };
}
