import type { TypicalWeek } from '../../../services/contract/metrics.ts';
import { m } from '../paraglide/messages.js';
import type { Locale } from '../ui/locale.svelte.ts';

/** How full a site usually is on one day of the week. */
export interface TypicalDay {
  /** "Samstag" */
  readonly name: string;
  /** Of 24 hours, occupied tenths, 0 to 10; `null` where nothing is known. */
  readonly tenths: readonly (number | null)[];
  /** The hour it is now. */
  readonly hour: number;
  /** Of how many such days it is made. */
  readonly weeks: number;
}

/** Monday is 1; a Monday of 1970 for its name. */
const nameOf = (weekday: number, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(
    (weekday + 3) * 86_400_000,
  );

/** Today, by the clocks of the town; `null` while nothing is known of such a day. */
export function findTypicalDay(
  { days, timeZone }: TypicalWeek,
  nowMs: number,
  locale: Locale,
): TypicalDay | null {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(nowMs);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1;
  const day = days.find((one) => one.weekday === weekday);
  if (day === undefined || day.occupancyRatios.every((ratio) => ratio === null)) return null;
  return {
    name: nameOf(weekday, locale),
    tenths: day.occupancyRatios.map((ratio) => (ratio === null ? null : Math.round(ratio * 10))),
    hour: Number(part('hour')),
    weeks: day.weeks,
  };
}

/** "5 von 10 belegt" */
export const tenthsText = (tenths: number | null): string =>
  tenths === null ? m.typical_unknown() : m.typical_tenths({ n: tenths });

/** "11 Uhr", "11:00" */
export const hourText = (hour: number): string => m.typical_hour({ hour });

/** What the bars show, in a sentence: when it is fullest, and when emptiest by day. */
export function summarise({ tenths }: TypicalDay): string {
  const known = tenths.flatMap((value, hour) => (value === null ? [] : [{ value, hour }]));
  const byDay = known.filter(({ hour }) => hour >= 6 && hour < 22);
  const [emptiest] = (byDay.length > 0 ? byDay : known).toSorted((a, b) => a.value - b.value);
  const [fullest] = known.toSorted((a, b) => b.value - a.value);
  if (fullest === undefined || emptiest === undefined) return m.typical_unknown();
  if (fullest.value === emptiest.value) return m.typical_even({ n: fullest.value });
  return m.typical_summary({
    full: hourText(fullest.hour),
    empty: hourText(emptiest.hour),
    fullTenths: fullest.value,
    emptyTenths: emptiest.value,
  });
}
