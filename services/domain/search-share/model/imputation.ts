import { addTo, sumOf, valueAt } from './columns.ts';
/**
 * Sums over one day in cells of stretch × stratum × bin of the zone's state, index
 * `(stretch × strata + stratum) × bins + bin`.
 */
export interface DayCells {
  /** Takes, corrected for vacancies nobody saw. */
  readonly takes: Float64Array;
  /** Time with a free space and time without, s. */
  readonly freeS: Float64Array;
  readonly fullS: Float64Array;
  /** Vehicle passes by stretch × stratum, corrected for undercount. */
  readonly passes: Float64Array;
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
  /** Share of time without a free space. */
  readonly fullRatio: number;
}

export interface CellShape {
  readonly stretches: number;
  readonly strata: number;
  readonly bins: number;
  /** Lengths, for shares of vehicle-kilometres; null gives shares of passes. */
  readonly lengthM: readonly number[] | null;
}

const alternations = 25;
/** Pseudo-takes per cell at the zone's mean rate. */
const priorTakes = 1;

/**
 * Fits the days of `selection` (with repetition, for the bootstrap); estimators-town.md 2.3. While full, the
 * pressure is `openingFactor` (by bin) times that of free time; `null` takes them for equal.
 */
export function impute(
  days: readonly DayCells[],
  selection: readonly number[],
  shape: CellShape,
  openingFactor: Float64Array | null = null,
): Imputation {
  const { stretches, strata, bins } = shape;
  const rows = stretches * strata;
  const takes = new Float64Array(rows * bins);
  const freeS = new Float64Array(rows * bins);
  const fullS = new Float64Array(rows * bins);
  const passes = new Float64Array(rows);
  for (const d of selection) {
    const day = days[d];
    if (day === undefined) continue;
    addInto(takes, day.takes);
    addInto(freeS, day.freeS);
    addInto(fullS, day.fullS);
    addInto(passes, day.passes);
  }
  const allTakes = sumOf(takes);
  const allFreeS = sumOf(freeS);
  const allFullS = sumOf(fullS);
  const meanRate = Math.max(1e-12, allTakes / Math.max(1, allFreeS));
  const { takeRate, stateFactor } = alternate(takes, freeS, rows, bins, meanRate);

  const whileFull = stateFactor.map((factor, b) => factor * (openingFactor?.[b] ?? 1));
  const fullPassesOf = new Float64Array(stretches);
  const passesOf = new Float64Array(stretches);
  let found = 0;
  let foundLength = 0;
  for (let row = 0; row < rows; row++) {
    const stretch = Math.floor(row / strata);
    const length = shape.lengthM?.[stretch] ?? 1;
    let expected = 0;
    let taken = 0;
    for (let b = 0; b < bins; b++) {
      expected += valueAt(whileFull, b) * valueAt(fullS, row * bins + b);
      taken += valueAt(takes, row * bins + b);
    }
    const atFull = expected * valueAt(takeRate, row);
    addTo(fullPassesOf, stretch, atFull);
    addTo(passesOf, stretch, length * valueAt(passes, row));
    found += atFull + taken;
    foundLength += length * (atFull + taken);
  }
  // Whoever meets a full kerb drives on along another one: as long as searchers find them on average.
  const lengthAfterFull = found > 0 ? foundLength / found : 1;
  for (let stretch = 0; stretch < stretches; stretch++)
    fullPassesOf[stretch] = valueAt(fullPassesOf, stretch) * lengthAfterFull;
  return {
    takeRate,
    stateFactor,
    takes: allTakes,
    weightedTakes: allTakes * lengthAfterFull,
    passes: sumOf(passesOf),
    fullPasses: sumOf(fullPassesOf),
    fullPassesOf,
    passesOf,
    fullRatio: allFullS / Math.max(1, allFullS + allFreeS),
  };
}

function alternate(
  takes: Float64Array,
  freeS: Float64Array,
  rows: number,
  bins: number,
  meanRate: number,
): { takeRate: Float64Array; stateFactor: Float64Array } {
  const takeRate = new Float64Array(rows);
  const stateFactor = new Float64Array(bins).fill(1);
  const takesOfRow = new Float64Array(rows);
  const takesOfBin = new Float64Array(bins).fill(1e-9);
  for (let i = 0; i < takes.length; i++) {
    addTo(takesOfRow, Math.floor(i / bins), valueAt(takes, i));
    addTo(takesOfBin, i % bins, valueAt(takes, i));
  }
  const expected = new Float64Array(bins);
  for (let round = 0; round < alternations; round++) {
    expected.fill(1e-9);
    for (let row = 0; row < rows; row++) {
      const first = row * bins;
      let exposed = priorTakes / meanRate;
      for (let b = 0; b < bins; b++) exposed += valueAt(stateFactor, b) * valueAt(freeS, first + b);
      const rate = (valueAt(takesOfRow, row) + priorTakes) / exposed;
      takeRate[row] = rate;
      for (let b = 0; b < bins; b++) addTo(expected, b, rate * valueAt(freeS, first + b));
    }
    for (let b = 0; b < bins; b++) stateFactor[b] = valueAt(takesOfBin, b) / (expected[b] ?? 1);
  }
  return { takeRate, stateFactor };
}

function addInto(sum: Float64Array, column: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = valueAt(sum, i) + valueAt(column, i);
}
