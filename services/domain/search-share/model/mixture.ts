import { addTo, byteAt, indexAt, sumOf, valueAt } from './columns.ts';
import type { Exposure } from './exposure.ts';
import { addFalse, falseLikelihood, learnFalseEnds } from './false-vacancies.ts';
import type { MixtureParameters, MixtureSums, Posterior } from './mixture-state.ts';
import type { SensorTraits } from './observed.ts';
import {
  fading,
  meanAgeOfTake,
  missedTake,
  outlastsBlind,
  survival,
  survivalIntegral,
  type TakeSpan,
  type Waiting,
} from './waiting.ts';
import { vacancyEnd } from './vacancy-end.ts';
import { type VacancyTable } from './vacancies.ts';

/** E-step: writes the posterior of the rows from `first` to before `last`, and adds them to `sums`. */
export function weighVacancies(
  table: VacancyTable,
  exposure: Exposure,
  sensors: SensorTraits,
  parameters: MixtureParameters,
  posterior: Posterior,
  sums: MixtureSums,
  [first, last]: readonly [number, number] = [0, table.size],
): void {
  posterior.spread = parameters.law.spread;
  const scratch: Scratch = {
    end: 0,
    age: 0,
    closing: 0,
    waiting: { hazard: 0, spread: parameters.law.spread },
    outlasting: 1,
    span: { from: 0, to: 0, atFrom: 1, atTo: 1 },
    integral: 0,
    likelihoods: { real: 0, missed: 0, missedBlind: 0, falseFree: 0 },
  };
  for (let row = first; row < last; row++) {
    if (table.age[row] === 0) continue;
    weigh(table, exposure, sensors, parameters, posterior, row, sums, scratch);
  }
}

/** Likelihoods of what a vacancy can have been, up to a common factor. */
interface Likelihoods {
  real: number;
  missed: number;
  /** Missed before the blind time had passed: nothing of its open life was watched. */
  missedBlind: number;
  falseFree: number;
}

/** The vacancy that is being weighed; used again for each, for there are millions. */
interface Scratch {
  end: number;
  age: number;
  /** Rate of unguided takes at the closing, 1/s. */
  closing: number;
  readonly waiting: { -readonly [key in keyof Waiting]: Waiting[key] };
  /** Probability that a real vacancy outlasts the blind time. */
  outlasting: number;
  /** When a missed take can have happened, and the integral of the survival over it. */
  readonly span: TakeSpan;
  integral: number;
  readonly likelihoods: Likelihoods;
}

/** At least so many real vacancies outlast the blind time: what one of them stands for stays bounded. */
const leastOutlasting = Math.exp(-3);

/**
 * Fills the likelihoods: an inferred take is a missed one for certain, a matched guided take a real vacancy.
 * Ratios are of all openings. Where searchers are many, most real vacancies are taken within the blind time
 * and false ones are not, so of those that are weighed more are false there.
 */
function judge(
  { end, age, closing, waiting, outlasting, span, integral, likelihoods: into }: Scratch,
  { falseFreeRatio, missedArrivalRatio, falseEnds, law }: MixtureParameters,
  heartbeatS: number,
): void {
  into.real = end === vacancyEnd.inferred ? 0 : 1;
  into.missed = 1 - into.real;
  into.missedBlind = 0;
  into.falseFree = 0;
  if (end === vacancyEnd.guided || end === vacancyEnd.inferred) return;
  const taken = end === vacancyEnd.taken;
  const genuine = (1 - falseFreeRatio) * (law.blindTakes === 1 ? outlasting : 1);
  const genuineMissed = genuine * missedArrivalRatio;
  const closed = (1 - missedArrivalRatio) * closing * fading(waiting, age);
  into.real = genuine * span.atTo * (taken ? closed : 1);
  into.missed = genuineMissed * missedTake(span, integral, heartbeatS, taken);
  if (age < heartbeatS) {
    const whileBlind = 1 / outlasting - 1;
    into.missedBlind = genuineMissed * whileBlind * (taken ? 1 / heartbeatS : 1 - age / heartbeatS);
  }
  into.falseFree = falseFreeRatio * falseLikelihood(falseEnds, age, taken);
}

