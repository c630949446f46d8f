import { floatAt, indexAt, valueAt } from './columns.ts';
import type { MixtureParameters, Posterior } from './mixture-state.ts';
import { stillOpen } from './waiting.ts';
import type { SensorTraits } from './observed.ts';
import { blindS } from './blind.ts';
import { vacancyEnd } from './vacancy-end.ts';
import { type VacancyTable } from './vacancies.ts';

/** Length of the steps in which fullness and takes are laid out, s. */
export const stepS = 60;

/** A weight below this moves no result and costs time. */
export const negligible = 0.003;

/** Takes of one group: in which step, and how much of a take. */
export interface PlacedTakes {
  readonly step: Int32Array;
  readonly weight: Float64Array;
  readonly size: number;
}

/**
 * Vacancies that ended within the blind time tell the mixture nothing. As published they count as real as
 * often as vacancies do in general. Refined, the false ones among them are as many as the law of ending says
 * at its youngest age: few, while of the real ones most end so early where searchers are many.
 */
export function weighShortVacancies(
  table: VacancyTable,
  posterior: Posterior,
  { falseFreeRatio, falseEnds, law }: MixtureParameters,
): void {
  const early = law.blindTakes === 1 ? Math.expm1(valueAt(falseEnds.rate, 0) * blindS) : 1;
  const real = 1 - Math.min(1, falseFreeRatio * early);
  for (let row = 0; row < table.size; row++) {
    if (table.age[row] !== 0) continue;
    posterior.real[row] = real;
    posterior.missed[row] = 0;
    posterior.openPart[row] = 0;
    posterior.presence[row] = real;
  }
}

/** Fills in the probability that all sensed spaces of a group are really taken, by step (estimators-town.md 2.2). */
export function fullnessOf(
  table: VacancyTable,
  posterior: Posterior,
  group: number,
  sensors: SensorTraits,
  full: Float32Array,
): void {
  full.fill(1);
  const steps = full.length;
  for (
    let row = indexAt(table.groupStart, group);
    row < indexAt(table.groupStart, group + 1);
    row++
  ) {
    const [fromS, toS] = trueLife(table, row, steps * stepS, sensors);
    if (toS <= fromS) continue;
    const last = Math.min(steps - 1, Math.floor(toS / stepS));
    for (let step = Math.floor(fromS / stepS); step <= last; step++) {
      const overlap = (Math.min(toS, (step + 1) * stepS) - Math.max(fromS, step * stepS)) / stepS;
      if (overlap <= 0) continue;
      const atS = Math.min(toS, (step + 0.5) * stepS);
      full[step] = floatAt(full, step) * (1 - overlap * vacantAt(table, posterior, row, atS));
    }
  }
}

/** Where the takes of a group lie; matched guided takes are no takes. */
export function takesOf(
  table: VacancyTable,
  posterior: Posterior,
  group: number,
  steps: number,
  sensors: SensorTraits,
): PlacedTakes {
  const first = indexAt(table.groupStart, group);
  const last = indexAt(table.groupStart, group + 1);
  const step = new Int32Array(3 * (last - first));
  const weight = new Float64Array(3 * (last - first));
  let size = 0;
  const place = (atS: number, amount: number): void => {
    step[size] = Math.max(0, Math.min(steps - 1, Math.floor(atS / stepS)));
    weight[size++] = amount;
  };
  for (let row = first; row < last; row++) {
    const [fromS, toS] = trueLife(table, row, steps * stepS, sensors);
    if (toS <= fromS) continue;
    const real = valueAt(posterior.real, row);
    const missed = valueAt(posterior.missed, row);
    if (table.end[row] === vacancyEnd.taken && real > 0) place(toS, real);
    if (missed > negligible) {
      const openS = valueAt(posterior.openPart, row) * valueAt(table.age, row);
      place(valueAt(table.from, row) + blindS + openS, missed);
    }
    const missedBlind = valueAt(posterior.missedBlind, row);
    if (missedBlind > negligible) place(valueAt(table.from, row) + blindS / 2, missedBlind);
  }
  return { step: step.subarray(0, size), weight: weight.subarray(0, size), size };
}

/** A vacancy's life before the latencies, within the day. */
function trueLife(
  table: VacancyTable,
  row: number,
  dayS: number,
  sensors: SensorTraits,
): readonly [number, number] {
  const fromS = Math.max(0, valueAt(table.from, row) - sensors.freeLatencyS);
  const to = valueAt(table.to, row);
  const closed = table.end[row] !== vacancyEnd.open;
  // `to` has lost the difference of the two latencies already; the shorter one is left.
  return [fromS, Math.min(dayS, closed ? to - sensors.freeLatencyS : to)];
}

function vacantAt(table: VacancyTable, posterior: Posterior, row: number, atS: number): number {
  const real = valueAt(posterior.real, row);
  const missed = valueAt(posterior.missed, row);
  if (missed <= negligible) return real;
  const age = atS - valueAt(table.from, row) - blindS;
  const waiting = { hazard: valueAt(posterior.hazard, row), spread: posterior.spread };
  const earliest = valueAt(posterior.earliest, row);
  const open = stillOpen(waiting, earliest, valueAt(table.age, row), age);
  return real + missed * open;
}
