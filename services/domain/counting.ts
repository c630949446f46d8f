import type { Count, CountTotal } from './observation.ts';
import { placeOf } from './recent.ts';

/** Totals and intervals of one counter that are remembered to put late ones in their place. */
const recentLimit = 16;

/** More than this on one lane cannot have passed: saturation flow of a lane is about 0.5 vehicles a second (HBS). */
const maxVehiclesPerS = 1;

/** A running counter: `sum` is everything that passed since the first total, gaps left out. */
export interface TotalTrack {
  readonly floor: { readonly last: CountTotal; readonly sum: number } | null;
  readonly recent: readonly CountTotal[];
  readonly sum: number;
}

/**
 * Vehicles between two totals; `null` when nobody can know, after a restart of the counter. Going back
 * by more than half the range, or more than can have driven by, is a restart that was not announced.
 * Totals that were lost in between cost nothing, as long as the counter did not go round meanwhile.
 */
function passedBetween(before: CountTotal, next: CountTotal): number | null {
  if (next.isBaseline) return null;
  const passed = (next.total - before.total + next.modulus) % next.modulus;
  const plausible = ((next.atMs - before.atMs) / 1000) * maxVehiclesPerS + 10;
  return passed > plausible || passed > next.modulus / 2 ? null : passed;
}

const compare = (a: CountTotal, b: CountTotal): number => a.atMs - b.atMs || a.order - b.order;

function toCount(before: CountTotal, next: CountTotal): Count[] {
  const vehicles = passedBetween(before, next);
  if (vehicles === null || next.atMs === before.atMs) return [];
  return [
    {
      devEui: next.devEui,
      target: next.target,
      direction: 'both',
      fromMs: before.atMs,
      toMs: next.atMs,
      vehicles,
      meanSpeedKmh: null,
    },
  ];
}

/** The counter after one more total, and the counts that follow from it; late totals are put in their place. */
export function reduceTotal(
  track: TotalTrack | undefined,
  next: CountTotal,
): { readonly track: TotalTrack; readonly counts: readonly Count[] } | undefined {
  if (!track) return { track: { floor: null, recent: [next], sum: 0 }, counts: [] };
  const { floor, recent } = track;
  const at = placeOf(recent, next, compare);
  if (at === undefined) return undefined;
  if (at === 0 && floor && compare(next, floor.last) <= 0) return undefined;

  const before = recent[at - 1] ?? floor?.last;
  const after = recent[at];
  const counts = [...(before ? toCount(before, next) : []), ...(after ? toCount(next, after) : [])];
  let all: readonly CountTotal[] = recent.toSpliced(at, 0, next);
  let base = floor;
  const oldest = all[0];
  if (oldest && all.length > recentLimit) {
    base = { last: oldest, sum: sumOf(floor, [oldest]) };
    all = all.slice(1);
  }
  return { track: { floor: base, recent: all, sum: sumOf(base, all) }, counts };
}

function sumOf(floor: TotalTrack['floor'], totals: readonly CountTotal[]): number {
  let sum = floor?.sum ?? 0;
  let before = floor?.last;
  for (const next of totals) {
    if (before) sum += passedBetween(before, next) ?? 0;
    before = next;
  }
  return sum;
}

/** Intervals of one direction of a counter, changed in place; `sum` is everything they counted. */
export interface IntervalTrack {
  floor: { readonly fromMs: number; readonly sum: number } | null;
  readonly recent: Interval[];
  sum: number;
}
interface Interval {
  readonly fromMs: number;
  readonly vehicles: number;
}
const compareIntervals = (a: Interval, b: Interval): number => a.fromMs - b.fromMs;

/** The same track if there was one; `undefined` for an interval that was counted before, or that is too late to tell. */
export function reduceInterval(
  track: IntervalTrack | undefined,
  { fromMs, vehicles }: Interval,
): IntervalTrack | undefined {
  const next = { fromMs, vehicles };
  if (!track) return { floor: null, recent: [next], sum: vehicles };
  const { floor, recent } = track;
  const at = placeOf(recent, next, compareIntervals);
  if (at === undefined || (floor && fromMs <= floor.fromMs)) return undefined;
  recent.splice(at, 0, next);
  track.sum += vehicles;
  const oldest = recent.length > recentLimit ? recent.shift() : undefined;
  if (oldest) track.floor = { fromMs: oldest.fromMs, sum: (floor?.sum ?? 0) + oldest.vehicles };
  return track;
}
