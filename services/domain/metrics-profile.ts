import { hourOfWeek } from './local-intervals.ts';
import { isTooSmall, type Place } from './metrics.ts';
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

const hourMs = 3_600_000;

/**
 * The typical week of a place from hourly roll-ups: hour × weekday in local time, 168 cells, Monday
 * first. A cell without observations is `null`, not 0.
 */
export function toProfile(rows: readonly RollUp[], place: Place, timeZone: string): ProfileCell[] {
  const cells: RollUp[][] = Array.from({ length: 168 }, () => []);
  for (const row of rows) cells[hourOfWeek(row.fromMs, timeZone)]?.push(row);
  return cells.map((own, at) => {
    const sum = (of: (row: RollUp) => number): number =>
      own.reduce((total, row) => total + of(row), 0);
    const observedMs = isTooSmall(place) ? 0 : sum((row) => row.observedMs);
    const weeks = new Set(own.filter((row) => row.observedMs > 0).map((row) => row.fromMs)).size;
    const countedMs = sum((row) => row.countedMs);
    const arrivals = sum((row) => row.arrivals);
    return {
      weekday: Math.floor(at / 24) + 1,
      hour: at % 24,
      occupancyRatio: occupancyRatio({ observedMs, occupiedMs: sum((row) => row.occupiedMs) }),
      turnoverPerSpaceHour: turnoverPerSpaceHour({ observedMs, arrivals }),
      arrivals: observedMs > 0 && weeks > 0 ? arrivals / weeks : null,
      vehiclesPerHour:
        countedMs > 0 ? sum((row) => row.vehicles ?? 0) / (countedMs / hourMs) : null,
      observedHours: observedMs / hourMs,
      weeks,
    };
  });
}
