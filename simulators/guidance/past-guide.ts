import { createCommitments } from '../../services/domain/guidance/commitments.ts';
import { createKerbForecast } from '../../services/domain/guidance/forecast/kerb-forecast.ts';
import type { GuidedStop } from '../../services/domain/guidance/guided-stops.ts';
import {
  approach,
  placeNet,
  type Place,
  type PlaceNet,
} from '../../services/domain/guidance/place.ts';
import {
  choose,
  createRanker,
  rankingDefaults,
  type Outlook,
} from '../../services/domain/guidance/ranking.ts';
import { toSiteId } from '../../services/domain/ids.ts';
import { randomFrom, uniform } from '../random.ts';
import type { City } from '../town/city.ts';
import type { Advice, Advise, Guide, Question } from '../town/guide.ts';

/** Between two looks at a driver on his way, s: the past is simulated in a hurry. */
const reviewS = 240;
const refreshS = 300;
const advanceS = 60;
/** Learns for so long before anybody asks, s: hazards forget within an hour. */
const learnS = 3 * 3_600;
/** From a car standing still to the sensor's word having come, s. */
const delayS = 45;
const avoidS = 180;
/** Who has not been heard of for so long is forgotten, s. */
const forgetS = 7_200;
const feeS = 240;
/** A walk is longer than the straight line. */
const detour = 1.25;
/** Free-flow speed in a town's streets, m/s. */
const usualSpeedMs = 24 / 3.6;
const metresPerDegree = 111_195;

interface Trip {
  target: number | null;
  askedAtS: number;
  hasFailed: boolean;
  /** Place where he found nothing, until he stops again. */
  failed: { readonly place: number; readonly atS: number } | null;
  readonly triedS: Map<number, number>;
}

/**
 * Guidance in the simulated past, in which no product runs: its own forecast, ranking and commitments on
 * the sensors' words, without HTTP. From then on the simulated drivers ask the real API.
 */
