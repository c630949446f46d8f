import { m } from '../paraglide/messages.js';
import type { Locale } from '../ui/locale.svelte.ts';

const germanDays: Readonly<Record<string, string>> = {
  Mo: 'Mo',
  Tu: 'Di',
  We: 'Mi',
  Th: 'Do',
  Fr: 'Fr',
  Sa: 'Sa',
  Su: 'So',
  PH: 'Feiertage',
  SH: 'Schulferien',
  off: 'geschlossen',
  closed: 'geschlossen',
};
const englishDays: Readonly<Record<string, string>> = {
  Mo: 'Mon',
  Tu: 'Tue',
  We: 'Wed',
  Th: 'Thu',
  Fr: 'Fri',
  Sa: 'Sat',
  Su: 'Sun',
  PH: 'public holidays',
  SH: 'school holidays',
  off: 'closed',
};

/** OSM opening hours in the page's words; "24/7" becomes "immer geöffnet". Rules stay as they are written. */
export function formatOpeningHours(hours: string, locale: Locale): string {
  if (hours.trim() === '24/7') return m.hours_always();
  const words = locale === 'de' ? germanDays : englishDays;
  return hours
    .replace(/\s*-\s*/g, '–')
    .replace(/\b(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|off|closed)\b/g, (word) => words[word] ?? word)
    .replace(/\s*;\s*/g, '; ');
}
