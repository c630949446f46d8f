import { addTo, sumOf, valueAt } from './columns.ts';

/**
 * Sums over one day in cells of stretch × stratum × bin of the zone's state, index
 * `(stretch × strata + stratum) × bins + bin`. A day meets few of them: only these are listed.
 */
export interface DayCells {
  readonly cell: Int32Array;
  /** Takes, corrected for vacancies nobody saw; in the order of `cell`, like the times. */
  readonly takes: Float32Array;
  /** Time with a free space and time without, s. */
  readonly freeS: Float32Array;
  readonly fullS: Float32Array;
  /** Vehicle passes by stretch × stratum, corrected for undercount. */
  readonly passes: Float64Array;
  /** Mean number of spaces whose status was known, by stretch; 0 where it was not seen. */
  readonly sensedSpaces: Float32Array;
}

/** The log-linear fit: takes ~ Poisson(rate of the cell's stretch and stratum × factor of its bin × free time). */
export interface Imputation {
  /** By stretch × stratum, 1/s. */
  readonly takeRate: Float64Array;
  /** By bin. */
  readonly stateFactor: Float64Array;
  readonly takes: number;
  /** Takes, weighted like the passes. */
  readonly weightedTakes: number;
  readonly passes: number;
  /** Searcher passes at full kerbs (C), all and by stretch. */
  readonly fullPasses: number;
  readonly fullPassesOf: Float64Array;
  readonly passesOf: Float64Array;
  /** Share of time without a free space, by stretch × stratum and of all. */
  readonly fullRatioOf: Float64Array;
  readonly fullRatio: number;
}

export interface CellShape {
  readonly stretches: number;
  readonly strata: number;
  readonly bins: number;
  /** Lengths, for shares of vehicle-kilometres; null gives shares of passes. */
  readonly lengthM: readonly number[] | null;
  /** Each stretch × stratum starts with so many takes at the zone's mean rate. */
  readonly priorTakes: number;
}

/** Sums over days, of all cells and of all stretch × stratum. */
export interface CellSums {
  readonly takes: Float64Array;
  readonly freeS: Float64Array;
  readonly fullS: Float64Array;
  readonly passes: Float64Array;
}

export function createCellSums({ stretches, strata, bins }: CellShape): CellSums {
  const column = (): Float64Array => new Float64Array(stretches * strata * bins);
  const passes = new Float64Array(stretches * strata);
  return { takes: column(), freeS: column(), fullS: column(), passes };
}

const alternations = 25;
/**
 * The state factors have come to rest when none moves by more, relatively. What resampled days say differs
 * by percents, so there a thousandth is enough.
 */
export const atRest = { estimate: 5e-5, resampled: 1e-3 } as const;
/**
 * Fits the days of `selection` (with repetition, for the bootstrap); estimators-town.md 2.3. While full, the
 * pressure is `openingFactor` (by stretch × stratum) times that of free time; `null` takes them for equal.
 * The alternation goes on from `startFactor`, where there is one; `scratch` is overwritten.
 */
export function impute(
  days: readonly DayCells[],
  selection: readonly number[],
  shape: CellShape,
  openingFactor: Float64Array | null = null,
  startFactor: Float64Array | null = null,
  scratch: CellSums = createCellSums(shape),
  rest: number = atRest.estimate,
): Imputation {
  const { stretches, strata, bins } = shape;
  const rows = stretches * strata;
  const { takes, freeS, fullS, passes } = scratch;
  for (const column of [takes, freeS, fullS, passes]) column.fill(0);
  const times = new Uint16Array(days.length);
  for (const d of selection) times[d] = (times[d] ?? 0) + 1;
  days.forEach((day, d) => addDay(day, times[d] ?? 0, scratch));
  const { takeRate, stateFactor, all } = alternate(scratch, shape, startFactor, rest);

  const fullRatioOf = new Float64Array(rows);
  const fullPassesOf = new Float64Array(stretches);
  const passesOf = new Float64Array(stretches);
  let found = 0;
  let foundLength = 0;
  const ofRow: RowSums = { expected: 0, full: 0, free: 0, taken: 0 };
  for (let row = 0; row < rows; row++) {
    const stretch = Math.floor(row / strata);
    const length = shape.lengthM?.[stretch] ?? 1;
    sumRow(row * bins, stateFactor, scratch, ofRow);
    fullRatioOf[row] = ofRow.full / Math.max(1, ofRow.full + ofRow.free);
    const factor = openingFactor === null ? 1 : valueAt(openingFactor, row);
    const atFull = ofRow.expected * valueAt(takeRate, row) * factor;
    addTo(fullPassesOf, stretch, atFull);
    addTo(passesOf, stretch, length * valueAt(passes, row));
    found += atFull + ofRow.taken;
    foundLength += length * (atFull + ofRow.taken);
  }
  // Whoever meets a full kerb drives on along another one: as long as searchers find them on average.
  const lengthAfterFull = found > 0 ? foundLength / found : 1;
  for (let stretch = 0; stretch < stretches; stretch++)
    fullPassesOf[stretch] = valueAt(fullPassesOf, stretch) * lengthAfterFull;
  return {
    takeRate,
    stateFactor,
    takes: all.taken,
    weightedTakes: all.taken * lengthAfterFull,
    passes: sumOf(passesOf),
    fullPasses: sumOf(fullPassesOf),
    fullPassesOf,
    passesOf,
    fullRatioOf,
    fullRatio: all.full / Math.max(1, all.full + all.free),
  };
}