export function createPastGuide(
  city: City,
  deps: {
    readonly advise: Advise;
    readonly onStop: (stop: GuidedStop) => void;
    /** Cars in each car park. */
    readonly carParkCars: () => Int32Array;
    /** Sites of kerbs by stretch; a kerb without one has no sign in the record. */
    readonly siteOfStretch: ReadonlyMap<number, string>;
    readonly toMs: (atS: number) => number;
    readonly fromS: number;
    readonly seed: number;
  },
): Guide {
  const { advise, onStop, carParkCars, siteOfStretch, toMs, fromS } = deps;
  const kerbs = [...city.stretches.keys()].filter(
    (stretch) => (city.stretches[stretch]?.spaces.length ?? 0) > 0,
  );
  const placeOf = new Map(kerbs.map((stretch, place) => [stretch, place]));
  /** -1 for spaces that are kept for somebody. */
  const placeOfSpace = Int32Array.from(city.spaces, ({ stretch, audience }) =>
    audience === null ? (placeOf.get(stretch) ?? -1) : -1,
  );
  const net = createNet(city, kerbs);
  const forecast = createKerbForecast(
    kerbs.map((stretch) => {
      const { x, y, spaces } = city.stretches[stretch]!;
      // Only distances between neighbours are asked for: a plane at the equator will do.
      const location = { lat: y / metresPerDegree, lon: x / metresPerDegree };
      return { location, numberOfSpaces: spaces.length };
    }),
    { maxBuildsPerTick: 10 },
  );
  const counts = kerbs.map(() => ({ known: 0, occupied: 0 }));
  /** What a sensor last said: 0 nothing, 1 vacant, 2 occupied. */
  const said = new Uint8Array(city.spaces.length);
  const commitments = createCommitments();
  const random = randomFrom('guidance', deps.seed);
  const trips = new Map<number, Trip>();
  let advancedS = -Infinity;
  let refreshedS = -Infinity;

  const isKerb = (place: number): boolean => place < kerbs.length;
  const outlook: Outlook = {
    chance: (place, horizonS, sentCars) =>
      isKerb(place) ? forecast.chance(place, horizonS + delayS, sentCars) : 1,
    isWatched: (place) => forecast.isWatched(place),
    vacantSpaces(place) {
      const carPark = place - kerbs.length;
      return (city.carParks[carPark]?.numberOfSpaces ?? 0) - (carParkCars()[carPark] ?? 0);
    },
  };
  const ranker = createRanker(net, outlook, commitments);
  const timesOf = rowsOf(city);

  const advanceTo = (atS: number): void => {
    if (atS - advancedS < advanceS) return;
    if (advancedS > -Infinity) forecast.advance(atS - advancedS);
    advancedS = atS;
  };
  const refresh = (atS: number): void => {
    if (atS - refreshedS < refreshS) return;
    refreshedS = atS;
    forecast.refresh();
    commitments.purge(toMs(atS));
    for (const [driver, { askedAtS }] of trips) if (atS - askedAtS > forgetS) trips.delete(driver);
  };
  const carParkWalkM = (carPark: number, destination: number): number => {
    const [at, there] = [city.stretches[destination], city.carParks[carPark]];
    return at === undefined || there === undefined
      ? Infinity
      : detour * Math.hypot(at.x - there.x, at.y - there.y);
  };
  const walkTo = (destination: number, place: number): number => {
    const stretch = kerbs[place];
    return stretch === undefined
      ? carParkWalkM(place - kerbs.length, destination)
      : city.walkM(stretch, destination);
  };
  const tripOf = (driver: number, atS: number): Trip => {
    const trip = trips.get(driver) ?? {
      target: null,
      askedAtS: atS,
      hasFailed: false,
      failed: null,
      triedS: new Map<number, number>(),
    };
    trips.set(driver, trip);
    return trip;
  };
  /** A drive in search ends at this place. */
  const stopAt = (trip: Trip, place: number): void => {
    const { failed } = trip;
    trip.failed = null;
    const siteId = failed === null ? undefined : siteOfStretch.get(kerbs[failed.place] ?? -1);
    if (failed === null || siteId === undefined) return;
    const exit = net.places[failed.place]?.passages[0]?.head ?? 0;
    const detourM = net.driveS(exit, place) * usualSpeedMs;
    if (detourM < Infinity)
      onStop({ kind: 'found-full', siteId: toSiteId(siteId), atMs: toMs(failed.atS), detourM });
  };
  const hearOfFull = (question: Question, trip: Trip): void => {
    const place = placeOf.get(question.full);
    trip.hasFailed = true;
    trip.target = null;
    commitments.failed(String(question.driver));
    if (place === undefined) return;
    stopAt(trip, place);
    trip.failed = { place, atS: question.atS };
    trip.triedS.set(place, question.atS);
    forecast.foundFull(place);
  };
  const toAdvice = (place: number): Advice => {
    const stretch = kerbs[place];
    return stretch === undefined
      ? { kind: 'car-park', carPark: place - kerbs.length }
      : { kind: 'stretch', stretch };
  };

  return {
    ask(question) {
      const { driver, because, destination, node, acceptsCarPark, atS } = question;
      const trip = tripOf(driver, atS);
      if (because === 'on-the-way' && atS - trip.askedAtS < reviewS) return;
      trip.askedAtS = atS;
      if (because === 'found-full') hearOfFull(question, trip);
      refresh(atS);
      const ranked = ranker.rank({
        driver: String(driver),
        nowMs: toMs(atS),
        times: timesOf(node),
        walkM: (place) => walkTo(destination, place),
        maxWalkM: rankingDefaults.maxWalkM,
        maxCarParkWalkM: rankingDefaults.maxCarParkWalkM,
        acceptsCarParks: acceptsCarPark,
        hasFailed: trip.hasFailed,
        target: trip.target,
        isExcluded: (place) => atS - (trip.triedS.get(place) ?? -Infinity) < avoidS,
      });
      const chosen = choose(ranked, () => uniform(random));
      if (chosen === undefined) return;
      trip.target = chosen.place;
      commitments.commit(String(driver), chosen.place, toMs(atS + chosen.driveS));
      advise(driver, toAdvice(chosen.place));
    },
    parked(driver, at, atS) {
      const trip = trips.get(driver);
      if (trip === undefined) return;
      trips.delete(driver);
      const place = at.kind === 'stretch' ? placeOf.get(at.stretch) : kerbs.length + at.carPark;
      if (place === undefined) return;
      stopAt(trip, place);
      if (commitments.target(String(driver)) !== place)
        commitments.commit(String(driver), place, toMs(atS));
      commitments.parked(String(driver), toMs(atS + delayS + 7));
      const siteId = at.kind === 'stretch' ? siteOfStretch.get(at.stretch) : undefined;
      if (siteId !== undefined)
        onStop({ kind: 'parked', siteId: toSiteId(siteId), atMs: toMs(atS), detourM: 0 });
    },
    gone(driver) {
      trips.delete(driver);
      commitments.withdraw(String(driver));
    },
    news(space, occupied, atS) {
      const place = placeOfSpace[space] ?? -1;
      const count = counts[place];
      const [before, now] = [said[space], occupied ? 2 : 1];
      if (count === undefined || before === now) return;
      said[space] = now;
      if (before === 0) count.known += 1;
      if (occupied) count.occupied += 1;
      else if (before === 2) count.occupied -= 1;
      if (atS < fromS - learnS) return;
      advanceTo(atS);
      forecast.see(place, { ...count });
      if (before !== 0) (occupied ? forecast.taken : forecast.left)(place);
    },
  };
}

/** Kerbs, then car parks, on the simulated streets. */
function createNet(city: City, kerbs: readonly number[]): PlaceNet {
  const edgesOf = Map.groupBy(city.edges, ({ stretch }) => stretch);
  const places: Place[] = [
    ...kerbs.map((stretch): Place => ({
      kind: 'kerb',
      numberOfSpaces: city.stretches[stretch]?.spaces.length ?? 0,
      passages: (edgesOf.get(stretch) ?? []).map(({ from, to, driveS }) => ({
        tail: from,
        head: to,
        seconds: driveS,
        untilS: driveS,
      })),
      walkEnds: [],
      feeS: 0,
    })),
    ...city.carParks.map(({ numberOfSpaces, node }): Place => ({
      kind: 'car-park',
      numberOfSpaces,
      passages: node < 0 ? [] : [{ tail: node, head: node, seconds: 0, untilS: 0 }],
      walkEnds: [],
      feeS,
    })),
  ];
  const rows = rowsOf(city);
  return placeNet(places, (node, index) => {
    const place = places[index];
    return place === undefined ? Infinity : approach(rows(node), place).driveS;
  });
}

/** Seconds from a junction to all others, as the ranking wants them. */
function rowsOf({ routes, outEdges }: City): (node: number) => Float32Array {
  const rows = new Map<number, Float32Array>();
  return (node) => {
    const known = rows.get(node);
    if (known !== undefined) return known;
    const row = Float32Array.from(outEdges, (_, to) => routes.timeS(node, to));
    rows.set(node, row);
    return row;
  };
}
