/** An hour as the clock on the wall shows it. */
export interface LocalHour {
  readonly hour: number;
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
}

const hourMs = 3_600_000;

/** The local hour at an instant; remembered by the hour, because it is asked for every car. */
export function createLocalTime(timeZone: string): (atMs: number) => LocalHour {
  const known = new Map<number, LocalHour>();
  return (atMs) => {
    const key = Math.floor(atMs / hourMs);
    const found = known.get(key);
    if (found !== undefined) return found;
    const local = Temporal.Instant.fromEpochMilliseconds(key * hourMs).toZonedDateTimeISO(timeZone);
    const hour = { hour: local.hour, weekday: local.dayOfWeek };
    if (known.size > 2_000) known.clear();
    known.set(key, hour);
    return hour;
  };
}

/** Local `hour`:00 on the day that lies `days` days before the one of `atMs`. */
export function localTimeBefore(
  atMs: number,
  days: number,
  hour: number,
  timeZone: string,
): { readonly atMs: number; readonly date: string } {
  const day = Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .subtract({ days });
  const at = day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from({ hour }) });
  return { atMs: at.epochMilliseconds, date: day.toString() };
}
