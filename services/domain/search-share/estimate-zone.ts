import { cruisingShare } from './acceptance.ts';
import { valueAt } from './model/columns.ts';
import { fitZone, type ZoneFit } from './model/fit-zone.ts';
import { daySd, logInterval, streetSd, t975, type Interval } from './model/interval.ts';
import type { ZoneObservations } from './model/observed.ts';
import { seededRandom } from './model/random.ts';
import { judgeZone, type Judgement } from './sufficiency.ts';

/** What is known of a zone besides its observations. */
export interface ZoneOptions {
  /** Streets with kerb parking in the zone, sensed or not. */
  readonly streetsOfZone: number;
  /** Share of searching drivers who take a free space they pass; `null` is not measured and taken as 1. */
  readonly acceptanceRatio: number | null;
  /** Vehicle-kilometres that guided vehicles drove in excess in the zone on these days. */
  readonly guidedExcessKm: number;
  readonly bootstraps: number;
  readonly seed: number;
  /** Weight stretches by their length, as vehicle-kilometres ask for. */
  readonly weights: 'length' | 'equal';
}

/** Estimator N of a zone: share of vehicle-kilometres driven in search of a space, with its uncertainty. */
export interface ZoneEstimate extends Judgement {
  readonly method: 'zone-state';
  readonly searchShareRatio: number;
  /** 95 %, from days, the choice of streets and the method's own error; `null` with fewer than two days. */
  readonly interval: Interval | null;
  /** Relative standard deviations behind the interval. */
  readonly daySd: number;
  readonly streetSd: number;
  /** The share is to be read as "at least": high shares are underestimated, or acceptance was assumed. */
  readonly isLowerBound: boolean;
  /** Above 12 %: how high the true share may be; `null` below. */
  readonly upperBandRatio: number | null;
  /** Part of the share that guided vehicles drive. */
  readonly guidedRatio: number;
  readonly takes: number;
  /** Vehicle passes while a space was probably free. */
  readonly exposure: number;
  readonly passes: number;
  readonly fullRatio: number;
  /** Share of passing vehicles that would take a free space now. */
  readonly searchReadyRatio: number;
  /** Share of vacancies that were false or outlived their taking. */
  readonly phantomRatio: number;
  readonly missedArrivalRatio: number;
  readonly days: number;
  readonly stretches: number;
  readonly sensedSpacesRatio: number;
  /** By position in the observations: share and full time of single stretches within this estimate. */
  readonly ofStretch: readonly {
    readonly stretchId: string;
    readonly searchShareRatio: number | null;
  }[];
}

/** Good sensors seem to miss this much, for what is found runs 1–2 points high (estimators-town.md 3). */
const usualMissedRatio = 0.06;

/**
 * Relative standard deviation that neither days nor streets show: the estimator's own error in simulated
 * towns, more of it where spaces are unsensed or sensors age (decisions 0022 and 0024).
 */
const modelSd = (sensedSpacesRatio: number, missedArrivalRatio: number): number =>
  0.04 + 0.1 * (1 - sensedSpacesRatio) + Math.max(0, missedArrivalRatio - usualMissedRatio);

/** Above this share the estimate is known to read low (estimators-town.md 3 and 6). */
const lowerBoundFrom = 0.12;
const upperBand = 1.2;

/**
 * Estimates a zone from its stretch-days. Pure and repeatable (`seed`); a month of 200 stretches takes
 * seconds, so it belongs into a worker thread. Stretches without counts or sensors do not take part.
 */
export function estimateZone(observations: ZoneObservations, options: ZoneOptions): ZoneEstimate {
  const lengths = observations.stretches.map(({ lengthM }) => lengthM);
  const fit = fitZone(observations, options.weights === 'length' ? lengths : null);
  return concludeZone(fit, observations.stretches, options);
}

