import type { Passage, StreetGraph } from '../street-graph.ts';
import type { Seed } from '../street-graph-paths.ts';

/** Somewhere a driver can be sent to, on the street graph. */
export interface Place {
  readonly kind: 'kerb' | 'car-park';
  readonly numberOfSpaces: number;
  /** How a car gets there: one entry a driving direction. */
  readonly passages: readonly Passage[];
  /** How one walks from there. */
  readonly walkEnds: readonly Seed[];
  /** What parking costs, as time: fee divided by the value of time. */
  readonly feeS: number;
}

/** How a place is reached from somewhere. */
export interface Approach {
  readonly driveS: number;
  /** Node at which a car leaves it again. */
  readonly exit: number;
}

const nowhere: Approach = { driveS: Infinity, exit: 0 };

/** The fastest way to a place, given the times to all nodes. */
export function approach(times: Float32Array, place: Place): Approach {
  let best: Passage | undefined;
  let driveS = Infinity;
  for (const passage of place.passages) {
    const seconds = (times[passage.tail] ?? Infinity) + passage.untilS;
    if (seconds >= driveS) continue;
    best = passage;
    driveS = seconds;
  }
  return best === undefined ? nowhere : { driveS, exit: best.head };
}

/** The ways to some places as columns: looked for in objects all over the memory they took as long as the ranking. */
export interface Approaches {
  /** Seconds to the `n`-th of the places, given the times to all nodes; Infinity where there is no way. */
  driveS(times: Float32Array, n: number): number;
  /** Node at which a car leaves it again that came this way. */
  exit(times: Float32Array, n: number): number;
  /** `feeS` of each of them. */
  readonly feeS: Float64Array;
}

export function createApproaches(places: readonly Place[]): Approaches {
  const passages = places.flatMap((place) => place.passages);
  const tails = Int32Array.from(passages, ({ tail }) => tail);
  const untilS = Float64Array.from(passages, (passage) => passage.untilS);
  /** The passages of the `n`-th place are those from its first to before the next one's. */
  const firsts = new Int32Array(places.length + 1);
  for (const [n, { passages: its }] of places.entries())
    firsts[n + 1] = (firsts[n] ?? 0) + its.length;

  const secondsBy = (times: Float32Array, passage: number): number =>
    (times[tails[passage] ?? 0] ?? Infinity) + (untilS[passage] ?? 0);
  const best = (times: Float32Array, n: number): number => {
    let [fastest, leastS] = [-1, Infinity];
    const end = firsts[n + 1] ?? 0;
    for (let passage = firsts[n] ?? end; passage < end; passage += 1) {
      const seconds = secondsBy(times, passage);
      if (seconds < leastS) [fastest, leastS] = [passage, seconds];
    }
    return fastest;
  };
  return {
    driveS(times, n) {
      const passage = best(times, n);
      return passage < 0 ? Infinity : secondsBy(times, passage);
    },
    exit: (times, n) => passages[best(times, n)]?.head ?? 0,
    feeS: Float64Array.from(places, ({ feeS }) => feeS),
  };
}

/** Metres on foot to a place, given the walks to all nodes. */
export function walkTo(walks: Float32Array, place: Place): number {
  let best = Infinity;
  for (const { node, cost } of place.walkEnds)
    best = Math.min(best, (walks[node] ?? Infinity) + cost);
  return best;
}

export interface PlaceNet {
  readonly places: readonly Place[];
  /** Indices among the places. */
  readonly kerbs: readonly number[];
  readonly carParks: readonly number[];
  /** The ways to the kerbs, in their order. */
  readonly toKerbs: Approaches;
  /** Seconds from a node to a place; computed once a place, when first asked for. */
  driveS(node: number, place: number): number;
}

/** Places, and how long one drives from a node to each. */
export function placeNet(places: readonly Place[], driveS: PlaceNet['driveS']): PlaceNet {
  const indicesOf = (kind: Place['kind']): readonly number[] =>
    [...places.keys()].filter((place) => places[place]?.kind === kind);
  return {
    places,
    kerbs: indicesOf('kerb'),
    carParks: indicesOf('car-park'),
    toKerbs: createApproaches(places.filter(({ kind }) => kind === 'kerb')),
    driveS,
  };
}

/** The places of a town on its streets. */
export function createPlaceNet(graph: StreetGraph, places: readonly Place[]): PlaceNet {
  const timesTo = new Map<number, Float32Array>();
  const ways = (place: number): Float32Array => {
    const known = timesTo.get(place);
    if (known !== undefined) return known;
    const seeds = (places[place]?.passages ?? []).map(({ tail, untilS }) => ({
      node: tail,
      cost: untilS,
    }));
    const times = graph.driveTo(seeds);
    timesTo.set(place, times);
    return times;
  };
  return placeNet(places, (node, place) => ways(place)[node] ?? Infinity);
}
