import { hourMs, localDayStart, nextLocalDayStart } from '../local-time.ts';
import type { EpochMs } from '../ids.ts';
import type { DayPlan } from './model/observed.ts';

/** A local day, with its analysed time cut into strata. */
export interface PlannedDay extends DayPlan {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Three-hour blocks of the local day, working days and weekends apart. */
export const strataOfWeek = 16;
const blocks = 8;

/** The stratum of a moment: 0–7 on Monday to Friday, 8–15 at weekends. */
function stratumOf(atMs: EpochMs, timeZone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  return (local.dayOfWeek > 5 ? blocks : 0) + Math.floor(local.hour / 3);
}

/** The local days from one moment to another; every day lasts 23 to 25 hours. */
export function planDays(fromMs: EpochMs, toMs: EpochMs, timeZone: string): PlannedDay[] {
  const days: PlannedDay[] = [];
  let startMs = localDayStart(fromMs, timeZone);
  while (startMs < toMs) {
    const endMs = nextLocalDayStart(startMs, timeZone);
    const segments: { fromS: number; toS: number; stratum: number }[] = [];
    for (let hourStartMs = startMs; hourStartMs < endMs; hourStartMs += hourMs) {
      const stratum = stratumOf(hourStartMs, timeZone);
      const fromS = (hourStartMs - startMs) / 1000;
      const toS = (Math.min(endMs, hourStartMs + hourMs) - startMs) / 1000;
      const last = segments.at(-1);
      if (last?.stratum === stratum) last.toS = toS;
      else segments.push({ fromS, toS, stratum });
    }
    days.push({ fromMs: startMs, toMs: endMs, durationS: (endMs - startMs) / 1000, segments });
    startMs = endMs;
  }
  return days;
}
