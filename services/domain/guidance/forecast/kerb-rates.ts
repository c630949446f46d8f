import { distanceM, type LatLon } from '../../geometry.ts';
import type { KerbRates } from './birth-death.ts';

/** How fast spaces are taken and left around a block, learnt from its own and its neighbours' recent past. */
export interface PooledRates extends KerbRates {
  /** Expected occupancy of a block nobody watches, from its watched neighbours, 0–1. */
  readonly occupancyRatio: number;
}

/** A block as watched now: `known` spaces, of which `occupied` are taken. Nothing is watched when `known` is 0. */
export interface KerbCount {
  readonly known: number;
  readonly occupied: number;
}

export interface KerbRateLearner {
  /** What is seen at a block from now on. */
  see(block: number, count: KerbCount): void;
  taken(block: number): void;
  left(block: number): void;
  /** Time passes: sums decay, what is seen now weighs for the time passed. */
  advance(elapsedS: number): void;
  /** What was learnt until now is what `rates` tells of, until the next time. */
  settle(): void;
  rates(block: number): PooledRates;
}

/** Memory of the sums. */
const memoryS = 3_600;
/** Neighbours weigh exp(−d / 120 m), up to 300 m. */
const poolScaleM = 120;
const poolReachM = 300;
/** Priors, in counts and seconds: a take in 30 min of free time; own rate against the pool's. */
const prior = { takes: 0.5, freeS: 900, ownTakes: 1.5, leaves: 8, bays: 4, occupancyRatio: 0.85 };
const maxOccupancyRatio = 0.985;

interface Neighbours {
  readonly blocks: Int32Array;
  readonly weights: Float64Array;
}

/** Which blocks are pooled with each; a coarse grid keeps this linear in their number. */
function findNeighbours(locations: readonly LatLon[]): readonly Neighbours[] {
  const cellDegrees = 0.005;
  const cellKey = ({ lat, lon }: LatLon, y: number, x: number): string =>
    `${Math.floor(lat / cellDegrees) + y}/${Math.floor(lon / cellDegrees) + x}`;
  const around = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => [y, x] as const));
  const cells = Map.groupBy(locations.keys(), (block) => {
    const at = locations[block];
    return at === undefined ? '' : cellKey(at, 0, 0);
  });
  return locations.map((at) => {
    const near = around
      .flatMap(([y, x]) => cells.get(cellKey(at, y, x)) ?? [])
      .map((block) => ({ block, apartM: distanceM(at, locations[block] ?? at) }))
      .filter(({ apartM }) => apartM <= poolReachM);
    return {
      blocks: Int32Array.from(near, ({ block }) => block),
      weights: Float64Array.from(near, ({ apartM }) => Math.exp(-apartM / poolScaleM)),
    };
  });
}

/** Where each number of a block is in its row. */
const [known, occupied, takes, leaves, freeS, occupiedS] = [0, 1, 2, 3, 4, 5];
const width = 6;

const nobody: Neighbours = { blocks: new Int32Array(), weights: new Float64Array() };

/**
 * Decayed sums of takes, leaves, time with a free space and occupied space-time per block, pooled
 * over the watched blocks within 300 m. `meanStayS` is the prior of the stay.
 */
export function createKerbRates(
  locations: readonly LatLon[],
  options: { readonly meanStayS?: number } = {},
): KerbRateLearner {
  const { meanStayS = 5_400 } = options;
  const size = locations.length;
  const neighbours = findNeighbours(locations);
  /** What is known of the blocks, one after the other: of a neighbour all is asked for at once. */
  const sums = new Float64Array(size * width);
  const settled = new Float64Array(size * width);
  const of = (block: number, sum: number): number => sums[block * width + sum] ?? 0;
  const then = (block: number, sum: number): number => settled[block * width + sum] ?? 0;
  const set = (block: number, sum: number, value: number): void => {
    sums[block * width + sum] = value;
  };

  return {
    see(block, count) {
      set(block, known, count.known);
      set(block, occupied, count.occupied);
    },
    taken: (block) => set(block, takes, of(block, takes) + 1),
    left: (block) => set(block, leaves, of(block, leaves) + 1),
    advance(elapsedS) {
      const kept = Math.exp(-elapsedS / memoryS);
      const gained = memoryS * (1 - kept);
      for (let block = 0; block < size; block += 1) {
        set(block, takes, of(block, takes) * kept);
        set(block, leaves, of(block, leaves) * kept);
        const isFree = of(block, occupied) < of(block, known);
        set(block, freeS, of(block, freeS) * kept + (isFree ? gained : 0));
        set(block, occupiedS, of(block, occupiedS) * kept + gained * of(block, occupied));
      }
    },
    settle: () => settled.set(sums),
    rates(block) {
      const pool = { takes: 0, freeS: 0, leaves: 0, occupiedS: 0, occupied: 0, known: 0 };
      const { blocks, weights } = neighbours[block] ?? nobody;
      for (let i = 0; i < blocks.length; i += 1) {
        const near = blocks[i] ?? 0;
        if (then(near, known) === 0) continue;
        const weight = weights[i] ?? 0;
        pool.takes += weight * then(near, takes);
        pool.freeS += weight * then(near, freeS);
        pool.leaves += weight * then(near, leaves);
        pool.occupiedS += weight * then(near, occupiedS);
        pool.occupied += weight * then(near, occupied);
        pool.known += weight * then(near, known);
      }
      const around = (pool.takes + prior.takes) / (pool.freeS + prior.freeS);
      const own =
        (then(block, takes) + prior.ownTakes) / (then(block, freeS) + prior.ownTakes / around);
      return {
        takesPerS: then(block, known) > 0 ? own : around,
        leavesPerS: (pool.leaves + prior.leaves) / (pool.occupiedS + prior.leaves * meanStayS),
        occupancyRatio: Math.min(
          maxOccupancyRatio,
          (pool.occupied + prior.bays * prior.occupancyRatio) / (pool.known + prior.bays),
        ),
      };
    },
  };
}
