import {
  atRest,
  createCellSums,
  impute,
  type CellShape,
  type DayCells,
  type Imputation,
} from './imputation.ts';
import type { Random } from './random.ts';

/** Two-sided 95 % quantiles of Student's t by degrees of freedom, 1 to 30. */
const student975 = [
  12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];

/** Student's t quantile for a two-sided 95 % interval. */
export const t975 = (degrees: number): number =>
  student975[Math.min(student975.length, Math.max(1, Math.floor(degrees))) - 1] ?? 1.96;

export type Interval = readonly [lo: number, hi: number];

/** A ratio times or divided by e^(t·sd), kept within 0 and 1. */
export const logInterval = (ratio: number, sdLog: number, t: number): Interval => [
  ratio * Math.exp(-t * sdLog),
  Math.min(1, ratio * Math.exp(t * sdLog)),
];

/**
 * Standard deviation of the logarithm of a statistic between days, by resampling days; 0 with fewer than
 * two. The factor √(n/(n−1)) makes up for resampling from the sample itself (estimators.md 2.7).
 */
export function dayBootstrap(
  days: number,
  repetitions: number,
  random: Random,
  statistic: (selection: readonly number[]) => number,
): number {
  if (days < 2 || repetitions < 2) return 0;
  const logs: number[] = [];
  for (let r = 0; r < repetitions; r++) {
    const selection = Array.from({ length: days }, () => Math.floor(random() * days));
    const value = statistic(selection);
    if (value > 0) logs.push(Math.log(value));
  }
  if (logs.length < 2) return 0;
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  return Math.sqrt((squares / (logs.length - 1)) * (days / (days - 1)));
}

/** Day-to-day standard deviation of log C/Q with posterior weights frozen (estimators-town.md 3). */
export const daySd = (
  fit: {
    readonly days: readonly DayCells[];
    readonly shape: CellShape;
    readonly imputation: Imputation;
    readonly openingFactor: Float64Array | null;
  },
  repetitions: number,
  random: Random,
): number => {
  const { days, shape, imputation, openingFactor } = fit;
  const { stateFactor } = imputation;
  const scratch = createCellSums(shape);
  return dayBootstrap(days.length, repetitions, random, (selection) => {
    const again = impute(
      days,
      selection,
      shape,
      openingFactor,
      stateFactor,
      scratch,
      atRest.resampled,
    );
    return again.passes > 0 ? again.fullPasses / again.passes : 0;
  });
};

/**
 * Standard deviation of log C/Q from the choice of streets; the days do not see it
 * (estimators-town.md 5.2). Zero where all streets of the zone are sensed.
 */
export function streetSd(fit: Imputation, streetsOfZone: number): number {
  const ratio = fit.fullPasses / fit.passes;
  let sensed = 0;
  let squares = 0;
  fit.passesOf.forEach((passes, stretch) => {
    if (passes <= 0) return;
    sensed++;
    squares += ((fit.fullPassesOf[stretch] ?? 0) - ratio * passes) ** 2;
  });
  if (sensed < 2 || fit.fullPasses <= 0) return 0;
  const unsensed = Math.max(0, 1 - sensed / Math.max(sensed, streetsOfZone));
  return Math.sqrt((unsensed * sensed * squares) / (sensed - 1)) / fit.fullPasses;
}
