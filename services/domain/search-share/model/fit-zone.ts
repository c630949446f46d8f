import { clampFactor, countedDay, fillCells, type WeighedGroup } from './cells.ts';
import { createExposure, evenPressure, type PressureIntegral } from './exposure.ts';
import { fullnessOf, stepS, takesOf, weighShortVacancies } from './fullness.ts';
import { impute, type CellShape, type DayCells, type Imputation } from './imputation.ts';
import {
  createPosterior,
  initialParameters,
  iterateMixture,
  type MixtureParameters,
  type Posterior,
} from './mixture.ts';
import { openingFactors, openingSpread } from './opening-pressure.ts';
import type { ZoneObservations } from './observed.ts';
import { tabulateVacancies, type VacancyTable } from './vacancies.ts';
import { binStates, stateBorders, zoneStates } from './zone-state.ts';

/** How long the alternation between mixture and imputation goes on. */
interface FitEffort {
  readonly passes: number;
  readonly outer: number;
  readonly inner: number;
  /** How the searching pressure while full is known: like that of free time, or from fresh openings. */
  readonly whileFull: 'as-while-free' | 'from-openings';
}

/** From any start; 3 × 12 iterations a pass, as in estimators-town.md 2.1, change the share by 0.6 % at most. */
const fullEffort: FitEffort = { passes: 3, outer: 2, inner: 8, whileFull: 'from-openings' };

export interface ZoneFit {
  readonly shape: CellShape;
  readonly parameters: MixtureParameters;
  readonly posterior: Posterior;
  readonly table: VacancyTable;
  readonly groups: readonly WeighedGroup[];
  readonly days: readonly DayCells[];
  readonly imputation: Imputation;
  /** By bin; `null` where it was not asked for. */
  readonly openingFactor: Float64Array | null;
}

/** Quantile bins of the zone's state. */
const stateBins = 12;

/** Estimator N up to C and Q (estimators-town.md 2.1–2.3), without acceptance, guidance and intervals. */
export function fitZone(
  observations: ZoneObservations,
  lengthWeights: readonly number[] | null,
  effort: FitEffort = fullEffort,
): ZoneFit {
  const { groups, days, sensors, strata } = observations;
  const shape = {
    stretches: observations.stretches.length,
    strata,
    bins: stateBins,
    lengthM: lengthWeights,
  };
  const segments = days.map((day) => day.segments);
  const steps = days.map((day) => Math.ceil(day.durationS / stepS));
  const table = tabulateVacancies(groups, segments, strata, sensors);
  const posterior = createPosterior(table.size);
  const { exposure, update } = createExposure(table, groups.length);
  const counted = groups.map((group) =>
    countedDay(
      group,
      segments[group.day] ?? [],
      steps[group.day] ?? 0,
      strata,
      sensors.undercountRatio,
    ),
  );
  const spread = effort.whileFull === 'from-openings' ? openingSpread : 0;
  let pressure = evenPressure;
  let parameters: MixtureParameters | null = null;
  let fit: ZoneFit | null = null;
  for (let pass = 0; pass < effort.passes; pass++) {
    for (let outer = pass === 0 ? 0 : 1; outer < effort.outer; outer++) {
      update(posterior.presence, pressure);
      // Each pass that starts over with a new pressure starts from the rates it had.
      parameters ??= initialParameters(table, exposure, shape.stretches * strata, spread);
      for (let i = 0; i < effort.inner; i++)
        iterateMixture(table, exposure, sensors, parameters, posterior);
    }
    parameters ??= initialParameters(table, exposure, shape.stretches * strata, spread);
    weighShortVacancies(table, posterior, parameters.falseFreeRatio);
    const fullness = groups.map((group, g) =>
      fullnessOf(table, posterior, g, steps[group.day] ?? 0, sensors),
    );
    const states = zoneStates(
      fullness,
      groups.map((group) => group.day),
    );
    const borders = stateBorders(
      states,
      groups.map((group) => group.stretch),
      counted.map(({ stratumOfStep }) => stratumOfStep),
      stateBins,
    );
    const weighed = groups.map((group, g) => ({
      group,
      counted: counted[g] ?? { stratumOfStep: new Int16Array(), passes: new Float64Array() },
      fullness: fullness[g] ?? new Float32Array(),
      takes: takesOf(table, posterior, g, steps[group.day] ?? 0, sensors),
      bins: binStates(states[g] ?? new Float32Array(), borders),
    }));
    const known = fit?.imputation.stateFactor ?? null;
    const cells = fillCells(observations, weighed, shape, parameters.takeRate, known);
    const everyDay = days.map((_, d) => d);
    const evenly = impute(cells, everyDay, shape);
    const openingFactor =
      effort.whileFull === 'as-while-free' || pass + 1 < effort.passes
        ? null
        : openingFactors(table, posterior, weighed, shape, evenly, observations);
    const imputation =
      openingFactor === null ? evenly : impute(cells, everyDay, shape, openingFactor);
    fit = {
      shape,
      parameters,
      posterior,
      table,
      groups: weighed,
      days: cells,
      imputation,
      openingFactor,
    };
    pressure = pressureOf(weighed, imputation.stateFactor);
  }
  if (fit === null) throw new RangeError('a fit needs at least one pass');
  return fit;
}

/** Searching traffic relative to its mean follows the zone's state, step by step. */
function pressureOf(groups: readonly WeighedGroup[], stateFactor: Float64Array): PressureIntegral {
  const integrals = groups.map(({ bins }) => {
    const integral = new Float64Array(bins.length + 1);
    bins.forEach((bin, step) => {
      integral[step + 1] = (integral[step] ?? 0) + clampFactor(stateFactor[bin] ?? 1) * stepS;
    });
    return integral;
  });
  return (group, atS) => {
    const integral = integrals[group];
    if (integral === undefined || atS <= 0) return 0;
    const step = Math.min(integral.length - 1, Math.floor(atS / stepS));
    const value = integral[step] ?? 0;
    const next = integral[step + 1] ?? value;
    return value + (next - value) * (atS / stepS - step);
  };
}
