/**
 * Chance of a vacant space at a kerb block after a given time, as a birth-death process: a car
 * arrives with hazard `takesPerS` while a space is free, each parked car leaves with hazard
 * `leavesPerS` (Xiao, Lou, Frisby 2018: M/M/C/C from occupancy alone; the hazard counts while free
 * only, because arrivals at a full kerb are never seen).
 */
export interface ChanceTable {
  readonly capacity: number;
  /** By occupancy, then by step of the horizon: what is interpolated between lies together in memory. */
  readonly values: Float64Array;
  /** What they become long after. */
  readonly longRun: number;
  readonly leavesPerS: number;
}

/** What a block's table depends on: hazards in 1/s. */
export interface KerbRates {
  readonly takesPerS: number;
  readonly leavesPerS: number;
}

const stepS = 20;
const steps = 46;
/** Probability mass of the Poisson weights that may be missing in one step. */
const tailMass = 1e-7;

/** Weights of 0, 1, 2, … jumps in one step of the uniformised chain. */
function jumpWeights(jumpsPerStep: number): Float64Array {
  const weights: number[] = [];
  let weight = Math.exp(-jumpsPerStep);
  for (let covered = 0; covered < 1 - tailMass && weights.length < 10_000;) {
    weights.push(weight);
    covered += weight;
    weight *= jumpsPerStep / weights.length;
  }
  return Float64Array.from(weights);
}

/** Stationary probability of a vacant space: one minus Erlang's loss formula. */
function longRunChance(capacity: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= capacity; n += 1) blocked = (load * blocked) / (n + load * blocked);
  return 1 - blocked;
}

/** How likely a jump of the chain ends with one car more, or one less, for every number of parked cars. */
interface Odds {
  readonly up: Float64Array;
  readonly down: Float64Array;
}

function jumpOdds(capacity: number, rates: KerbRates, uniform: number): Odds {
  const up = new Float64Array(capacity + 1).fill(rates.takesPerS / uniform);
  up[capacity] = 0;
  return { up, down: up.map((_, n) => (n * rates.leavesPerS) / uniform) };
}

/** One jump of the chain, backwards: the expected value after it, for every number of parked cars. */
function jump(from: Float64Array, into: Float64Array, odds: Odds): void {
  for (let n = 0; n < from.length; n += 1) {
    const up = odds.up[n] ?? 0;
    const down = odds.down[n] ?? 0;
    const stay = (from[n] ?? 0) * (1 - up - down);
    into[n] = stay + (from[n + 1] ?? 0) * up + (from[n - 1] ?? 0) * down;
  }
}

/**
 * The backward equation by uniformisation, in steps of 20 s up to 15 min: one pass gives the chance
 * for every occupancy and every horizon. Beyond that the chance relaxes towards its long-run value
 * with the leave hazard, the slowest rate of the unblocked process.
 */
export function createChanceTable(capacity: number, rates: KerbRates): ChanceTable {
  const states = capacity + 1;
  const uniform = Math.max(rates.takesPerS + capacity * rates.leavesPerS, 1e-9);
  const weights = jumpWeights(uniform * stepS);
  const odds = jumpOdds(capacity, rates, uniform);
  const values = new Float64Array(steps * states);
  let here = new Float64Array(states);
  let next = new Float64Array(states);
  const now = new Float64Array(states).fill(1);
  now[capacity] = 0;
  for (let step = 0; ; step += 1) {
    for (let n = 0; n < states; n += 1) values[n * steps + step] = now[n] ?? 0;
    if (step === steps - 1) break;
    here.set(now);
    now.fill(0);
    for (const weight of weights) {
      for (let n = 0; n < states; n += 1) now[n] = (now[n] ?? 0) + weight * (here[n] ?? 0);
      jump(here, next, odds);
      [here, next] = [next, here];
    }
  }
  const longRun = longRunChance(capacity, rates.takesPerS / Math.max(rates.leavesPerS, 1e-9));
  return { capacity, values, longRun, leavesPerS: rates.leavesPerS };
}

