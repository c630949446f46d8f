import { addAll, addTo, indexAt, valueAt } from './columns.ts';
import type { Exposure } from './exposure.ts';
import { createFalseSums, type FalseEnds, type FalseSums } from './false-vacancies.ts';
import { vacancyEnd } from './vacancy-end.ts';
import { type VacancyTable } from './vacancies.ts';

/** What is set rather than learnt. */
export interface MixtureLaw {
  /** Variance of the searching pressure between openings, relative to its mean. */
  readonly spread: number;
  /** Each cell starts with so many takes at the zone's mean rate. */
  readonly priorTakes: number;
  /** Whether what happens within the blind time counts, missed takes and vacancies that end there: 1 or 0. */
  readonly blindTakes: 0 | 1;
}

/** What is common to the zone, and the rates of each stretch × stratum ("cell"). */
export interface MixtureParameters {
  /** Share of openings that are none and outlast the blind time (φ). */
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
  openings: number;
}

export const createSums = ({ takeRate, falseEnds }: MixtureParameters): MixtureSums => ({
  takes: new Float64Array(takeRate.length),
  exposed: new Float64Array(takeRate.length),
  guided: new Float64Array(takeRate.length),
  false: createFalseSums(falseEnds),
  realTakes: 0,
  missed: 0,
  falseFree: 0,
  openings: 0,
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
  sums.openings += more.openings;
}

/** A copy that can be improved while the original stays. */
export const copyParameters = (parameters: MixtureParameters): MixtureParameters => ({
  ...parameters,
  falseEnds: { ...parameters.falseEnds, rate: parameters.falseEnds.rate.slice() },
  takeRate: parameters.takeRate.slice(),
  guidedRate: parameters.guidedRate.slice(),
});

function exposureOf(table: VacancyTable, exposure: Exposure, row: number): number {
  let sum = 0;
  for (let p = indexAt(table.pieceStart, row); p < indexAt(table.pieceStart, row + 1); p++)
    sum += valueAt(exposure.ofPiece, p);
  return sum;
}