/** The estimate of a zone that has been fitted. */
export function concludeZone(
  fit: ZoneFit,
  stretches: ZoneObservations['stretches'],
  options: ZoneOptions,
): ZoneEstimate {
  const lengths = stretches.map(({ lengthM }) => lengthM);
  const { imputation } = fit;
  const acceptance = options.acceptanceRatio ?? 1;
  const unguided = cruisingShare(
    { full: imputation.fullPasses, takes: imputation.weightedTakes, all: imputation.passes },
    acceptance,
  );
  const sensed = imputation.passesOf.filter((passes) => passes > 0).length;
  const guided = guidedShare(fit, lengths, options, sensed);
  const random = seededRandom(options.seed);
  const ofDays = daySd(fit, options.bootstraps, random);
  const ofStreets = streetSd(imputation, options.streetsOfZone);
  const ratio = Math.min(1, unguided + guided);
  const days = fit.days.filter(({ sensedSpaces }) => sensedSpaces.some((n) => n > 0)).length;
  const t = Math.max(2.1, t975(days - 1));
  const sensedSpacesRatio = sensedRatio(fit);
  const sd = Math.hypot(
    ofDays,
    ofStreets,
    modelSd(sensedSpacesRatio, fit.parameters.missedArrivalRatio),
  );
  const interval = days < 2 || imputation.passes <= 0 ? null : logInterval(ratio, sd, t);
  const evidence = {
    searchShareRatio: ratio,
    interval,
    passes: imputation.passes,
    takes: imputation.takes,
    days,
    stretches: sensed,
    streetSd: ofStreets,
    sensedSpacesRatio,
    missedArrivalRatio: fit.parameters.missedArrivalRatio,
    isAcceptanceMeasured: options.acceptanceRatio !== null,
  };
  const exposure = freePasses(fit);
  return {
    method: 'zone-state',
    ...evidence,
    ...judgeZone(evidence),
    daySd: ofDays,
    isLowerBound: ratio > lowerBoundFrom || options.acceptanceRatio === null,
    upperBandRatio: ratio > lowerBoundFrom ? Math.min(1, ratio * upperBand) : null,
    guidedRatio: guided,
    exposure,
    fullRatio: imputation.fullRatio,
    searchReadyRatio: Math.min(1, imputation.takes / Math.max(1, exposure) / acceptance),
    phantomRatio: phantomShare(fit),
    ofStretch: stretches.map(({ id }, stretch) => {
      const passes = valueAt(imputation.passesOf, stretch);
      const full = valueAt(imputation.fullPassesOf, stretch);
      return { stretchId: id, searchShareRatio: passes > 0 ? Math.min(1, full / passes) : null };
    }),
  };
}

/** Guided excess over all vehicle-kilometres of the zone; unsensed streets count like the sensed ones. */
function guidedShare(
  fit: ZoneFit,
  lengths: readonly number[],
  { guidedExcessKm, streetsOfZone, weights }: ZoneOptions,
  sensed: number,
): number {
  if (guidedExcessKm <= 0) return 0;
  let sensedKm = 0;
  fit.imputation.passesOf.forEach((passes, stretch) => {
    sensedKm += (passes * (weights === 'length' ? 1 : (lengths[stretch] ?? 0))) / 1000;
  });
  const zoneKm = sensedKm * Math.max(1, streetsOfZone / Math.max(1, sensed));
  return zoneKm > 0 ? guidedExcessKm / zoneKm : 0;
}

/** Passes while a space was free: those of each stretch and stratum times its free share of time. */
function freePasses({ days, imputation }: ZoneFit): number {
  let sum = 0;
  for (const { passes } of days)
    passes.forEach((here, row) => (sum += here * (1 - valueAt(imputation.fullRatioOf, row))));
  return sum;
}

/** Share of vacancies that were false or outlived their taking. */
function phantomShare({ digests }: ZoneFit): number {
  const all = digests.reduce((sum, { vacancies }) => sum + vacancies, 0);
  const real = digests.reduce((sum, { realVacancies }) => sum + realVacancies, 0);
  return all === 0 ? 0 : 1 - real / all;
}

/** Spaces that delivered, of all spaces of the stretches that take part. */
function sensedRatio({ days, numberOfSpaces }: ZoneFit): number {
  let sensed = 0;
  let all = 0;
  for (const { sensedSpaces } of days)
    sensedSpaces.forEach((here, stretch) => {
      if (here <= 0) return;
      sensed += here;
      all += Math.max(here, numberOfSpaces[stretch] ?? 0);
    });
  return all > 0 ? sensed / all : 0;
}
