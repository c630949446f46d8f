import type { ParkedCar } from './memory.ts';

/** Time to walk back before the stay is over. */
const warnBeforeMs = 15 * 60_000;
const minuteMs = 60_000;

export type StayState = 'free' | 'running' | 'ending' | 'over';

/** When the allowed stay ends; `null` when there is no limit. */
export const stayEndMs = ({ parkedAtMs, maxStayMin }: ParkedCar): number | null =>
  maxStayMin === null ? null : parkedAtMs + maxStayMin * minuteMs;

/** How the allowed stay stands. */
export function stayState(parked: ParkedCar, nowMs: number): StayState {
  const endMs = stayEndMs(parked);
  if (endMs === null) return 'free';
  if (nowMs >= endMs) return 'over';
  return nowMs >= endMs - warnBeforeMs ? 'ending' : 'running';
}

const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');
/** RFC 5545, 3.3.11: these characters end a text. */
const escape = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/\n/g, '\\n');

/** A calendar entry (RFC 5545) that rings before the stay is over: it works when this page is closed. */
export function toCalendar(
  parked: ParkedCar,
  words: { readonly title: string; readonly note: string },
  nowMs: number,
): string | null {
  const endMs = stayEndMs(parked);
  if (endMs === null) return null;
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Parklotse//DE',
    'BEGIN:VEVENT',
    `UID:${parked.parkedAtMs}@parklotse`,
    `DTSTAMP:${stamp(nowMs)}`,
    `DTSTART:${stamp(endMs)}`,
    `DTEND:${stamp(endMs)}`,
    `SUMMARY:${escape(words.title)}`,
    `LOCATION:${escape(parked.name)}`,
    `GEO:${parked.lat.toFixed(6)};${parked.lon.toFixed(6)}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${escape(words.note)}`,
    'TRIGGER:-PT15M',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}
