import { addAges, noAges, type AgeSums, type AgeTable } from './age-table.ts';
import type { RollUp } from './roll-up.ts';

type Ages = 'stays' | 'vacancies';
type Total = { -readonly [Key in Exclude<keyof RollUp, Ages>]: RollUp[Key] } & Record<
  Ages,
  AgeSums | null
>;

function plusAges(sums: AgeSums | null, more: AgeTable | null): AgeSums | null {
  if (more === null) return sums;
  const all = sums ?? noAges();
  addAges(all, more);
  return all;
}

/** The spaces at the end are those of the row that ends last. */
function addEnd(total: Total, row: RollUp): void {
  if (row.toMs > total.toMs) {
    total.toMs = row.toMs;
    total.numberOfSpaces = row.numberOfSpaces;
    total.occupiedAtEnd = row.occupiedAtEnd;
    total.observedAtEnd = row.observedAtEnd;
  } else if (row.toMs === total.toMs) {
    total.numberOfSpaces += row.numberOfSpaces;
    total.occupiedAtEnd += row.occupiedAtEnd;
    total.observedAtEnd += row.observedAtEnd;
  }
}

function add(total: Total, row: RollUp): void {
  addEnd(total, row);
  total.fromMs = Math.min(total.fromMs, row.fromMs);
  total.observedMs += row.observedMs;
  total.occupiedMs += row.occupiedMs;
  total.arrivals += row.arrivals;
  total.departures += row.departures;
  total.inferred += row.inferred;
  total.fullMs += row.fullMs;
  total.watchedMs += row.watchedMs;
  total.streetFullMs += row.streetFullMs;
  total.streetWatchedMs += row.streetWatchedMs;
  total.endedStayMs += row.endedStayMs;
  total.endedStays += row.endedStays;
  if (row.vehicles !== null) total.vehicles = (total.vehicles ?? 0) + row.vehicles;
  total.countedMs += row.countedMs;
}

/**
 * Rows summed by a key, whatever time and places they are of; sums add up again. Without ages the
 * tables stay unread, which are most of the work.
 */
export function totalsBy<Key>(
  rows: readonly RollUp[],
  keyOf: (row: RollUp) => Key,
  ages: 'with-ages' | 'without-ages',
): ReadonlyMap<Key, RollUp> {
  const totals = new Map<Key, Total>();
  for (const row of rows) {
    const key = keyOf(row);
    let total = totals.get(key);
    if (total) add(total, row);
    else {
      total = { ...withoutAges(row) };
      totals.set(key, total);
    }
    if (ages === 'without-ages') continue;
    total.stays = plusAges(total.stays, row.stays);
    total.vacancies = plusAges(total.vacancies, row.vacancies);
  }
  return totals;
}

/** Does not read the ages, not even to copy them. */
const withoutAges = (row: RollUp): Total => ({ ...row, stays: null, vacancies: null });
