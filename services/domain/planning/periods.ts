import type { EpochMs } from '../ids.ts';
import { intervalsOf, type Interval } from '../local-intervals.ts';

/** Local days from `fromMs` to `toMs`, both beginnings of days. */
export const daysOf = (range: Interval, timeZone: string): EpochMs[] =>
  intervalsOf(range, 'day', timeZone).map(({ fromMs }) => fromMs);

/** Equally many whole weeks before and after a change, so that weekdays and hours are the same. */
export interface Windows {
  readonly before: Interval;
  readonly after: Interval;
  readonly weeks: number;
}

const mostWeeks = 8;

/**
 * The longest comparison the history allows: up to eight whole weeks on both sides of `changeMs`,
 * `null` with less than one. `known` is what the history covers, in whole local days.
 */
export function windowsAround(
  changeMs: EpochMs,
  untilMs: EpochMs | null,
  known: Interval,
  timeZone: string,
): Windows | null {
  const afterEndMs = Math.min(known.toMs, untilMs ?? Infinity);
  const daysBefore =
    changeMs > known.fromMs ? daysOf({ fromMs: known.fromMs, toMs: changeMs }, timeZone) : [];
  const daysAfter =
    afterEndMs > changeMs ? daysOf({ fromMs: changeMs, toMs: afterEndMs }, timeZone) : [];
  const weeks = Math.min(
    mostWeeks,
    Math.floor(daysBefore.length / 7),
    Math.floor(daysAfter.length / 7),
  );
  if (weeks < 1) return null;
  return {
    weeks,
    before: { fromMs: daysBefore.at(-7 * weeks) ?? known.fromMs, toMs: changeMs },
    after: { fromMs: changeMs, toMs: daysAfter[7 * weeks] ?? afterEndMs },
  };
}
