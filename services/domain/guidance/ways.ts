import { distanceM, type LatLon } from '../geometry.ts';
import type { ParkingSite, Stretch } from '../site.ts';
import { createStreetGraph, type StreetGraph, type StreetPosition } from '../street-graph.ts';
import { createWayFinder, type DrivingWay } from './driving-way.ts';
import { createPlaceNet, placeNet, walkTo, type Place, type PlaceNet } from './place.ts';
import { isCarPark } from './forecast/site-forecast.ts';

/** How sites are reached: by the streets where they are known, else as the crow flies. Places are indices of sites. */
export interface Ways {
  readonly net: PlaceNet;
  readonly nodeCount: number;
  /** Seconds of driving from here to every node; `undefined` away from any street. */
  timesFrom(at: LatLon): Float32Array | undefined;
  /** Metres on foot from here to each place; `undefined` away from any street. */
  walksFrom(at: LatLon): ((place: number) => number) | undefined;
  /** How one drives there, going in that direction now; `undefined` where no street is known. */
  wayTo(place: number, at: LatLon, headingDeg: number | null): DrivingWay | undefined;
}

/** A position further from any street is outside the area. */
const offStreetM = 500;
/** Nobody is led to walk further; sites beyond are told only as the nearest there is. */
const longestWalkM = 2_500;
/** So near, streets make no detour on foot. */
const straightWalkM = 100;
/** What a detour adds to the straight line, on foot and by car. */
const detour = 1.3;
const crowSpeedMs = 30 / 3.6;
const metresPerDegree = 111_195;
/** A fee as time: four minutes a euro, 15 euros an hour; an hour of parking. */
const secondsPerEuro = 240;

const feeS = (site: ParkingSite): number =>
  secondsPerEuro * (site.feeEurPerHour ?? (site.hasFee === true ? 1 : 0));

const toPlace = (site: ParkingSite): Omit<Place, 'passages' | 'walkEnds'> => ({
  kind: isCarPark(site) ? 'car-park' : 'kerb',
  numberOfSpaces: site.numberOfSpaces,
  feeS: feeS(site),
});

function positionOf(graph: StreetGraph, site: ParkingSite): StreetPosition | undefined {
  const kerb = site.stretchId === null ? undefined : graph.wholeStretch(site.stretchId);
  return kerb ?? graph.position(site.location, 'drive', offStreetM);
}

function onStreets(
  graph: StreetGraph,
  sites: readonly ParkingSite[],
  stretches: readonly Stretch[],
): Ways {
  const positions = sites.map((site) => positionOf(graph, site));
  const places = sites.map((site, i): Place => {
    const { passages = [], walkEnds = [] } = positions[i] ?? {};
    return { ...toPlace(site), passages, walkEnds };
  });
  const net = createPlaceNet(graph, places);
  const findWay = createWayFinder(graph, stretches);
  return {
    net,
    nodeCount: graph.nodeCount,
    wayTo(place, at, headingDeg) {
      const [from, to] = [graph.position(at, 'drive', offStreetM), positions[place]];
      if (from === undefined || to === undefined) return undefined;
      return findWay(from, headingDeg, to, (node) => net.driveS(node, place));
    },
    timesFrom(at) {
      const position = graph.position(at, 'drive', offStreetM);
      const seeds = position?.passages.map(({ head, seconds, untilS }) => ({
        node: head,
        cost: seconds - untilS,
      }));
      return seeds && graph.driveFrom(seeds);
    },
    walksFrom(at) {
      const position = graph.position(at, 'walk', offStreetM);
      const seeds = position?.walkEnds.map(({ node, cost }) => ({
        node,
        cost: cost + detour * position.offStreetM,
      }));
      if (seeds === undefined) return undefined;
      const walks = graph.walkFrom(seeds, longestWalkM);
      return (place) => {
        const [there, site] = [places[place], sites[place]];
        if (there === undefined || site === undefined) return Infinity;
        const straightM = detour * distanceM(at, site.location);
        // Nearby one walks straight there: the way round by the junctions is for cars.
        return straightM <= straightWalkM ? straightM : walkTo(walks, there);
      };
    },
  };
}

/** Every site is a node of its own. */
function asTheCrowFlies(sites: readonly ParkingSite[]): Ways {
  const [lats, lons] = [
    Float64Array.from(sites, ({ location }) => location.lat),
    Float64Array.from(sites, ({ location }) => location.lon),
  ];
  /** `perM` times the way to each site, on the plane that touches the earth there: right to a thousandth within a county. */
  const waysTimes = (at: LatLon, perM: number): Float32Array => {
    const perLat = metresPerDegree * detour * perM;
    const perLon = perLat * Math.cos((at.lat * Math.PI) / 180);
    const ways = new Float32Array(lats.length);
    for (let site = 0; site < ways.length; site += 1) {
      const across = ((lons[site] ?? 0) - at.lon) * perLon;
      const along = ((lats[site] ?? 0) - at.lat) * perLat;
      ways[site] = Math.sqrt(across * across + along * along);
    }
    return ways;
  };
  const places = sites.map((site, node): Place => ({
    ...toPlace(site),
    passages: [{ tail: node, head: node, seconds: 0, untilS: 0 }],
    walkEnds: [{ node, cost: 0 }],
  }));
  const isNear = (distances: Float32Array): boolean => distances.some((m) => m <= longestWalkM);
  const locationOf = (node: number): LatLon => sites[node]?.location ?? { lat: 0, lon: 0 };
  return {
    nodeCount: places.length,
    wayTo: () => undefined,
    net: placeNet(
      places,
      (node, place) => (detour * distanceM(locationOf(node), locationOf(place))) / crowSpeedMs,
    ),
    timesFrom: (at) => waysTimes(at, 1 / crowSpeedMs),
    walksFrom(at) {
      const distances = waysTimes(at, 1);
      return isNear(distances) ? (place) => distances[place] ?? Infinity : undefined;
    },
  };
}

/** Walks are kept for this many destinations: a driver asks for his own again and again. */
const keptWalks = 64;

/** The same, with the walks of the last destinations kept. */
function keepWalks(ways: Ways): Ways {
  const kept = new Map<string, ReturnType<Ways['walksFrom']>>();
  return {
    ...ways,
    walksFrom(at) {
      const key = `${at.lat},${at.lon}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const walks = ways.walksFrom(at);
      kept.set(key, walks);
      const oldest = kept.keys().next().value;
      if (kept.size > keptWalks && oldest !== undefined) kept.delete(oldest);
      return walks;
    },
  };
}

export const createWays = (sites: readonly ParkingSite[], stretches: readonly Stretch[]): Ways =>
  keepWalks(
    stretches.length === 0
      ? asTheCrowFlies(sites)
      : onStreets(createStreetGraph(stretches), sites, stretches),
  );
