import { correctPartlySensed, fillCells } from './cells.ts';
import { evenPressure } from './exposure.ts';
import { createFalseEnds } from './false-vacancies.ts';
import { impute, type CellShape, type DayCells, type Imputation } from './imputation.ts';
import {
  addSums,
  copyParameters,
  createSums,
  initialParameters,
  type MixtureLaw,
  type MixtureParameters,
} from './mixture-state.ts';
import { improve, weighVacancies } from './mixture.ts';
import { openingFactors, openingSpread } from './opening-pressure.ts';
import type { ZoneObservations } from './observed.ts';
import { digestDays, layOutDays, lookAt, pressureOf, type DayDigest } from './zone-days.ts';

/** How a zone is fitted, and how long the alternation between mixture and imputation goes on. */
interface FitEffort {
  readonly passes: number;
  readonly outer: number;
  readonly inner: number;
  /** As published in estimators-town.md 2, or with the improvements of decisions 0021 and 0024. */
  readonly form: 'published' | 'refined';
}

/** From any start; 3 × 12 iterations a pass, as in estimators-town.md 2.1, change the share by 0.6 % at most. */
const fullEffort: FitEffort = { passes: 3, outer: 2, inner: 8, form: 'refined' };

const laws: Readonly<Record<FitEffort['form'], MixtureLaw>> = {
  published: { spread: 0, priorTakes: 1, blindTakes: 0 },
  // A whole take at the mean rate pulls kerbs that are nearly always full down by 10 % (decision 0024).
  refined: { spread: openingSpread, priorTakes: 0.1, blindTakes: 1 },
};

/** What some days together say. */
interface Conclusion {
  /** Unsensed spaces accounted for. */
  readonly days: readonly DayCells[];
  readonly imputation: Imputation;
  /** By stretch × stratum; `null` where it was not asked for. */
  readonly openingFactor: Float64Array | null;
}

export interface ZoneFit extends Conclusion {
  readonly form: FitEffort['form'];
  readonly shape: CellShape;
  /** Spaces that exist, by stretch. */
  readonly numberOfSpaces: readonly number[];
  readonly debounceS: number;
  readonly parameters: MixtureParameters;
  /** Of the bins of the zone's state. */
  readonly borders: Float64Array;
  /** One a day, in the order of `days`. */
  readonly digests: readonly DayDigest[];
}

/** Quantile bins of the zone's state. */
const stateBins = 12;

/** Estimator N up to C and Q (estimators-town.md 2.1–2.3), without acceptance, guidance and intervals. */
export function fitZone(
  observations: ZoneObservations,
  lengthWeights: readonly number[] | null,
  effort: FitEffort = fullEffort,
): ZoneFit {
  const { sensors, strata, stretches } = observations;
  const law = laws[effort.form];
  const shape: CellShape = {
    stretches: stretches.length,
    strata,
    bins: stateBins,
    lengthM: lengthWeights,
    priorTakes: law.priorTakes,
  };
  const zone = layOutDays(observations);
  const { table, posterior, exposure } = zone;
  const ends = createFalseEnds(effort.form === 'refined' ? 'stepwise' : 'constant');
  const start = (): MixtureParameters =>
    initialParameters(table, exposure, shape.stretches * strata, law, ends);
  const numberOfSpaces = stretches.map((stretch) => stretch.numberOfSpaces);
  const base = { form: effort.form, shape, numberOfSpaces, debounceS: sensors.debounceS };
  let pressure = evenPressure;
  let parameters: MixtureParameters | null = null;
  let stateFactor: Float64Array | null = null;
  for (let pass = 1; ; pass++) {
    for (let outer = pass === 1 ? 0 : 1; outer < effort.outer; outer++) {
      zone.expose(pressure);
      // Each pass that starts over with a new pressure starts from the rates it had.
      parameters ??= start();
      for (let i = 0; i < effort.inner; i++) {
        const sums = createSums(parameters);
        weighVacancies(table, exposure, sensors, parameters, posterior, sums);
        improve(parameters, sums, sensors.missedArrivalRatio);
      }
    }
    parameters ??= start();
    const { weighed, borders } = lookAt(zone, parameters, stateBins, null);
    if (pass === effort.passes) {
      const digests = digestDays(zone, weighed, shape, parameters, stateFactor);
      return { ...base, parameters, borders, digests, ...conclude(digests, base, stateFactor) };
    }
    const seen = fillCells(observations, weighed, shape, parameters.takeRate, stateFactor);
    const days = correctPartlySensed(seen, numberOfSpaces, shape);
    const everyDay = days.map((_, day) => day);
    ({ stateFactor } = impute(days, everyDay, shape, null, stateFactor));
    pressure = pressureOf(zone, stateFactor);
  }
}

/** Of a fit that is known, new days are weighed so many times, each with a better pressure. */
const newDayEffort = { outer: 3, inner: 6 };

/**
 * Digests days that a fit has not seen, by incremental EM (Neal and Hinton 1998): what is known of its other
 * days stays, the new days are weighed anew and improve the parameters. Costs as much as the new days.
 */
export function digestMore(
  fit: ZoneFit,
  observations: ZoneObservations,
): { readonly parameters: MixtureParameters; readonly digests: readonly DayDigest[] } {
  const { sensors } = observations;
  const { shape, borders, imputation } = fit;
  const parameters = copyParameters(fit.parameters);
  const others = createSums(parameters);
  for (const { sums } of fit.digests) addSums(others, sums);
  const zone = layOutDays(observations);
  const { table, posterior, exposure } = zone;
  const look = () => lookAt(zone, parameters, shape.bins, borders).weighed;
  zone.expose(evenPressure);
  weighVacancies(table, exposure, sensors, parameters, posterior, createSums(parameters));
  let weighed = look();
  for (let outer = 0; outer < newDayEffort.outer; outer++) {
    zone.expose(pressureOf(zone, imputation.stateFactor));
    for (let i = 0; i < newDayEffort.inner; i++) {
      const sums = createSums(parameters);
      weighVacancies(table, exposure, sensors, parameters, posterior, sums);
      addSums(sums, others);
      improve(parameters, sums, sensors.missedArrivalRatio);
    }
    weighed = look();
  }
  const digests = digestDays(zone, weighed, shape, parameters, imputation.stateFactor);
  return { parameters, digests };
}

/** The same fit of other days: those of `digests`. */
export const refit = (
  fit: ZoneFit,
  digests: readonly DayDigest[],
  parameters: MixtureParameters = fit.parameters,
): ZoneFit => ({
  ...fit,
  parameters,
  digests,
  ...conclude(digests, fit, fit.imputation.stateFactor),
});

function conclude(
  digests: readonly DayDigest[],
  {
    form,
    shape,
    numberOfSpaces,
    debounceS,
  }: Pick<ZoneFit, 'form' | 'shape' | 'numberOfSpaces' | 'debounceS'>,
  startFactor: Float64Array | null,
): Conclusion {
  const days = correctPartlySensed(
    digests.map(({ cells }) => cells),
    numberOfSpaces,
    shape,
  );
  const everyDay = days.map((_, d) => d);
  const evenly = impute(days, everyDay, shape, null, startFactor);
  if (form === 'published') return { days, imputation: evenly, openingFactor: null };
  const waits = digests.map((digest) => digest.waits);
  const openingFactor = openingFactors(waits, debounceS, evenly);
  const imputation = impute(days, everyDay, shape, openingFactor, evenly.stateFactor);
  return { days, imputation, openingFactor };
}
