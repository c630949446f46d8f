import type { EpochMs } from '../../ids.ts';
import { hourMs, localOffsetMs, quarterMs } from '../../local-time.ts';

/** A quarter of an hour of the local week. */
export interface WeekSlot {
  /** 0 (Monday) to 6. */
  readonly day: number;
  /** 0 to 95. */
  readonly quarter: number;
}

const quartersPerDay = 96;

/** The local quarter hour of an instant; the zone's offset is looked up once an hour of the series. */
export function createWeekClock(timeZone: string): (atMs: EpochMs) => WeekSlot {
  let knownHour = Number.NaN;
  let offsetMs = 0;
  return (atMs) => {
    const hour = Math.floor(atMs / hourMs);
    if (hour !== knownHour) {
      knownHour = hour;
      offsetMs = localOffsetMs(hour * hourMs, timeZone);
    }
    const quarters = Math.floor((atMs + offsetMs) / quarterMs);
    // 1970-01-01 was a Thursday, the fourth day of the week.
    const day = (Math.floor(quarters / quartersPerDay) + 3) % 7;
    return { day, quarter: ((quarters % quartersPerDay) + quartersPerDay) % quartersPerDay };
  };
}

export interface WeekProfile {
  /** One value for one slot, as often as the slot comes round. */
  learn(slot: WeekSlot, value: number): void;
  /** `null` until something was learnt within an hour of that time of day. */
  value(slot: WeekSlot): number | null;
  /** How much is behind the value: 0 for nothing, near 1 after many weeks. */
  trustRatio(slot: WeekSlot): number;
}

/** Weeks, days of its kind, and days a mean remembers: after that the past fades. */
const memory = { week: 8, kind: 30, day: 30 };
/** A finer mean is trusted as much as its parent after this many values. */
const parentWeight = 1;

/** What one day tells of the same weekday, of a day of its kind, of any day; half trust is at `half`. */
const evidence = { week: 1, kind: 0.3, day: 0.1, half: 5 };

/** What is usual at a time of the week, falling back on working days or weekends, then on any day. */
export function createWeekProfile(): WeekProfile {
  const means = new Float64Array(10 * quartersPerDay);
  const counts = new Float64Array(10 * quartersPerDay);
  const kindOf = (day: number): number => (day < 5 ? 7 : 8);
  const anyDay = 9;
  const learnIn = (row: number, quarter: number, value: number, limit: number): void => {
    const i = row * quartersPerDay + quarter;
    const count = Math.min((counts[i] ?? 0) + 1, limit);
    counts[i] = count;
    means[i] = (means[i] ?? 0) + (value - (means[i] ?? 0)) / count;
  };
  const refine = (row: number, quarter: number, parent: number): number => {
    const i = row * quartersPerDay + quarter;
    const count = counts[i] ?? 0;
    return (count * (means[i] ?? 0) + parentWeight * parent) / (count + parentWeight);
  };
  const nearestQuarter = (quarter: number): number | null => {
    for (const step of [0, -1, 1, -2, 2, -3, 3, -4, 4]) {
      const near = (quarter + step + quartersPerDay) % quartersPerDay;
      if ((counts[anyDay * quartersPerDay + near] ?? 0) > 0) return near;
    }
    return null;
  };
  return {
    learn({ day, quarter }, value) {
      learnIn(day, quarter, value, memory.week);
      learnIn(kindOf(day), quarter, value, memory.kind);
      learnIn(anyDay, quarter, value, memory.day);
    },
    trustRatio({ day, quarter }) {
      const near = nearestQuarter(quarter);
      if (near === null) return 0;
      const count = (row: number): number => counts[row * quartersPerDay + near] ?? 0;
      const behind =
        evidence.week * count(day) +
        evidence.kind * count(kindOf(day)) +
        evidence.day * count(anyDay);
      return behind / (behind + evidence.half);
    },
    value({ day, quarter }) {
      const near = nearestQuarter(quarter);
      if (near === null) return null;
      const usual = means[anyDay * quartersPerDay + near] ?? 0;
      return refine(day, near, refine(kindOf(day), near, usual));
    },
  };
}
