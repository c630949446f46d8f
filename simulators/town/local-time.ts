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
  let lastKey = NaN;
  let last: LocalHour = { hour: 0, weekday: 1 };
  const look = (key: number): LocalHour => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const local = Temporal.Instant.fromEpochMilliseconds(key * hourMs).toZonedDateTimeISO(timeZone);
    const hour = { hour: local.hour, weekday: local.dayOfWeek };
    if (known.size > 2_000) known.clear();
    known.set(key, hour);
    return hour;
  };
  return (atMs) => {
    const key = Math.floor(atMs / hourMs);
    if (key === lastKey) return last;
    lastKey = key;
    last = look(key);
    return last;
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

const minuteMs = 60_000;
const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const threeDigits = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

/** Seconds of a world that began at `startMs` as ISO 8601; the minute is worked out once. */
export function createIsoTime(startMs: number): (atS: number) => string {
  let fromMs = NaN;
  let minute = '';
  return (atS) => {
    const atMs = startMs + Math.round(atS * 1000);
    if (!(atMs >= fromMs && atMs < fromMs + minuteMs)) {
      fromMs = Math.floor(atMs / minuteMs) * minuteMs;
      minute = new Date(fromMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm:'.length);
    }
    const inMinuteMs = atMs - fromMs;
    const s = Math.floor(inMinuteMs / 1000);
    return `${minute}${twoDigits[s]}.${threeDigits[inMinuteMs - s * 1000]}Z`;
  };
}
