import { addFloat, addTo, byteAt, floatAt, indexAt, valueAt } from './columns.ts';
import { stepS, type PlacedTakes } from './fullness.ts';
import { addDay, createCellSums, type CellShape, type DayCells } from './imputation.ts';
import type { StretchDay, ZoneObservations } from './observed.ts';
import { trulyFullRatio } from './partly-sensed.ts';
import type { Segment } from './vacancy-end.ts';

/** Rates learn at most this from one bin of the zone's state. */
export const clampFactor = (factor: number): number => Math.max(0.2, Math.min(8, factor));

/** What a stretch-day offers to count: which steps are in which stratum, and the vehicles of each stratum. */
export interface CountedDay {
  /** Stratum of each step; −1 where the step is not analysed or no counter reported. */
  readonly stratumOfStep: Int8Array;
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
  const stratumOfStep = new Int8Array(steps).fill(-1);
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
 * Sums takes and times of all groups into day cells, as seen. Vacancies shorter than the debounce are never
 * seen and lost uplinks hide others: free time and takes are raised for them (estimators-town.md 2.2).
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
  const lost = 1 + lostUplinkRatio;
  // Expected takes within a debounce, and by how much takes are raised for it.
  const withinDebounce = Float64Array.from({ length: rows * bins }, (_, cell) => {
    const factor = stateFactor === null ? 1 : clampFactor(stateFactor[cell % bins] ?? 1);
    return valueAt(takeRate, Math.floor(cell / bins)) * factor * debounceS;
  });
  const hiddenTakes = withinDebounce.map((x) => lost * Math.exp(x));
  const fill = (
    day: DenseDay,
    { group, counted, fullness, takes, bins: binOfStep }: WeighedGroup,
  ): void => {
    day.sensedSpaces[group.stretch] = group.sensedSpaces;
    const firstRow = group.stretch * strata;
    const cellOf = (step: number): number => {
      const stratum = counted.stratumOfStep[step] ?? -1;
      return stratum < 0 ? -1 : (firstRow + stratum) * bins + byteAt(binOfStep, step);
    };
    for (let step = 0; step < fullness.length; step++) {
      const cell = cellOf(step);
      if (cell < 0) continue;
      const raised = valueAt(hiddenTakes, cell) - lost * valueAt(withinDebounce, cell);
      const free = Math.min(1, (1 - floatAt(fullness, step)) * raised);
      addFloat(day.freeS, cell, free * stepS);
      addFloat(day.fullS, cell, (1 - free) * stepS);
    }
    const spaces = observations.stretches[group.stretch]?.numberOfSpaces ?? group.sensedSpaces;
    const allSpaces = Math.max(1, spaces / group.sensedSpaces);
    for (let i = 0; i < takes.size; i++) {
      const cell = cellOf(indexAt(takes.step, i));
      if (cell < 0) continue;
      const hidden = valueAt(hiddenTakes, cell);
      addFloat(day.takes, cell, valueAt(takes.weight, i) * allSpaces * hidden);
    }
    counted.passes.forEach((passes, stratum) => addTo(day.passes, firstRow + stratum, passes));
  };
  const groupsOf = Map.groupBy(groups, ({ group }) => group.day);
  return observations.days.map((_, d) => {
    const day = emptyDay(rows, bins, shape.stretches);
    for (const group of groupsOf.get(d) ?? []) fill(day, group);
    return listCells(day);
  });
}

/** A day with all cells, while it is filled. */
type DenseDay = Omit<DayCells, 'cell'>;

const emptyDay = (rows: number, bins: number, stretches: number): DenseDay => ({
  takes: new Float32Array(rows * bins),
  freeS: new Float32Array(rows * bins),
  fullS: new Float32Array(rows * bins),
  passes: new Float64Array(rows),
  sensedSpaces: new Float32Array(stretches),
});

function listCells(day: DenseDay): DayCells {
  const met = new Int32Array(day.takes.length);
  let size = 0;
  for (let cell = 0; cell < met.length; cell++)
    if (day.freeS[cell] !== 0 || day.fullS[cell] !== 0 || day.takes[cell] !== 0) met[size++] = cell;
  const cell = met.slice(0, size);
  const listed = (column: Float32Array): Float32Array =>
    Float32Array.from(cell, (at) => floatAt(column, at));
  return {
    ...day,
    cell,
    takes: listed(day.takes),
    freeS: listed(day.freeS),
    fullS: listed(day.fullS),
  };
}

/** A bin's full share is drawn towards its row's as if this much time of it had been seen. */
const priorTimeS = 1800;

/** The days with the part of "seen full" that was free at an unsensed space moved to free time. */
export function correctPartlySensed(
  days: readonly DayCells[],
  numberOfSpaces: readonly number[],
  shape: CellShape,
): readonly DayCells[] {
  const { strata, bins } = shape;
  const cells = numberOfSpaces.length * strata * bins;
  const sums = createCellSums(shape);
  for (const day of days) addDay(day, 1, sums);
  const { freeS: free, fullS: full } = sums;
  const moved = new Float64Array(cells);
  let stretchesMoved = 0;
  numberOfSpaces.forEach((spaces, stretch) => {
    const meanSensed = meanSensedSpaces(days, stretch);
    if (meanSensed === null || spaces - meanSensed < 1e-6) return;
    stretchesMoved++;
    for (let row = stretch * strata; row < (stretch + 1) * strata; row++)
      moveRow(row * bins, bins, { free, full, moved }, (ratio) =>
        trulyFullRatio(spaces, meanSensed, ratio),
      );
  });
  if (stretchesMoved === 0) return days;
  return days.map((day) => ({
    ...day,
    freeS: day.freeS.map(
      (s, i) => s + floatAt(day.fullS, i) * valueAt(moved, indexAt(day.cell, i)),
    ),
    fullS: day.fullS.map((s, i) => s * (1 - valueAt(moved, indexAt(day.cell, i)))),
  }));
}

/** Over the days on which the stretch was seen; `null` where it never was. */
function meanSensedSpaces(days: readonly DayCells[], stretch: number): number | null {
  let sum = 0;
  let seen = 0;
  for (const { sensedSpaces } of days) {
    const here = floatAt(sensedSpaces, stretch);
    sum += here;
    if (here > 0) seen++;
  }
  return seen === 0 ? null : sum / seen;
}

/** Fills the part to be moved of each cell of one row. */
function moveRow(
  first: number,
  bins: number,
  cells: {
    readonly free: Float64Array;
    readonly full: Float64Array;
    readonly moved: Float64Array;
  },
  trulyFull: (seenFullRatio: number) => number,
): void {
  let allFull = 0;
  let all = 0;
  for (let cell = first; cell < first + bins; cell++) {
    allFull += valueAt(cells.full, cell);
    all += valueAt(cells.full, cell) + valueAt(cells.free, cell);
  }
  if (allFull <= 0) return;
  for (let cell = first; cell < first + bins; cell++) {
    const fullHere = valueAt(cells.full, cell);
    if (fullHere <= 0) continue;
    const ratio =
      (fullHere + (priorTimeS * allFull) / all) /
      (fullHere + valueAt(cells.free, cell) + priorTimeS);
    cells.moved[cell] = 1 - trulyFull(Math.min(0.995, ratio));
  }
}
