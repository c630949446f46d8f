import { blindS } from './blind.ts';
import { clampFactor, type WeighedGroup } from './cells.ts';
import { addTo, byteAt, floatAt, indexAt, sumOf, valueAt } from './columns.ts';
import { negligible, stepS } from './fullness.ts';
import type { Imputation } from './imputation.ts';
import type { Posterior } from './mixture-state.ts';
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

/** First waits of full kerbs, one column a quantity. */
export interface FirstWaits {
  /** Probability that the kerb was full and the vacancy is real. */
  readonly weight: Float32Array;
  /** Watched from the debounce to here, seconds since the opening. */
  readonly toS: Float32Array;
  readonly taken: Uint8Array;
  /** Stretch × stratum, and bin of the zone's state. */
  readonly row: Int32Array;
  readonly bin: Uint8Array;
}

/**
 * Watched for so many expected takes: real and false vacancies differ least when they are fresh, and an
 * old one that nobody came for is more likely a phantom than an unlucky space.
 */
const watchedTakes = 1;
/** A class's factor is drawn towards that of the zone as if it had seen this many more takes. */
const priorTakes = 200;
/** What the zone's factor is drawn towards: the middle of simulated towns (decision 0021). */
const usualFactor = 1.1;
/** Shares of time full at which a new class of stretch × stratum begins. */
const classFrom = [0, 0.2, 0.4, 0.6, 0.8, 0.9] as const;

/**
 * Searching pressure right after a full kerb opens, relative to that of all free time at equal state of the
 * zone, by stretch × stratum: alike where kerbs are full alike often. A space becomes free whoever is
 * searching nearby, so the rate of takes at the opening is the rate of searchers while the kerb was full.
 * Maximum likelihood of hazard = factor × expected / (1 + spread × factor × expected takes since the opening).
 */
export function openingFactors(
  waits: readonly FirstWaits[],
  debounceS: number,
  imputation: Imputation,
): Float64Array {
  const classOf = Uint8Array.from(imputation.fullRatioOf, (ratio) =>
    Math.max(
      0,
      classFrom.findLastIndex((from) => from <= ratio),
    ),
  );
  const factors = new Float64Array(classFrom.length).fill(1);
  for (let round = 0; round < 10; round++) {
    const takes = new Float64Array(factors.length);
    const expected = new Float64Array(factors.length);
    for (const day of waits)
      sumWaits(day, debounceS, imputation, classOf, factors, takes, expected);
    const all = (sumOf(takes) + priorTakes * usualFactor) / (sumOf(expected) + priorTakes);
    for (let of = 0; of < factors.length; of++)
      factors[of] = (valueAt(takes, of) + priorTakes * all) / (valueAt(expected, of) + priorTakes);
  }
  return Float64Array.from(classOf, (of) => valueAt(factors, of));
}

/** Takes, and ∫ dx / (1 + spread · factor · x) over the watched expected takes x, by class. */
function sumWaits(
  { weight, toS, taken, row, bin }: FirstWaits,
  debounceS: number,
  { takeRate, stateFactor }: Imputation,
  classOf: Uint8Array,
  factors: Float64Array,
  takes: Float64Array,
  expected: Float64Array,
): void {
  for (let i = 0; i < row.length; i++) {
    const of = byteAt(classOf, indexAt(row, i));
    const rate =
      valueAt(takeRate, indexAt(row, i)) * clampFactor(valueAt(stateFactor, byteAt(bin, i)));
    const from = rate * debounceS;
    const to = rate * floatAt(toS, i);
    const until = Math.min(to, from + watchedTakes);
    const fading = openingSpread * valueAt(factors, of);
    const watched = (Math.log1p(fading * until) - Math.log1p(fading * from)) / fading;
    addTo(expected, of, floatAt(weight, i) * watched);
    if (to === until && byteAt(taken, i) === 1) addTo(takes, of, floatAt(weight, i));
  }
}

/** Where openings from full are looked for. */
interface Sources {
  readonly table: VacancyTable;
  readonly posterior: Posterior;
  readonly groups: readonly WeighedGroup[];
  readonly observations: ZoneObservations;
}

/**
 * The first waits of the groups from `first` to before `last`. Stretch-days with a space that nobody sees
 * take no part: an unseen vacancy may have taken the searchers.
 */
export function firstWaits(sources: Sources, [first, last]: readonly [number, number]): FirstWaits {
  const found: Wait[] = [];
  for (let g = first; g < last; g++) collectWaits(sources, g, found);
  return {
    weight: Float32Array.from(found, ({ weight }) => weight),
    toS: Float32Array.from(found, ({ toS }) => toS),
    taken: Uint8Array.from(found, ({ taken }) => taken),
    row: Int32Array.from(found, ({ row }) => row),
    bin: Uint8Array.from(found, ({ bin }) => bin),
  };
}

interface Wait {
  readonly weight: number;
  readonly toS: number;
  readonly taken: number;
  readonly row: number;
  readonly bin: number;
}

function collectWaits(
  { table, posterior, groups, observations }: Sources,
  g: number,
  found: Wait[],
): void {
  const weighed = groups[g];
  if (weighed === undefined) return;
  const { group, counted, bins } = weighed;
  const { debounceS } = observations.sensors;
  const spaces = observations.stretches[group.stretch]?.numberOfSpaces ?? 0;
  if (spaces - group.sensedSpaces > 0.05) return;
  const first = indexAt(table.groupStart, g);
  const rows = Array.from(
    { length: indexAt(table.groupStart, g + 1) - first },
    (_, i) => first + i,
  );
  for (const row of rows) {
    const openedS = valueAt(table.from, row);
    if (table.openingSeen[row] === 0) continue;
    const step = Math.min(bins.length - 1, Math.floor(openedS / stepS));
    const stratum = counted.stratumOfStep[step] ?? -1;
    if (stratum < 0) continue;
    const { full, nextS } = othersAt(table, posterior, rows, row, openedS);
    const weight = full * valueAt(posterior.real, row);
    const untilS = Math.min(valueAt(table.to, row), nextS);
    // Missed takes are left out: missing one does not depend on how long the space had waited.
    const toS = Math.max(untilS, openedS + debounceS + 0.1) - openedS;
    if (full < 0.9 || weight < negligible) continue;
    found.push({
      weight,
      toS,
      taken: table.end[row] === vacancyEnd.taken && untilS < nextS ? 1 : 0,
      row: group.stretch * observations.strata + stratum,
      bin: byteAt(bins, step),
    });
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
