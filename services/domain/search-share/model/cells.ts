import { addTo, byteAt, floatAt, indexAt, valueAt } from './columns.ts';
import { stepS, type PlacedTakes } from './fullness.ts';
import type { CellShape, DayCells } from './imputation.ts';
import type { StretchDay, ZoneObservations } from './observed.ts';
import { trulyFullRatio } from './partly-sensed.ts';
import type { Segment } from './vacancy-end.ts';

/** Rates learn at most this from one bin of the zone's state. */
export const clampFactor = (factor: number): number => Math.max(0.2, Math.min(8, factor));

/** What a stretch-day offers to count: which steps are in which stratum, and the vehicles of each stratum. */
export interface CountedDay {
  /** Stratum of each step; −1 where the step is not analysed or no counter reported. */
  readonly stratumOfStep: Int16Array;
  /** Vehicles by stratum, corrected for undercount. */
  readonly passes: Float64Array;
}

/** Hours without counts are no exposure: they are left out of takes, times and passes alike. */
export function countedDay(
  group: StretchDay,
  segments: readonly Segment[],
  steps: number,
  strata: number,
  undercountRatio: number,
): CountedDay {
  const stratumOfStep = new Int16Array(steps).fill(-1);
  const passes = new Float64Array(strata);
  for (const { fromS, toS, stratum } of segments)
    for (const count of group.counts) {
      const from = Math.max(fromS, count.fromS);
      const to = Math.min(toS, count.toS);
      if (to <= from) continue;
      const share = (to - from) / (count.toS - count.fromS);
      passes[stratum] = valueAt(passes, stratum) + (share * count.vehicles) / (1 - undercountRatio);
      const last = Math.min(steps, Math.round(to / stepS));
      stratumOfStep.fill(stratum, Math.max(0, Math.round(from / stepS)), last);
    }
  return { stratumOfStep, passes };
}

/** What one stretch-day looks like after the mixture. */
export interface WeighedGroup {
  readonly group: StretchDay;
  readonly counted: CountedDay;
  readonly fullness: Float32Array;
  readonly takes: PlacedTakes;
  readonly bins: Uint8Array;
}

/**
 * Sums takes and times of all groups into day cells. Vacancies shorter than the debounce are never seen
 * and lost uplinks hide others: free time and takes are raised for them (estimators-town.md 2.2).
 */
export function fillCells(
  observations: ZoneObservations,
  groups: readonly WeighedGroup[],
  shape: CellShape,
  takeRate: Float64Array,
  stateFactor: Float64Array | null,
): DayCells[] {
  const { strata, bins } = shape;
  const rows = shape.stretches * strata;
  const { debounceS, lostUplinkRatio } = observations.sensors;
  const days = observations.days.map(() => ({
    takes: new Float64Array(rows * bins),
    freeS: new Float64Array(rows * bins),
    fullS: new Float64Array(rows * bins),
    passes: new Float64Array(rows),
  }));
  const lost = 1 + lostUplinkRatio;
  // Expected takes within a debounce, and by how much takes are raised for it.
  const withinDebounce = Float64Array.from({ length: rows * bins }, (_, cell) => {
    const factor = stateFactor === null ? 1 : clampFactor(stateFactor[cell % bins] ?? 1);
    return valueAt(takeRate, Math.floor(cell / bins)) * factor * debounceS;
  });
  const hiddenTakes = withinDebounce.map((x) => lost * Math.exp(x));
  for (const { group, counted, fullness, takes, bins: binOfStep } of groups) {
    const day = days[group.day];
    if (day === undefined) continue;
    const firstRow = group.stretch * strata;
    const cellOf = (step: number): number => {
      const stratum = counted.stratumOfStep[step] ?? -1;
      return stratum < 0 ? -1 : (firstRow + stratum) * bins + byteAt(binOfStep, step);
    };
    for (let step = 0; step < fullness.length; step++) {
      const cell = cellOf(step);
      if (cell < 0) continue;
      const x = valueAt(withinDebounce, cell);
      const free = Math.min(1, (1 - floatAt(fullness, step)) * (valueAt(hiddenTakes, cell) - lost * x));
      addTo(day.freeS, cell, free * stepS);
      addTo(day.fullS, cell, (1 - free) * stepS);
    }
    const spaces = observations.stretches[group.stretch]?.numberOfSpaces ?? group.sensedSpaces;
    const allSpaces = Math.max(1, spaces / group.sensedSpaces);
    for (let i = 0; i < takes.size; i++) {
      const cell = cellOf(indexAt(takes.step, i));
      if (cell < 0) continue;
      addTo(day.takes, cell, valueAt(takes.weight, i) * allSpaces * valueAt(hiddenTakes, cell));
    }
    counted.passes.forEach((passes, stratum) => addTo(day.passes, firstRow + stratum, passes));
  }
  correctPartlySensed(observations, groups, days, shape);
  return days;
}

/** A bin's full share is drawn towards its row's as if this much time of it had been seen. */
const priorTimeS = 1800;

/** Moves the part of "seen full" that was free at an unsensed space from full to free time, in place. */
function correctPartlySensed(
  observations: ZoneObservations,
  groups: readonly WeighedGroup[],
  days: readonly DayCells[],
  { stretches, strata, bins }: CellShape,
): void {
  const sensed = new Float64Array(stretches);
  const seen = new Float64Array(stretches);
  for (const { group } of groups) {
    addTo(sensed, group.stretch, group.sensedSpaces);
    addTo(seen, group.stretch, 1);
  }
  const total = (cells: 'freeS' | 'fullS', at: number): number =>
    days.reduce((sum, day) => sum + (day[cells][at] ?? 0), 0);
  observations.stretches.forEach(({ numberOfSpaces }, stretch) => {
    if (seen[stretch] === 0) return;
    const meanSensed = valueAt(sensed, stretch) / (seen[stretch] ?? 1);
    if (numberOfSpaces - meanSensed < 1e-6) return;
    for (let row = stretch * strata; row < (stretch + 1) * strata; row++) {
      const free = Float64Array.from({ length: bins }, (_, b) => total('freeS', row * bins + b));
      const full = Float64Array.from({ length: bins }, (_, b) => total('fullS', row * bins + b));
      const allFull = full.reduce((sum, s) => sum + s, 0);
      if (allFull <= 0) continue;
      const rowRatio = allFull / (allFull + free.reduce((sum, s) => sum + s, 0));
      for (let b = 0; b < bins; b++) {
        const fullHere = valueAt(full, b);
        if (fullHere <= 0) continue;
        const ratio =
          (fullHere + priorTimeS * rowRatio) / (fullHere + valueAt(free, b) + priorTimeS);
        const kept = trulyFullRatio(numberOfSpaces, meanSensed, Math.min(0.995, ratio));
        for (const day of days) moveToFree(day, row * bins + b, 1 - kept);
      }
    }
  });
}

function moveToFree(day: DayCells, cell: number, part: number): void {
  const moved = valueAt(day.fullS, cell) * part;
  addTo(day.fullS, cell, -moved);
  addTo(day.freeS, cell, moved);
}
