import { addAges, noAges, type AgeSums, type AgeTable } from './age-table.ts';
import type { EpochMs } from './ids.ts';
import type { RollUp, RollUpStep } from './roll-up.ts';

/** A roll-up while it is being summed. */
export type RollUpSum = { -readonly [Key in Exclude<keyof RollUp, Ages>]: RollUp[Key] } & Record<
  Ages,
  AgeSums | null
>;
type Ages = 'stays' | 'vacancies';

/** Nothing was observed, nothing happened and nothing was counted: such an interval gets no row. */
export const isEmpty = (sum: RollUp): boolean =>
  sum.observedMs === 0 && sum.arrivals + sum.departures === 0 && sum.vehicles === null;

/** Adds what is a sum over time and spaces; not the ages, and not how it was at the end. */
export function addFigures(sum: RollUpSum, row: RollUp): void {
  sum.observedMs += row.observedMs;
  sum.occupiedMs += row.occupiedMs;
  sum.arrivals += row.arrivals;
  sum.departures += row.departures;
  sum.inferred += row.inferred;
  sum.fullMs += row.fullMs;
  sum.watchedMs += row.watchedMs;
  sum.streetFullMs += row.streetFullMs;
  sum.streetWatchedMs += row.streetWatchedMs;
  sum.endedStayMs += row.endedStayMs;
  sum.endedStays += row.endedStays;
  if (row.vehicles !== null) sum.vehicles = (sum.vehicles ?? 0) + row.vehicles;
  sum.countedMs += row.countedMs;
}

/** The sum of both; `null` adds nothing. */
export function addTable(sums: AgeSums | null, more: AgeTable | null): AgeSums | null {
  if (more === null) return sums;
  const all = sums ?? noAges();
  addAges(all, more);
  return all;
}

/** Sums that grow: one roll-up for each place. */
export interface AddingUp {
  /** Rows in the order of their time, of the interval and finer than it. */
  add(rows: Iterable<RollUp>): void;
  rows(): readonly RollUp[];
}

/**
 * Adds up consecutive roll-ups of an interval that need not be there at once: every figure is a sum over
 * time, so that nothing is lost on the way up.
 */
export function createAddingUp(step: RollUpStep, fromMs: EpochMs, toMs: EpochMs): AddingUp {
  const sums = new Map<string, RollUpSum>();
  const add = (row: RollUp): void => {
    const key = `${row.scope}|${row.id}`;
    const sum = sums.get(key);
    if (!sum) {
      const { stays, vacancies } = row;
      sums.set(key, {
        ...row,
        step,
        fromMs,
        toMs,
        // What was known before the end is not known at the end.
        ...(row.toMs < toMs && { occupiedAtEnd: 0, observedAtEnd: 0 }),
        stays: addTable(null, stays),
        vacancies: addTable(null, vacancies),
      });
      return;
    }
    sum.numberOfSpaces = row.numberOfSpaces;
    if (row.toMs === toMs) {
      sum.occupiedAtEnd = row.occupiedAtEnd;
      sum.observedAtEnd = row.observedAtEnd;
    }
    sum.stays = addTable(sum.stays, row.stays);
    sum.vacancies = addTable(sum.vacancies, row.vacancies);
    addFigures(sum, row);
  };
  return {
    add(rows) {
      for (const row of rows) add(row);
    },
    rows: () => [...sums.values()],
  };
}

/** One roll-up for each place from consecutive finer ones of the interval. */
export function addUp(
  rows: readonly RollUp[],
  step: RollUpStep,
  fromMs: EpochMs,
  toMs: EpochMs,
): readonly RollUp[] {
  const adding = createAddingUp(step, fromMs, toMs);
  adding.add(rows);
  return adding.rows();
}
