import { germanHoliday, type CalendarDay } from './german-holidays.ts';
import type { EpochMs } from './ids.ts';

const weekdays = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const;
const holiday = 'PH';
const dayMinutes = 1440;

/** From and to in minutes after local midnight; `to` may lie on the next day. */
interface Span {
  readonly from: number;
  readonly to: number;
}
interface Rule {
  /** Indexes of `weekdays`, and `PH`. */
  readonly days: ReadonlySet<number | typeof holiday>;
  readonly spans: readonly Span[];
}

function readDays(text: string): Rule['days'] | null {
  if (text === '') return new Set(weekdays.keys());
  const days = new Set<number | typeof holiday>();
  for (const part of text.split(',').map((one) => one.trim())) {
    const [first = '', last = first] = part.split('-');
    const from = weekdays.findIndex((day) => day === first);
    const to = weekdays.findIndex((day) => day === last);
    if (part === holiday) days.add(holiday);
    else if (from < 0 || to < 0) return null;
    else for (let day = from; day <= (to < from ? to + 7 : to); day += 1) days.add(day % 7);
  }
  return days;
}

function readSpans(text: string): readonly Span[] | null {
  if (text === 'off' || text === 'closed') return [];
  const spans: Span[] = [];
  for (const part of text.split(',')) {
    const found = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/.exec(part);
    if (!found) return null;
    const [fromH = 0, fromMin = 0, toH = 0, toMin = 0] = found.slice(1).map(Number);
    const [from, to] = [fromH * 60 + fromMin, toH * 60 + toMin];
    spans.push({ from, to: to <= from ? to + dayMinutes : to });
  }
  return spans;
}

/** The weekly rules of an OSM `opening_hours` value; `null` where it says more than that. */
function readRules(text: string): readonly Rule[] | null {
  const rules: Rule[] = [];
  for (const part of text.split(';').map((one) => one.trim())) {
    const found = /^((?:[A-Z][A-Za-z](?:\s*[-,]\s*)?)*)\s*(\d.*|off|closed)$/.exec(part);
    const days = found && readDays((found[1] ?? '').trim());
    const spans = found && readSpans(found[2] ?? '');
    if (!days || !spans) return null;
    rules.push({ days, spans });
  }
  return rules;
}

const known = new Map<string, readonly Rule[] | null>();
/** Far more than an inventory has different ones. */
const mostKnown = 1_000;

function rulesOf(text: string): readonly Rule[] | null {
  let rules = known.get(text);
  if (rules === undefined) {
    if (known.size >= mostKnown) known.clear();
    rules = readRules(text);
    known.set(text, rules);
  }
  return rules;
}

/** A local moment, as opening hours speak of it. */
export interface LocalMoment {
  readonly minutes: number;
  /** Monday is 0. */
  readonly weekday: number;
  readonly today: CalendarDay;
  readonly yesterday: CalendarDay;
}

export function toLocalMoment(atMs: EpochMs, timeZone: string): LocalMoment {
  const now = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  const before = now.subtract({ days: 1 });
  return {
    minutes: now.hour * 60 + now.minute,
    weekday: now.dayOfWeek - 1,
    today: { year: now.year, month: now.month, day: now.day },
    yesterday: { year: before.year, month: before.month, day: before.day },
  };
}

/** What holds on a day: later rules replace earlier ones. `null` where it hangs on a state's own holiday. */
function spansOn(
  rules: readonly Rule[],
  weekday: number,
  day: CalendarDay,
): readonly Span[] | null {
  const ofHoliday = rules.findLast(({ days }) => days.has(holiday));
  const isHoliday = ofHoliday ? germanHoliday(day) : null;
  if (isHoliday === 'national') return ofHoliday?.spans ?? [];
  const spans = rules.findLast(({ days }) => days.has(weekday))?.spans ?? [];
  return isHoliday === 'regional' && ofHoliday?.spans !== spans ? null : spans;
}

/**
 * Whether a place is open by its OSM `opening_hours`; `null` is not known: hours that are no weekly rules,
 * or a day that is a holiday in some states only.
 */
export function isOpenAt(openingHours: string, moment: LocalMoment): boolean | null {
  const text = openingHours.trim();
  if (text === '24/7') return true;
  const rules = rulesOf(text);
  if (!rules) return null;
  const { minutes, weekday, today, yesterday } = moment;
  const now = spansOn(rules, weekday, today);
  const late = spansOn(rules, (weekday + 6) % 7, yesterday);
  if (!now || !late) return null;
  return (
    now.some(({ from, to }) => from <= minutes && minutes < to) ||
    late.some(({ to }) => minutes + dayMinutes < to)
  );
}
