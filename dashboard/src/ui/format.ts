import { m } from '../paraglide/messages.js';
import type { Locale } from './locale.svelte.ts';

const minuteMs = 60_000;

/** With a country: English dates and money are written as in Britain, the day before the month. */
export const tagOf = (locale: Locale): string => (locale === 'de' ? 'de-DE' : 'en-GB');

/** "120 m" below a kilometre (steps of 10 m), "1,2 km" above. */
export function formatDistance(distanceM: number, locale: Locale): string {
  if (distanceM < 995) return `${Math.max(10, Math.round(distanceM / 10) * 10)} m`;
  const km = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${km.format(distanceM / 1000)} km`;
}

/** Length of a measure in metres with two digits, as on the sign: "2,00 m". */
export function formatHeight(heightM: number, locale: Locale): string {
  const metres = new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return `${metres.format(heightM)} m`;
}

/** "2,00 €" in German, "€2.00" in English. */
export function formatEuros(euros: number, locale: Locale): string {
  const money = new Intl.NumberFormat(tagOf(locale), {
    style: 'currency',
    currency: 'EUR',
  });
  return money.format(euros);
}

/** A budget in whole euros: "120.000 €" in German, "€120,000" in English. */
export function formatBudget(euros: number, locale: Locale): string {
  const money = new Intl.NumberFormat(tagOf(locale), {
    style: 'currency',
    currency: 'EUR',
    maximumFractionDigits: 0,
  });
  return money.format(euros);
}

/** Whole minutes up to 90, then hours: "90 min", "2 h", "2 h 30 min". */
export function formatStay(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (minutes < 60 || (minutes <= 90 && rest !== 0)) return `${minutes} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** How long ago, in words without false precision; negative ages (clock skew) count as just now. */
export function formatAge(ageMs: number): string {
  const minutes = Math.floor(ageMs / minuteMs);
  if (minutes < 1) return m.age_now();
  if (minutes < 60) return m.age_minutes({ n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return m.age_hours({ n: hours });
  return m.age_days({ n: Math.floor(hours / 24) });
}

/** Wall-clock time of the deployment, "14:32"; with the date when it is not today. */
export function formatTime(atMs: number, nowMs: number, timeZone: string, locale: Locale): string {
  const tag = tagOf(locale);
  const day = new Intl.DateTimeFormat(tag, { day: '2-digit', month: '2-digit', timeZone });
  const time = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', timeZone });
  const isToday = day.format(atMs) === day.format(nowMs);
  return isToday ? time.format(atMs) : `${day.format(atMs)}, ${time.format(atMs)}`;
}
