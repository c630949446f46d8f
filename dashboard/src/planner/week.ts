import type { Locale } from '../ui/locale.svelte.ts';

/** One hour of the week in a heat map. */
export interface HeatCell {
  readonly value: number | null;
  readonly weeks: number;
  /** Less than four fifths of the hour's space-time was observed. */
  readonly isLowData: boolean;
}

/** Monday is 0. */
export const weekdays: readonly number[] = [0, 1, 2, 3, 4, 5, 6];
export const hours: readonly number[] = Array.from({ length: 24 }, (_, hour) => hour);

/** 5 January 1970 was a Monday. */
const mondayMs = 4 * 86_400_000;

/** "Mo" or "Montag", Monday is 0. */
export function weekdayName(weekday: number, length: 'short' | 'long', locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: length, timeZone: 'UTC' });
  return format.format(mondayMs + weekday * 86_400_000);
}
