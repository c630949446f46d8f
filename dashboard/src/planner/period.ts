import type { Period } from './api.ts';

const dayMs = 86_400_000;

/** How far the wall clock of a zone is ahead of UTC at an instant. */
function offsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(atMs);
  const part = (type: string): number =>
    Number(parts.find((candidate) => candidate.type === type)?.value);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(atMs / 1000) * 1000;
}

/** The instant at which a local day begins; days in which clocks change included. */
function dayStartMs(year: number, month: number, day: number, timeZone: string): number {
  const utcMs = Date.UTC(year, month - 1, day);
  const guessMs = utcMs - offsetMs(utcMs, timeZone);
  return utcMs - offsetMs(guessMs, timeZone);
}

/** Year, month and day of an instant on a zone's calendar. */
function localDate(atMs: number, timeZone: string): readonly [number, number, number] {
  const wall = new Date(atMs + offsetMs(atMs, timeZone));
  return [wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate()];
}

const toPeriod = (fromMs: number, toMs: number): Period => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});

/** The last whole weeks before the day of `nowMs`: `back` 1 is the same length of time before. */
export function lastWeeks(nowMs: number, weeks: number, timeZone: string, back = 0): Period {
  const [year, month, day] = localDate(nowMs, timeZone);
  const start = (daysAgo: number): number => {
    const date = new Date(Date.UTC(year, month - 1, day) - daysAgo * dayMs);
    const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    return dayStartMs(y, m, d, timeZone);
  };
  return toPeriod(start((back + 1) * weeks * 7), start(back * weeks * 7));
}

/** A calendar month, `YYYY-MM`, as far as it has passed at the start of the day of `nowMs`. */
export function monthPeriod(yearMonth: string, nowMs: number, timeZone: string): Period {
  const [year = 0, month = 1] = yearMonth.split('-').map(Number);
  const today = dayStartMs(...localDate(nowMs, timeZone), timeZone);
  const endMs = dayStartMs(year + Math.floor(month / 12), (month % 12) + 1, 1, timeZone);
  return toPeriod(dayStartMs(year, month, 1, timeZone), Math.min(endMs, today));
}

/** The last twelve months, newest first; the current one is there once a day of it has passed. */
export function recentMonths(nowMs: number, timeZone: string): readonly string[] {
  const [year, month, day] = localDate(nowMs, timeZone);
  const first = day === 1 ? 1 : 0;
  return Array.from({ length: 12 }, (_, at) => {
    const date = new Date(Date.UTC(year, month - 1 - first - at, 1));
    return date.toISOString().slice(0, 7);
  });
}

/** Whether an instant lies in a calendar month, `YYYY-MM`, of a zone. */
export function isInMonth(atMs: number, yearMonth: string, timeZone: string): boolean {
  const [year, month] = localDate(atMs, timeZone);
  return yearMonth === `${year}-${String(month).padStart(2, '0')}`;
}