function weigh(
  table: VacancyTable,
  exposure: Exposure,
  sensors: SensorTraits,
  parameters: MixtureParameters,
  posterior: Posterior,
  row: number,
  sums: MixtureSums,
  scratch: Scratch,
): void {
  const { takeRate, guidedRate } = parameters;
  const age = valueAt(table.age, row);
  const end = byteAt(table.end, row);
  const cell = indexAt(table.closingCell, row);
  const firstPiece = indexAt(table.pieceStart, row);
  const lastPiece = indexAt(table.pieceStart, row + 1);
  let expected = 0;
  for (let p = firstPiece; p < lastPiece; p++) {
    const at = indexAt(table.pieceCell, p);
    const rate = valueAt(takeRate, at) + valueAt(guidedRate, at);
    expected += rate * valueAt(exposure.ofPiece, p);
  }
  // Without exposure (outside the analysed hours) nothing is to be learnt, but 1/0 must not arise.
  const hazard = Math.max(1e-9, expected / age);
  const localRate = valueAt(exposure.closingRate, row);
  const closing = valueAt(takeRate, cell) * localRate;
  const earliest =
    end === vacancyEnd.inferred
      ? valueAt(table.earliestAge, row)
      : Math.max(0, age - sensors.heartbeatS);
  const { waiting, span, likelihoods } = scratch;
  waiting.hazard = hazard;
  span.from = earliest;
  span.to = age;
  span.atFrom = earliest === 0 ? 1 : survival(waiting, earliest);
  span.atTo = survival(waiting, age);
  scratch.end = end;
  scratch.age = age;
  scratch.closing = closing;
  scratch.outlasting = Math.max(leastOutlasting, outlastsBlind(waiting));
  scratch.integral = survivalIntegral(waiting, span);
  judge(scratch, parameters, sensors.heartbeatS);

  const { real, missed, missedBlind, falseFree } = likelihoods;
  const all = real + missed + missedBlind + falseFree + 1e-300;
  const openPart = meanAgeOfTake(span, scratch.integral) / age;
  const presence = (real + missed * openPart) / all;
  posterior.real[row] = real / all;
  posterior.missed[row] = missed / all;
  posterior.missedBlind[row] = (parameters.law.blindTakes * missedBlind) / all;
  posterior.openPart[row] = openPart;
  posterior.hazard[row] = hazard;
  posterior.earliest[row] = earliest;
  posterior.presence[row] = presence;

  // A vacancy that waits long has met little pressure, one that is taken more than the mean.
  const { spread } = parameters.law;
  const taken = end === vacancyEnd.open ? 0 : 1;
  const pressure =
    (real / all) * (1 + spread * taken) * fading(waiting, age) +
    (missed / all) * openPart * (1 + spread) * fading(waiting, openPart * age);
  for (let p = firstPiece; p < lastPiece; p++)
    addTo(sums.exposed, indexAt(table.pieceCell, p), pressure * valueAt(exposure.ofPiece, p));
  const seenTake = end === vacancyEnd.taken ? real / all : 0;
  const unguided = closing / (closing + valueAt(guidedRate, cell) * localRate || 1);
  if (end === vacancyEnd.guided) addTo(sums.guided, cell, 1);
  else addTo(sums.takes, cell, seenTake + (missed / all) * unguided);
  sums.realTakes += end === vacancyEnd.open ? 0 : real / all;
  sums.missed += (missed + missedBlind) / all;
  sums.falseFree += falseFree / all;
  const closed = end === vacancyEnd.taken;
  if (falseFree > 0) addFalse(parameters.falseEnds, sums.false, age, closed, falseFree / all);
  // Each real one that is weighed stands for those that were taken within the blind time.
  const { blindTakes: counted } = parameters.law;
  sums.openings += counted === 1 ? (falseFree + (real + missed) / scratch.outlasting) / all : 1;
}

/** M-step (estimators-town.md 2.1): improves the parameters in place. */
export function improve(
  parameters: MixtureParameters,
  sums: MixtureSums,
  auditedMissed: number | null,
): void {
  const { priorTakes } = parameters.law;
  const { takes, exposed, guided } = sums;
  const allExposed = sumOf(exposed);
  const meanRate = sumOf(takes) / Math.max(1, allExposed);
  const allGuided = sumOf(guided);
  for (let cell = 0; cell < takes.length; cell++) {
    const exposedHere = valueAt(exposed, cell);
    parameters.takeRate[cell] =
      (valueAt(takes, cell) + priorTakes) / (exposedHere + priorTakes / Math.max(1e-9, meanRate));
    parameters.guidedRate[cell] =
      allGuided > 0
        ? (valueAt(guided, cell) + 0.5) / (exposedHere + (0.5 * allExposed) / allGuided)
        : 0;
  }
  // Weak priors keep a zone with few vacancies away from the corners.
  parameters.missedArrivalRatio =
    auditedMissed ?? Math.min(0.3, (sums.missed + 4) / (sums.realTakes + sums.missed + 100));
  parameters.falseFreeRatio = Math.min(0.5, (sums.falseFree + 3) / (sums.openings + 100));
  learnFalseEnds(parameters.falseEnds, sums.false);
}
