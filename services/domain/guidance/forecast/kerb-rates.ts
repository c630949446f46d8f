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
  const known = new Float64Array(size);
  const occupied = new Float64Array(size);
  const takes = new Float64Array(size);
  const leaves = new Float64Array(size);
  const freeS = new Float64Array(size);
  const occupiedS = new Float64Array(size);
  const of = (values: Float64Array, block: number): number => values[block] ?? 0;
  const add = (values: Float64Array, block: number, value: number): void => {
    values[block] = of(values, block) + value;
  };

  return {
    see(block, count) {
      known[block] = count.known;
      occupied[block] = count.occupied;
    },
    taken: (block) => add(takes, block, 1),
    left: (block) => add(leaves, block, 1),
    advance(elapsedS) {
      const kept = Math.exp(-elapsedS / memoryS);
      const gained = memoryS * (1 - kept);
      for (let block = 0; block < size; block += 1) {
        takes[block] = of(takes, block) * kept;
        leaves[block] = of(leaves, block) * kept;
        const isFree = of(occupied, block) < of(known, block);
        freeS[block] = of(freeS, block) * kept + (isFree ? gained : 0);
        occupiedS[block] = of(occupiedS, block) * kept + gained * of(occupied, block);
      }
    },
    rates(block) {
      const pool = { takes: 0, freeS: 0, leaves: 0, occupiedS: 0, occupied: 0, known: 0 };
      const { blocks, weights } = neighbours[block] ?? nobody;
      for (let i = 0; i < blocks.length; i += 1) {
        const near = blocks[i] ?? 0;
        if (of(known, near) === 0) continue;
        const weight = weights[i] ?? 0;
        pool.takes += weight * of(takes, near);
        pool.freeS += weight * of(freeS, near);
        pool.leaves += weight * of(leaves, near);
        pool.occupiedS += weight * of(occupiedS, near);
        pool.occupied += weight * of(occupied, near);
        pool.known += weight * of(known, near);
      }
      const around = (pool.takes + prior.takes) / (pool.freeS + prior.freeS);
      const own =
        (of(takes, block) + prior.ownTakes) / (of(freeS, block) + prior.ownTakes / around);
      return {
        takesPerS: of(known, block) > 0 ? own : around,
        leavesPerS: (pool.leaves + prior.leaves) / (pool.occupiedS + prior.leaves * meanStayS),
        occupancyRatio: Math.min(
          maxOccupancyRatio,
          (pool.occupied + prior.bays * prior.occupancyRatio) / (pool.known + prior.bays),
        ),
      };
    },
  };
}
