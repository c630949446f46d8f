import type { EpochMs } from './ids.ts';
import { hourMs, localDayStart, quarterMs } from './local-time.ts';
import type { RollUpStep } from './roll-up.ts';

/** What figures are asked for by. Weeks begin on Monday (ISO 8601), days, weeks and months are local. */
export type MetricStep = RollUpStep | 'week' | 'month';

export interface Interval {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** The roll-ups that add up to a step. */
export const rollUpStepOf = (step: MetricStep): RollUpStep =>
  step === 'week' || step === 'month' ? 'day' : step;

const zoned = (atMs: EpochMs, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);

/** The beginning of the interval of `step` in which `atMs` lies. */
export function intervalStart(atMs: EpochMs, step: MetricStep, timeZone: string): EpochMs {
  switch (step) {
    case '15min':
      return Math.floor(atMs / quarterMs) * quarterMs;
    case 'hour':
      return Math.floor(atMs / hourMs) * hourMs;
    case 'day':
      return localDayStart(atMs, timeZone);
    case 'week': {
      const local = zoned(atMs, timeZone);
      return local.subtract({ days: local.dayOfWeek - 1 }).startOfDay().epochMilliseconds;
    }
    case 'month':
      return zoned(atMs, timeZone).with({ day: 1 }).startOfDay().epochMilliseconds;
  }
}

/** The end of the interval that begins at `startMs`. */
export function intervalEnd(startMs: EpochMs, step: MetricStep, timeZone: string): EpochMs {
  switch (step) {
    case '15min':
      return startMs + quarterMs;
    case 'hour':
      return startMs + hourMs;
    case 'day':
    case 'week':
    case 'month': {
      const lasts = { day: { days: 1 }, week: { weeks: 1 }, month: { months: 1 } }[step];
      return zoned(startMs, timeZone).add(lasts).startOfDay().epochMilliseconds;
    }
  }
}

/** Consecutive intervals that cover `[fromMs, toMs)`; the first and the last may reach beyond it. */
export function intervalsOf(range: Interval, step: MetricStep, timeZone: string): Interval[] {
  const intervals: Interval[] = [];
  let fromMs = intervalStart(range.fromMs, step, timeZone);
  while (fromMs < range.toMs) {
    const toMs = intervalEnd(fromMs, step, timeZone);
    intervals.push({ fromMs, toMs });
    fromMs = toMs;
  }
  return intervals;
}

/** The hour of the local week, 0 (Monday 0 to 1) to 167; the hour that a night has twice counts for both. */
export function hourOfWeek(atMs: EpochMs, timeZone: string): number {
  const local = zoned(atMs, timeZone);
  return (local.dayOfWeek - 1) * 24 + local.hour;
}
