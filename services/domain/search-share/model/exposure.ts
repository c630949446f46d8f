import { indexAt, valueAt } from './columns.ts';
import type { VacancyTable } from './vacancies.ts';

/** How fast the searching traffic comes at a time, relative to its mean: the integral from 0, per group. */
export type PressureIntegral = (group: number, atS: number) => number;

/** Every second counts alike; used before the zone's state is known. */
export const evenPressure: PressureIntegral = (_group, atS) => atS;

/** Exposure of each vacancy, updated in place by `updateExposure`. */
export interface Exposure {
  /** One value a piece of the table: ∫ pressure / expected number of real vacancies dt, s. */
  readonly ofPiece: Float64Array;
  /** Local rate at the closing, exposure per second over the last minute. */
  readonly closingRate: Float64Array;
}

interface Knots {
  readonly start: Int32Array;
  readonly at: Float64Array;
  readonly integral: Float64Array;
}

/** Prepares the exposure of a table once; the returned function recomputes it for new weights. */
export function createExposure(table: VacancyTable, groups: number) {
  const { knots, order } = sortOpenings(table, groups);
  const exposure: Exposure = {
    ofPiece: new Float64Array(table.pieceCell.length),
    closingRate: new Float64Array(table.size),
  };
  const places = placeInKnots(table, groups, knots);
  const at = (knot: number, atS: number): number => {
    const here = valueAt(knots.at, knot);
    const value = valueAt(knots.integral, knot);
    if (knot + 1 >= knots.at.length || valueAt(knots.at, knot + 1) <= here) return value;
    const next = valueAt(knots.at, knot + 1);
    return value + ((valueAt(knots.integral, knot + 1) - value) * (atS - here)) / (next - here);
  };

  /** `presence[i]` is the probability that vacancy i is really one, over its observed life. */
  const update = (presence: Float64Array, pressure: PressureIntegral): void => {
    for (let g = 0; g < groups; g++) integrate(table, g, knots, order, presence, pressure);
    for (let row = 0; row < table.size; row++) {
      for (let p = indexAt(table.pieceStart, row); p < indexAt(table.pieceStart, row + 1); p++)
        exposure.ofPiece[p] =
          at(indexAt(places.pieceTo, p), valueAt(table.pieceTo, p)) -
          at(indexAt(places.pieceFrom, p), valueAt(table.pieceFrom, p));
      const to = valueAt(table.to, row);
      const lastMinute = Math.max(valueAt(table.from, row), to - 60);
      const grown =
        at(indexAt(places.to, row), to) - at(indexAt(places.lastMinute, row), lastMinute);
      exposure.closingRate[row] = Math.max(1e-3, grown / Math.max(1, to - lastMinute));
    }
  };
  return { exposure, update };
}

/** Openings (row) and closings (~row) of each group in time order, and the distinct times among them. */
function sortOpenings(table: VacancyTable, groups: number) {
  const order = new Int32Array(2 * table.size);
  const start = new Int32Array(groups + 1);
  const at = new Float64Array(2 * table.size + groups);
  const timeOf = (change: number): number =>
    (change < 0 ? table.to[~change] : table.from[change]) ?? 0;
  let knot = 0;
  for (let g = 0; g < groups; g++) {
    const first = indexAt(table.groupStart, g);
    const last = indexAt(table.groupStart, g + 1);
    const changes = order.subarray(2 * first, 2 * last);
    for (let row = first; row < last; row++) {
      changes[2 * (row - first)] = row;
      changes[2 * (row - first) + 1] = ~row;
    }
    changes.sort((a, b) => timeOf(a) - timeOf(b));
    start[g] = knot;
    at[knot++] = 0;
    for (const change of changes)
      if (timeOf(change) > valueAt(at, knot - 1)) at[knot++] = timeOf(change);
  }
  start[groups] = knot;
  const used = at.slice(0, knot);
  const knots: Knots = { start, at: used, integral: new Float64Array(knot) };
  return { knots, order };
}

function integrate(
  table: VacancyTable,
  group: number,
  knots: Knots,
  order: Int32Array,
  presence: Float64Array,
  pressure: PressureIntegral,
): void {
  let knot = indexAt(knots.start, group);
  let integral = 0;
  let pressureBefore = pressure(group, 0);
  let present = 0;
  const last = 2 * indexAt(table.groupStart, group + 1);
  for (let i = 2 * indexAt(table.groupStart, group); i < last; i++) {
    const change = indexAt(order, i);
    const row = change < 0 ? ~change : change;
    const at = (change < 0 ? table.to[row] : table.from[row]) ?? 0;
    if (at > valueAt(knots.at, knot)) {
      const pressureNow = pressure(group, at);
      if (present > 0) integral += (pressureNow - pressureBefore) / Math.max(1, present);
      pressureBefore = pressureNow;
      knots.integral[++knot] = integral;
    }
    present += change < 0 ? -valueAt(presence, row) : valueAt(presence, row);
  }
}

/** The knot before each time that is asked for: weights change, times do not. */
function placeInKnots(table: VacancyTable, groups: number, knots: Knots) {
  const places = {
    pieceFrom: new Int32Array(table.pieceCell.length),
    pieceTo: new Int32Array(table.pieceCell.length),
    to: new Int32Array(table.size),
    lastMinute: new Int32Array(table.size),
  };
  for (let g = 0; g < groups; g++) {
    const low = indexAt(knots.start, g);
    const high = indexAt(knots.start, g + 1) - 1;
    const find = (atS: number): number => lastNotAfter(knots.at, low, high, atS);
    for (let row = indexAt(table.groupStart, g); row < indexAt(table.groupStart, g + 1); row++) {
      const to = valueAt(table.to, row);
      places.to[row] = find(to);
      places.lastMinute[row] = find(Math.max(valueAt(table.from, row), to - 60));
      for (let p = indexAt(table.pieceStart, row); p < indexAt(table.pieceStart, row + 1); p++) {
        places.pieceFrom[p] = find(valueAt(table.pieceFrom, p));
        places.pieceTo[p] = find(valueAt(table.pieceTo, p));
      }
    }
  }
  return places;
}

function lastNotAfter(times: Float64Array, low: number, high: number, atS: number): number {
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (valueAt(times, middle) <= atS) low = middle;
    else high = middle - 1;
  }
  return low;
}
