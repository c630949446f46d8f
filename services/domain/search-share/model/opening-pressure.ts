import { blindS } from './blind.ts';
import { clampFactor, type WeighedGroup } from './cells.ts';
import { addTo, byteAt, indexAt, sumOf, valueAt } from './columns.ts';
import type { CellShape, Imputation } from './imputation.ts';
import type { Posterior } from './mixture.ts';
import type { ZoneObservations } from './observed.ts';
import { vacancyEnd } from './vacancy-end.ts';
import { type VacancyTable } from './vacancies.ts';
import { stillOpen } from './waiting.ts';

/**
 * Variance of the searching pressure between openings at equal state of the zone, relative to its mean:
 * searchers spill over from the next streets, so it rises and falls locally. Maximum likelihood on towns seen
 * without error gives 0.08–0.10 (decision 0021); through sensors it cannot be told from phantoms, so it is set.
 */
export const openingSpread = 0.1;

/** First waits of full kerbs, in units of expected takes since the opening. */
interface FirstWaits {
  readonly weight: number[];
  readonly taken: number[];
  readonly from: number[];
  readonly to: number[];
  readonly bin: number[];
}

/** Beyond this many expected takes an open vacancy is more likely a phantom than an unlucky space. */
const longestWait = 2.5;
/** A bin's factor is drawn towards that of the zone as if it had seen this many more takes. */
const priorTakes = 30;
/** What the zone's factor is drawn towards: the middle of simulated towns (decision 0021). */
const usualFactor = 1.1;

/**
 * Searching pressure right after a full kerb opens, relative to that of all free time at equal state of the
 * zone, by bin. A space becomes free whoever is searching nearby, so the rate of takes at the opening is the
 * rate of searchers while the kerb was full; the openings nobody comes for are the quiet ones.
 * Maximum likelihood of hazard = factor × expected / (1 + spread × factor × expected takes since the opening).
 */
export function openingFactors(
  table: VacancyTable,
  posterior: Posterior,
  groups: readonly WeighedGroup[],
  shape: CellShape,
  imputation: Imputation,
  observations: ZoneObservations,
): Float64Array {
  const waits: FirstWaits = { weight: [], taken: [], from: [], to: [], bin: [] };
  groups.forEach((_, g) =>
    collectWaits(table, posterior, groups, g, shape, imputation, observations, waits),
  );
  const factors = new Float64Array(shape.bins).fill(1);
  for (let round = 0; round < 10; round++) {
    const takes = new Float64Array(shape.bins);
    const expected = new Float64Array(shape.bins);
    waits.weight.forEach((weight, i) => {
      const bin = waits.bin[i] ?? 0;
      addTo(takes, bin, weight * (waits.taken[i] ?? 0));
      addTo(expected, bin, weight * fadedWait(openingSpread * valueAt(factors, bin), waits, i));
    });
    const all = (sumOf(takes) + priorTakes * usualFactor) / (sumOf(expected) + priorTakes);
    for (let bin = 0; bin < shape.bins; bin++)
      factors[bin] =
        (valueAt(takes, bin) + priorTakes * all) / (valueAt(expected, bin) + priorTakes);
  }
  return factors;
}

/** ∫ dx / (1 + faded · x) over one wait. */
const fadedWait = (faded: number, waits: FirstWaits, i: number): number =>
  (Math.log1p(faded * (waits.to[i] ?? 0)) - Math.log1p(faded * (waits.from[i] ?? 0))) / faded;

function collectWaits(
  table: VacancyTable,
  posterior: Posterior,
  groups: readonly WeighedGroup[],
  g: number,
  shape: CellShape,
  imputation: Imputation,
  observations: ZoneObservations,
  waits: FirstWaits,
): void {
  const weighed = groups[g];
  if (weighed === undefined) return;
  const { group, counted, bins } = weighed;
  const { debounceS } = observations.sensors;
  // Where a space has no sensor, an unseen vacancy may have taken the searchers.
  const spaces = observations.stretches[group.stretch]?.numberOfSpaces ?? 0;
  if (spaces - group.sensedSpaces > 0.05) return;
  const first = indexAt(table.groupStart, g);
  const rows = Array.from(
    { length: indexAt(table.groupStart, g + 1) - first },
    (_, i) => first + i,
  );
  const lastStep = bins.length - 1;
  const push = (weight: number, taken: number, from: number, to: number, bin: number): void => {
    if (weight < 0.003 || to <= from) return;
    waits.weight.push(weight);
    waits.taken.push(to > longestWait ? 0 : taken);
    waits.from.push(from);
    waits.to.push(Math.min(longestWait, to));
    waits.bin.push(bin);
  };
  for (const row of rows) {
    const openedS = valueAt(table.from, row);
    if (table.openingSeen[row] === 0) continue;
    const step = Math.min(lastStep, Math.floor(openedS / 60));
    const stratum = counted.stratumOfStep[step] ?? -1;
    if (stratum < 0) continue;
    const { full, nextS } = othersAt(table, posterior, rows, row, openedS);
    if (full < 0.9) continue;
    const bin = byteAt(bins, step);
    const factor = clampFactor(valueAt(imputation.stateFactor, bin));
    const rate = valueAt(imputation.takeRate, group.stretch * shape.strata + stratum) * factor;
    const toS = Math.min(valueAt(table.to, row), nextS);
    const taken = table.end[row] === vacancyEnd.taken && toS < nextS ? 1 : 0;
    // Missed takes are left out: missing one does not depend on how long the space had waited.
    const fromS = openedS + debounceS;
    push(
      full * valueAt(posterior.real, row),
      taken,
      rate * debounceS,
      rate * (Math.max(toS, fromS + 0.1) - openedS),
      bin,
    );
  }
}

/** Probability that no other space was free at an opening, and when the next one probably opened. */
function othersAt(
  table: VacancyTable,
  posterior: Posterior,
  rows: readonly number[],
  row: number,
  openedS: number,
): { readonly full: number; readonly nextS: number } {
  let full = 1;
  let nextS = Infinity;
  for (const other of rows) {
    if (other === row) continue;
    const from = valueAt(table.from, other);
    const real = valueAt(posterior.real, other);
    const missed = valueAt(posterior.missed, other);
    if (from >= openedS) {
      if (real + missed > 0.5) nextS = Math.min(nextS, from);
    } else if (valueAt(table.to, other) > openedS) {
      const waiting = { hazard: valueAt(posterior.hazard, other), spread: posterior.spread };
      const earliest = valueAt(posterior.earliest, other);
      const age = valueAt(table.age, other);
      full *= 1 - real - missed * stillOpen(waiting, earliest, age, openedS - from - blindS);
    }
  }
  return { full, nextS };
}
