import type { LatLon } from '../../geometry.ts';
import { chanceOf, createChanceTables, type ClassTable } from './birth-death.ts';
import { createKerbRates, type KerbCount, type PooledRates } from './kerb-rates.ts';
import { unwatchedChance } from './unwatched.ts';

/** One kerb between two junctions, or any group of spaces small enough to count one by one. */
export interface KerbBlock {
  readonly location: LatLon;
  readonly numberOfSpaces: number;
}

export interface KerbForecast {
  /** What is known of a block from now on; `known: 0` when nothing is. */
  see(block: number, count: KerbCount): void;
  /** A car was seen to take or leave a space; every one counts, guided or not. */
  taken(block: number): void;
  left(block: number): void;
  /**
   * A driver stood there and found nothing. Until a car is seen leaving, the block counts as full
   * from now on, whatever its sensors say: a phantom vacancy, or a block nobody watches.
   */
  foundFull(block: number): void;
  /** Time passes: what is seen counts for it. Many steps may precede one `refresh`. */
  advance(elapsedS: number): void;
  /** Renews every prediction from what was learnt; call it every 30 s or so. */
  refresh(): void;
  isWatched(block: number): boolean;
  count(block: number): KerbCount;
  /**
   * Probability of finding a vacant space in `horizonS` from when the count was true (drive time
   * plus the information's age), with `sentCars` others already sent there.
   */
  chance(block: number, horizonS: number, sentCars: number): number;
  rates(block: number): PooledRates;
  /** Distinct tables in use, for metrics. */
  readonly tables: number;
}

/** Spaces beyond which a site is forecast as a car park: tables grow with the square of it. */
export const maxKerbSpaces = 40;

/** A driver's word is forgotten after this time. */
const fullMemoryS = 3_600;

/**
 * Predictions for kerb blocks, addressed by their index in `blocks`. Learns from what it is told and
 * owns no clock: `advance` is the only thing that makes time pass.
 */
export function createKerbForecast(
  blocks: readonly KerbBlock[],
  options: { readonly meanStayS?: number; readonly maxBuildsPerTick?: number } = {},
): KerbForecast {
  const learner = createKerbRates(
    blocks.map(({ location }) => location),
    options,
  );
  const tables = createChanceTables(options);
  const size = blocks.length;
  const spacesOf = Float64Array.from(blocks, ({ numberOfSpaces }) => numberOfSpaces);
  const known = new Float64Array(size);
  const occupied = new Float64Array(size);
  const tableOf: (ClassTable | undefined)[] = blocks.map(() => undefined);
  const rateOf: (PooledRates | undefined)[] = blocks.map(() => undefined);
  /** Tables from before the last refresh: they are renewed when somebody asks, as the rates are. */
  const isStale = new Uint8Array(size);
  let hasSettled = false;

  /** Seconds since a driver found the block full. */
  const fullSinceS = new Float64Array(size).fill(Infinity);

  const settle = (): void => {
    hasSettled = true;
    learner.settle();
    rateOf.fill(undefined);
    isStale.fill(1);
  };
  const rates = (block: number): PooledRates => {
    if (!hasSettled) settle();
    return (rateOf[block] ??= learner.rates(block));
  };
  const tableFor = (block: number, spaces: number): ClassTable => {
    const before = tableOf[block];
    if (isStale[block] === 0 && before?.capacity === spaces) return before;
    tableOf[block] = tables.table(spaces, rates(block), before);
    isStale[block] = 0;
    return tableOf[block];
  };
  const chanceAsSeen = (block: number, horizonS: number, sentCars: number): number => {
    const spaces = known[block] ?? 0;
    if (spaces > 0)
      return chanceOf(tableFor(block, spaces), (occupied[block] ?? 0) + sentCars, horizonS);
    return unwatchedChance((spacesOf[block] ?? 0) - sentCars, rates(block).occupancyRatio);
  };
  /** From full when the driver left it; a block larger than any table is left to what is seen. */
  const chanceAfterFull = (block: number, horizonS: number): number => {
    const sinceS = fullSinceS[block] ?? Infinity;
    if (sinceS > fullMemoryS) return 1;
    const spaces = Math.max(known[block] ?? 0, 0) || (spacesOf[block] ?? 0);
    return spaces > maxKerbSpaces
      ? 1
      : chanceOf(tableFor(block, spaces), spaces, sinceS + horizonS);
  };

  return {
    see(block, count) {
      known[block] = count.known;
      occupied[block] = count.occupied;
      learner.see(block, count);
    },
    taken: (block) => learner.taken(block),
    left(block) {
      learner.left(block);
      fullSinceS[block] = Infinity;
    },
    foundFull: (block) => void (fullSinceS[block] = 0),
    advance(elapsedS) {
      learner.advance(elapsedS);
      for (let block = 0; block < fullSinceS.length; block += 1)
        fullSinceS[block] = (fullSinceS[block] ?? Infinity) + elapsedS;
    },
    refresh() {
      tables.tick();
      settle();
    },
    isWatched: (block) => (known[block] ?? 0) > 0,
    count: (block) => ({ known: known[block] ?? 0, occupied: occupied[block] ?? 0 }),
    chance: (block, horizonS, sentCars) =>
      Math.min(chanceAsSeen(block, horizonS, sentCars), chanceAfterFull(block, horizonS)),
    rates,
    get tables() {
      return tables.size;
    },
  };
}
