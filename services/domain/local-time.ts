import type { EpochMs } from './ids.ts';

export const quarterMs = 900_000;
export const hourMs = 3_600_000;
/** 24 hours; a local day lasts 23 to 25. */
export const dayMs = 24 * hourMs;

/** The beginning of the local day in which `atMs` lies; days last 23 to 25 hours. */
export const localDayStart = (atMs: EpochMs, timeZone: string): EpochMs =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).startOfDay()
    .epochMilliseconds;

/** The beginning of the local day after the one in which `atMs` lies. */
export const nextLocalDayStart = (atMs: EpochMs, timeZone: string): EpochMs =>
  Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .add({ days: 1 })
    .startOfDay().epochMilliseconds;

/** `YYYY-MM-DD` of the local day in which `atMs` lies. */
export const localDate = (atMs: EpochMs, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();

/** The beginning of a local day given as `YYYY-MM-DD`; throws a RangeError for what is no date. */
export const localDateStart = (date: string, timeZone: string): EpochMs =>
  Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;

/** What local time is ahead of UTC at an instant, in ms; changes with daylight saving. */
export const localOffsetMs = (atMs: EpochMs, timeZone: string): number =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