/** Of one stretch × stratum; `expected` is the time full, weighted by the state factors. */
interface RowSums {
  expected: number;
  full: number;
  free: number;
  taken: number;
}

// The loops below run millions of times in a bootstrap: written out, they take a third of the time.

function sumRow(
  first: number,
  stateFactor: Float64Array,
  { takes, freeS, fullS }: CellSums,
  into: RowSums,
): void {
  into.expected = into.full = into.free = into.taken = 0;
  for (let b = 0; b < stateFactor.length; b++) {
    const full = fullS[first + b] ?? 0;
    into.expected += (stateFactor[b] ?? 0) * full;
    into.full += full;
    into.free += freeS[first + b] ?? 0;
    into.taken += takes[first + b] ?? 0;
  }
}

/** Σ over a row of factor × free time. */
function exposedTime(first: number, stateFactor: Float64Array, freeS: Float64Array): number {
  let sum = 0;
  for (let b = 0; b < stateFactor.length; b++)
    sum += (stateFactor[b] ?? 0) * (freeS[first + b] ?? 0);
  return sum;
}

function addExpected(
  first: number,
  rate: number,
  freeS: Float64Array,
  expected: Float64Array,
): void {
  for (let b = 0; b < expected.length; b++)
    expected[b] = (expected[b] ?? 0) + rate * (freeS[first + b] ?? 0);
}

function addTakes(first: number, takes: Float64Array, ofBin: Float64Array): void {
  for (let b = 0; b < ofBin.length; b++) ofBin[b] = (ofBin[b] ?? 0) + (takes[first + b] ?? 0);
}

function alternate(
  sums: CellSums,
  { stretches, strata, bins, priorTakes }: CellShape,
  startFactor: Float64Array | null,
  rest: number,
): { takeRate: Float64Array; stateFactor: Float64Array; all: RowSums } {
  const rows = stretches * strata;
  const stateFactor = startFactor?.slice() ?? new Float64Array(bins).fill(1);
  const takesOfRow = new Float64Array(rows);
  const takesOfBin = new Float64Array(bins).fill(1e-9);
  const seen: number[] = [];
  const all: RowSums = { expected: 0, full: 0, free: 0, taken: 0 };
  const ofRow: RowSums = { ...all };
  for (let row = 0; row < rows; row++) {
    sumRow(row * bins, stateFactor, sums, ofRow);
    all.full += ofRow.full;
    all.free += ofRow.free;
    all.taken += ofRow.taken;
    takesOfRow[row] = ofRow.taken;
    addTakes(row * bins, sums.takes, takesOfBin);
    // A row without takes and free time keeps the mean rate.
    if (ofRow.free > 0 || ofRow.taken > 0) seen.push(row);
  }
  const meanRate = Math.max(1e-12, all.taken / Math.max(1, all.free));
  const takeRate = new Float64Array(rows).fill(meanRate);
  const expected = new Float64Array(bins);
  for (let round = 0; round < alternations; round++) {
    expected.fill(1e-9);
    for (const row of seen) {
      const exposed = priorTakes / meanRate + exposedTime(row * bins, stateFactor, sums.freeS);
      const rate = (valueAt(takesOfRow, row) + priorTakes) / exposed;
      takeRate[row] = rate;
      addExpected(row * bins, rate, sums.freeS, expected);
    }
    let moved = 0;
    for (let b = 0; b < bins; b++) {
      const factor = valueAt(takesOfBin, b) / valueAt(expected, b);
      moved = Math.max(moved, Math.abs(factor / valueAt(stateFactor, b) - 1));
      stateFactor[b] = factor;
    }
    if (moved < rest) break;
  }
  return { takeRate, stateFactor, all };
}

function addColumn(
  cells: Int32Array,
  values: Float32Array,
  times: number,
  into: Float64Array,
): void {
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    into[cell] = (into[cell] ?? 0) + times * (values[i] ?? 0);
  }
}

/** Adds a day so many times to the sums. */
export function addDay(day: DayCells, times: number, sums: CellSums): void {
  if (times === 0) return;
  // One column after the other: each stays in the processor's cache meanwhile.
  addColumn(day.cell, day.takes, times, sums.takes);
  addColumn(day.cell, day.freeS, times, sums.freeS);
  addColumn(day.cell, day.fullS, times, sums.fullS);
  const { passes } = sums;
  for (let row = 0; row < passes.length; row++)
    passes[row] = (passes[row] ?? 0) + times * (day.passes[row] ?? 0);
}
