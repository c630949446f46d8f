import { addAll, addTo, byteAt, indexAt, sumOf, valueAt } from './columns.ts';
import type { Exposure } from './exposure.ts';
import {
  addFalse,
  createFalseSums,
  falseLikelihood,
  learnFalseEnds,
  type FalseEnds,
  type FalseSums,
} from './false-vacancies.ts';
import type { SensorTraits } from './observed.ts';
import {
  blindTakes,
  fading,
  meanAgeOfTake,
  missedTake,
  survival,
  survivalIntegral,
  type TakeSpan,
  type Waiting,
} from './waiting.ts';
import { vacancyEnd } from './vacancy-end.ts';
import { type VacancyTable } from './vacancies.ts';

/** What is set rather than learnt. */
export interface MixtureLaw {
  /** Variance of the searching pressure between openings, relative to its mean. */
  readonly spread: number;
  /** Each cell starts with so many takes at the zone's mean rate. */
  readonly priorTakes: number;
  /** Whether takes missed within the blind time count: 1 or 0. */
  readonly blindTakes: 0 | 1;
}

/** What is common to the zone, and the rates of each stretch × stratum ("cell"). */
export interface MixtureParameters {
  /** Share of vacancies that never were one (φ). */
  falseFreeRatio: number;
  /** Share of arrivals the sensors miss (m). */
  missedArrivalRatio: number;
  /** How false vacancies end (ρ). */
  readonly falseEnds: FalseEnds;
  readonly law: MixtureLaw;
  /** Takes by unguided vehicles per second of exposure (α), by cell. */
  readonly takeRate: Float64Array;
  /** Takes by matched guided vehicles per second of exposure (γ), by cell. */
  readonly guidedRate: Float64Array;
}

/** Posterior of each vacancy: what it was, and how long it was really open. */
export interface Posterior {
  /** Real to the end (R). */
  readonly real: Float64Array;
  /** Really opened, the take was missed, then a phantom (B). */
  readonly missed: Float64Array;
  /** Really opened, the take was missed before the blind time had passed (B0). */
  readonly missedBlind: Float64Array;
  /** Of a vacancy of the second kind: expected really open part of its age, 0–1. */
  readonly openPart: Float64Array;
  /** Hazard over its age, 1/s, and the earliest age at which a missed take can have happened. */
  readonly hazard: Float64Array;
  readonly earliest: Float64Array;
  /** Expected share of the observed life that is really vacant: R + B · open part. */
  readonly presence: Float64Array;
  /** As in the parameters it was made with. */
  spread: number;
}

export function createPosterior(size: number): Posterior {
  const column = (): Float64Array => new Float64Array(size);
  return {
    real: column().fill(1),
    missed: column(),
    missedBlind: column(),
    openPart: column(),
    hazard: column(),
    earliest: column(),
    presence: column().fill(1),
    spread: 0,
  };
}

/** Starting values: rates from vacancies with little exposure, which phantoms hardly reach. */
export function initialParameters(
  table: VacancyTable,
  exposure: Exposure,
  cells: number,
  law: MixtureLaw,
  falseEnds: FalseEnds,
): MixtureParameters {
  const takes = new Float64Array(cells);
  const exposed = new Float64Array(cells);
  let allTakes = 0;
  let allExposed = 0;
  for (let row = 0; row < table.size; row++) {
    if (table.age[row] === 0) continue;
    const total = exposureOf(table, exposure, row);
    if (total >= 600) continue;
    for (let p = indexAt(table.pieceStart, row); p < indexAt(table.pieceStart, row + 1); p++)
      addTo(exposed, indexAt(table.pieceCell, p), valueAt(exposure.ofPiece, p));
    allExposed += total;
    if (table.end[row] === vacancyEnd.open) continue;
    addTo(takes, indexAt(table.closingCell, row), 1);
    allTakes++;
  }
  const perTake = allExposed / Math.max(1, allTakes);
  const takeRate = takes.map((k, cell) => (k + 2) / (valueAt(exposed, cell) + 2 * perTake || 1));
  return {
    falseFreeRatio: 0.03,
    missedArrivalRatio: 0.04,
    falseEnds,
    law,
    takeRate,
    guidedRate: new Float64Array(cells),
  };
}

/** What an M-step needs to know of some vacancies; sums of days add up. */
export interface MixtureSums {
  readonly takes: Float64Array;
  readonly exposed: Float64Array;
  readonly guided: Float64Array;
  readonly false: FalseSums;
  realTakes: number;
  missed: number;
  falseFree: number;
  vacancies: number;
}

export const createSums = ({ takeRate, falseEnds }: MixtureParameters): MixtureSums => ({
  takes: new Float64Array(takeRate.length),
  exposed: new Float64Array(takeRate.length),
  guided: new Float64Array(takeRate.length),
  false: createFalseSums(falseEnds),
  realTakes: 0,
  missed: 0,
  falseFree: 0,
  vacancies: 0,
});

/** Adds `more` to `sums`, in place. */
export function addSums(sums: MixtureSums, more: MixtureSums): void {
  addAll(sums.takes, more.takes);
  addAll(sums.exposed, more.exposed);
  addAll(sums.guided, more.guided);
  addAll(sums.false.ends, more.false.ends);
  addAll(sums.false.timeS, more.false.timeS);
  sums.realTakes += more.realTakes;
  sums.missed += more.missed;
  sums.falseFree += more.falseFree;
  sums.vacancies += more.vacancies;
}

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
  /** When a missed take can have happened, and the integral of the survival over it. */
  readonly span: TakeSpan;
  integral: number;
  readonly likelihoods: Likelihoods;
}

/** Fills the likelihoods: an inferred take is a missed one for certain, a matched guided take a real vacancy. */
function judge(
  { end, age, closing, waiting, span, integral, likelihoods: into }: Scratch,
  { falseFreeRatio, missedArrivalRatio, falseEnds }: MixtureParameters,
  heartbeatS: number,
): void {
  into.real = end === vacancyEnd.inferred ? 0 : 1;
  into.missed = 1 - into.real;
  into.missedBlind = 0;
  into.falseFree = 0;
  if (end === vacancyEnd.guided || end === vacancyEnd.inferred) return;
  const taken = end === vacancyEnd.taken;
  const genuine = 1 - falseFreeRatio;
  const genuineMissed = genuine * missedArrivalRatio;
  const closed = (1 - missedArrivalRatio) * closing * fading(waiting, age);
  into.real = genuine * span.atTo * (taken ? closed : 1);
  into.missed = genuineMissed * missedTake(span, integral, heartbeatS, taken);
  if (age < heartbeatS) {
    const whileBlind = Math.expm1(Math.min(3, blindTakes(waiting)));
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
  sums.vacancies++;
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
  parameters.falseFreeRatio = Math.min(0.5, (sums.falseFree + 3) / (sums.vacancies + 100));
  learnFalseEnds(parameters.falseEnds, sums.false);
}

function exposureOf(table: VacancyTable, exposure: Exposure, row: number): number {
  let sum = 0;
  for (let p = indexAt(table.pieceStart, row); p < indexAt(table.pieceStart, row + 1); p++)
    sum += valueAt(exposure.ofPiece, p);
  return sum;
}

/** A copy that can be improved while the original stays. */
export const copyParameters = (parameters: MixtureParameters): MixtureParameters => ({
  ...parameters,
  falseEnds: { ...parameters.falseEnds, rate: parameters.falseEnds.rate.slice() },
  takeRate: parameters.takeRate.slice(),
  guidedRate: parameters.guidedRate.slice(),
});
