import { addFigures, addTable, type RollUpSum } from './roll-up-add.ts';
import type { RollUp } from './roll-up.ts';

/** The spaces at the end are those of the row that ends last. */
function addEnd(total: RollUpSum, row: RollUp): void {
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

function add(total: RollUpSum, row: RollUp): void {
  addEnd(total, row);
  total.fromMs = Math.min(total.fromMs, row.fromMs);
  addFigures(total, row);
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
  const totals = new Map<Key, RollUpSum>();
  for (const row of rows) {
    const key = keyOf(row);
    let total = totals.get(key);
    if (total) add(total, row);
    else {
      total = withoutAges(row);
      totals.set(key, total);
    }
    if (ages === 'without-ages') continue;
    total.stays = addTable(total.stays, row.stays);
    total.vacancies = addTable(total.vacancies, row.vacancies);
  }
  return totals;
}

/** Does not read the ages, not even to copy them. */
const withoutAges = (row: RollUp): RollUpSum => ({ ...row, stays: null, vacancies: null });
