import type { Random } from '../random.ts';
import { chance, exponential, integer, randomFor, weighted } from '../random.ts';
import type { City } from './city.ts';
import { intensity, maxIntensity, residentStayS, visitorStayS } from './demand.ts';
import { destinations } from './destinations.ts';
import type { Driver } from './driver.ts';
import { acceptsCarPark, patienceS } from './driver.ts';
import type { LocalHour } from './local-time.ts';
import type { Surroundings } from './surroundings.ts';

/** Who comes: visitors and residents look for a space, through traffic and local trips only drive. */
export type Comer = 'visitors' | 'residents' | 'through';

export interface Demand {
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
    readonly ratio: number;
    /** Of these, so many do as they are told. */
    readonly obeyRatio: number;
    readonly fromS: number;
  } | null;
}

export interface Comers {
  /** Until somebody may come next, s; whether he does is asked when it is time. */
  gapS(kind: Comer): number;
  comes(kind: Comer, atS: number): boolean;
  visitor(atS: number): Driver;
  resident(atS: number): Driver;
  /** Whether the measure is for those who want to be at this stretch now. */
  isAffected(destination: number, atS: number): boolean;
  /** A junction at the edge of the town. */
  entry(random: Random): number;
  /** So many have come so far. */
  drivers(): number;
}

/** Through and local trips for each arrival in the busiest hours; assumed for a centre with main roads. */
const tripsPerArrival = 3;
/** Residents' cars for each space at the kerb, by night; assumed. */
export const residentsPerSpace = 0.36;
/** Sum of the residents' hourly intensities on a weekday. */
const residentHours = 4.8;

/** Who comes when, where to, and for how long. Goes on after `drivers` who came before. */
export function createComers(
  city: City,
  surroundingsOf: (destination: number) => Surroundings,
  localHour: (atS: number) => LocalHour,
  streams: Readonly<Record<Comer, Random>>,
  demand: Demand,
  drivers: number,
): Comers {
  const { seed, measure, guidance } = demand;
  const destinationOf = destinations(city);
  const generalSpaces = city.stretches.reduce((sum, { spaces }) => sum + spaces.length, 0);
  const perHour = {
    visitors: demand.arrivalsPerHour,
    residents: (residentsPerSpace * generalSpaces) / residentHours,
    through: demand.arrivalsPerHour * tripsPerArrival,
  };
  let come = drivers;

  const entry = (random: Random): number => city.entries[integer(random, city.entries.length)] ?? 0;
  const isAffected = (destination: number, atS: number): boolean =>
    measure !== null &&
    atS >= measure.fromS &&
    measure.zones.has(city.stretches[destination]!.zone);

  function drawGuidance(random: Random, atS: number) {
    const { ratio, obeyRatio, fromS } = guidance ?? { ratio: 0, obeyRatio: 0, fromS: 0 };
    // Drawn for everybody: so the others are the same people with and without guidance.
    const isGuided = chance(random, ratio) && atS >= fromS;
    return { isGuided, obeys: isGuided && chance(random, obeyRatio) };
  }

  function newDriver(atS: number, isResident: boolean): Driver {
    const id = come++;
    const random = randomFor(seed, id);
    const destination = destinationOf(random, isResident ? 'homes' : 'visits');
    const { stretches, attraction } = surroundingsOf(destination);
    const stayS = isResident ? residentStayS(random, localHour(atS)) : visitorStayS(random);
    const isShorter = !isResident && isAffected(destination, atS);
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

  return {
    gapS: (kind) =>
      perHour[kind] <= 0 || city.edges.length === 0
        ? Infinity
        : exponential(streams[kind], 3600 / (perHour[kind] * maxIntensity)),
    comes: (kind, atS) => chance(streams[kind], intensity(kind, localHour(atS)) / maxIntensity),
    visitor: (atS) => newDriver(atS, false),
    resident: (atS) => newDriver(atS, true),
    isAffected,
    entry,
    drivers: () => come,
  };
}
