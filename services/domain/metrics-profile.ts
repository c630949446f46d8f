import { hourOfWeek } from './local-intervals.ts';
import { hourMs } from './local-time.ts';
import { isTooSmall, type Place } from './metrics.ts';
import { totalsBy } from './roll-up-totals.ts';
import type { RollUp } from './roll-up.ts';
import { occupancyRatio, turnoverPerSpaceHour } from './session.ts';

/** One hour of the local week, over all weeks looked at. */
export interface ProfileCell {
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly occupancyRatio: number | null;
  readonly turnoverPerSpaceHour: number | null;
  /** Arrivals a week, and vehicles an hour where counted. */
  readonly arrivals: number | null;
  readonly vehiclesPerHour: number | null;
  /** Observed space-hours, and weeks that have some. */
  readonly observedHours: number;
  readonly weeks: number;
}

/** What happened in one hour of the local week; times in ms. */
interface HourSums {
  observedMs: number;
  occupiedMs: number;
  arrivals: number;
  vehicles: number;
  countedMs: number;
  /** Hours with any observed space: weeks. */
  weeks: number;
}

/** Hourly roll-ups by hour of the local week, and all together; sums of consecutive times add up. */
export interface WeekSums {
  /** 168, Monday first. */
  readonly hours: readonly Readonly<HourSums>[];
  /** With ages; `null` without any row. */
  readonly total: RollUp | null;
}

const noHours = (): HourSums[] =>
  Array.from({ length: 168 }, () => ({
    observedMs: 0,
    occupiedMs: 0,
    arrivals: 0,
    vehicles: 0,
    countedMs: 0,
    weeks: 0,
  }));
const totalOf = (rows: readonly RollUp[]): RollUp | null =>
  totalsBy(rows, () => '', 'with-ages').get('') ?? null;

/** Rows of one or of several places, in the order of time; the hour that a night has twice counts for both. */
export function sumWeek(rows: readonly RollUp[], timeZone: string): WeekSums {
  const hours = noHours();
  let atMs = Number.NaN;
  let hour: HourSums | undefined;
  let isCounted = false;
  for (const row of rows) {
    if (row.fromMs !== atMs) {
      atMs = row.fromMs;
      hour = hours[hourOfWeek(atMs, timeZone)];
      isCounted = false;
    }
    if (!hour) continue;
    hour.observedMs += row.observedMs;
    hour.occupiedMs += row.occupiedMs;
    hour.arrivals += row.arrivals;
    hour.vehicles += row.vehicles ?? 0;
    hour.countedMs += row.countedMs;
    // Several places in one hour are still one week.
    if (row.observedMs > 0 && !isCounted) {
      hour.weeks += 1;
      isCounted = true;
    }
  }
  return { hours, total: totalOf(rows) };
}

/** Sums of consecutive times, together. */
export function addWeeks(parts: readonly WeekSums[]): WeekSums {
  const hours = noHours();
  for (const part of parts)
    for (const [at, more] of part.hours.entries()) {
      const sum = hours[at];
      if (!sum) continue;
      for (const key of [
        'observedMs',
        'occupiedMs',
        'arrivals',
        'vehicles',
        'countedMs',
        'weeks',
      ] as const)
        sum[key] += more[key];
    }
  return { hours, total: totalOf(parts.flatMap(({ total }) => total ?? [])) };
}

/**
 * The typical week of a place: hour × weekday in local time, 168 cells, Monday first. A cell without
 * observations is `null`, not 0.
 */
export const toProfile = ({ hours }: WeekSums, place: Place): ProfileCell[] =>
  hours.map(({ arrivals, vehicles, countedMs, weeks, ...sums }, at) => {
    const observedMs = isTooSmall(place) ? 0 : sums.observedMs;
    return {
      weekday: Math.floor(at / 24) + 1,
      hour: at % 24,
      occupancyRatio: occupancyRatio({ observedMs, occupiedMs: sums.occupiedMs }),
      turnoverPerSpaceHour: turnoverPerSpaceHour({ observedMs, arrivals }),
      arrivals: observedMs > 0 && weeks > 0 ? arrivals / weeks : null,
      vehiclesPerHour: countedMs > 0 ? vehicles / (countedMs / hourMs) : null,
      observedHours: observedMs / hourMs,
      weeks,
    };
  });
