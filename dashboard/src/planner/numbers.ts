import { m } from '../paraglide/messages.js';
import { tagOf } from '../ui/format.ts';
import type { Locale } from '../ui/locale.svelte.ts';

/** Shown where nothing is known; read out as such. */
export const unknownMark = '–';

/** Whole percent; below ten with a decimal, unless it is a whole number anyway. */
function toPercentNumber(ratio: number, locale: Locale): string {
  const percent = ratio * 100;
  const isWhole = Math.abs(percent - Math.round(percent)) < 1e-6;
  const digits = Math.abs(percent) < 9.95 && !isWhole ? 1 : 0;
  return new Intl.NumberFormat(tagOf(locale), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(percent);
}

const percentSign = (locale: Locale): string => (locale === 'de' ? '\u00a0%' : '%');

/** "24 %"; below ten percent with a decimal, "8,3 %". */
export const formatPercent = (ratio: number | null, locale: Locale): string =>
  ratio === null ? unknownMark : toPercentNumber(ratio, locale) + percentSign(locale);

/** "21–27 %". */
export function formatBand([low, high]: readonly [number, number], locale: Locale): string {
  const range = m.plan_range({
    low: toPercentNumber(low, locale),
    high: toPercentNumber(high, locale),
  });
  return range + percentSign(locale);
}

/** Difference of two ratios in percentage points with its sign: "−5,0 Punkte". */
export function formatPoints(ratio: number, locale: Locale): string {
  const number = new Intl.NumberFormat(tagOf(locale), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  return m.plan_points({ n: number.format(ratio * 100).replace('-', '−') });
}

/** A count or a measured number with at most `digits` decimals. */
export function formatNumber(value: number | null, locale: Locale, digits = 0): string {
  if (value === null) return unknownMark;
  return new Intl.NumberFormat(tagOf(locale), { maximumFractionDigits: digits }).format(value);
}

/** A measured number with exactly `digits` decimals, so that "4,0" stands beside "4,8". */
export const formatFixed = (value: number | null, locale: Locale, digits: number): string =>
  value === null
    ? unknownMark
    : new Intl.NumberFormat(tagOf(locale), {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value);

/** Whole minutes, for spreadsheets. */
export const toMinutes = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : Math.round(ms / 60_000);

/** Whole minutes: "47 min", "2 h 5 min". */
export function formatDuration(ms: number | null): string {
  if (ms === null) return unknownMark;
  const minutes = Math.round(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** "21.11.2026" of an instant, by the deployment's clock. */
export function formatDay(at: string | number, timeZone: string, locale: Locale): string {
  return new Intl.DateTimeFormat(tagOf(locale), {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone,
  }).format(new Date(at));
}

/** First and last day of a half-open interval: "01.11.2026 bis 21.11.2026". */
export function formatPeriod(from: string, to: string, timeZone: string, locale: Locale): string {
  const last = Date.parse(to) - 1;
  const [first, end] = [formatDay(from, timeZone, locale), formatDay(last, timeZone, locale)];
  return first === end ? first : m.plan_period({ from: first, to: end });
}

/** "November 2026". */
export function formatMonth(at: string | number, timeZone: string, locale: Locale): string {
  return new Intl.DateTimeFormat(tagOf(locale), {
    month: 'long',
    year: 'numeric',
    timeZone,
  }).format(new Date(at));
}