const lastS = (steps - 1) * stepS;

/** The table's value for a number of parked cars, which may be a fraction, at a step of the horizon. */
function atStep(values: Float64Array, occupied: number, step: number): number {
  const below = Math.floor(occupied);
  const share = occupied - below;
  const low = values[below * steps + step] ?? 0;
  return share === 0 ? low : low + share * ((values[(below + 1) * steps + step] ?? 0) - low);
}

/** Probability of at least one vacant space `horizonS` after `occupied` cars were there. */
export function chanceOf(table: ChanceTable, occupied: number, horizonS: number): number {
  const { capacity, values, longRun, leavesPerS } = table;
  const n = Math.min(capacity, Math.max(0, occupied));
  if (horizonS >= lastS) {
    const faded = Math.exp(-leavesPerS * (horizonS - lastS));
    return longRun + (atStep(values, n, steps - 1) - longRun) * faded;
  }
  const position = Math.max(0, horizonS) / stepS;
  const step = Math.floor(position);
  const low = atStep(values, n, step);
  return low + (position - step) * (atStep(values, n, step + 1) - low);
}

/** Hazards are told apart in steps of 12 %: finer classes change the chance by less than its noise. */
const classStep = Math.log(1.12);
const toClass = (rate: number): number => Math.round(Math.log(Math.max(rate, 1e-9)) / classStep);
const ofClass = (index: number): number => Math.exp(index * classStep);

/** Classes are numbered from some −180 (no hazard) to well below 512. */
const keyOf = (capacity: number, takes: number, leaves: number): number =>
  (capacity * 1024 + takes + 512) * 1024 + leaves + 512;

/** A table and the class of hazards it was made for. */
export interface ClassTable extends ChanceTable {
  readonly takesClass: number;
  readonly leavesClass: number;
}

export interface ChanceTables {
  /**
   * The table of these rates' class. While the budget of the tick is used up, the table the block
   * had (`stale`) stands in for it; a block without any is always served.
   */
  table(capacity: number, rates: KerbRates, stale: ClassTable | undefined): ClassTable;
  /** Begins a tick: the budget is full again. */
  tick(): void;
  readonly size: number;
}

/** Shares tables between blocks of one class; at most `maxBuildsPerTick` replacements are computed a tick. */
export function createChanceTables(
  options: { readonly maxBuildsPerTick?: number; readonly maxTables?: number } = {},
): ChanceTables {
  const { maxBuildsPerTick = 50, maxTables = 4_000 } = options;
  /** The one used longest ago first. */
  const tables = new Map<number, ClassTable>();
  let builds = 0;
  const use = (key: number, table: ClassTable): ClassTable => {
    tables.delete(key);
    tables.set(key, table);
    return table;
  };
  const forgetOldest = (): void => {
    const oldest = tables.keys().next().value;
    if (tables.size > maxTables && oldest !== undefined) tables.delete(oldest);
  };
  return {
    table(capacity, rates, stale) {
      const takes = toClass(rates.takesPerS);
      const leaves = toClass(rates.leavesPerS);
      const isCurrent = stale?.takesClass === takes && stale.leavesClass === leaves;
      if (isCurrent && stale.capacity === capacity) return stale;
      const key = keyOf(capacity, takes, leaves);
      const known = tables.get(key);
      if (known !== undefined) return use(key, known);
      if (stale?.capacity === capacity && builds >= maxBuildsPerTick) return stale;
      builds += 1;
      const rate = { takesPerS: ofClass(takes), leavesPerS: ofClass(leaves) };
      const table = createChanceTable(capacity, rate);
      const made = use(key, { ...table, takesClass: takes, leavesClass: leaves });
      forgetOldest();
      return made;
    },
    tick() {
      builds = 0;
    },
    get size() {
      return tables.size;
    },
  };
}
