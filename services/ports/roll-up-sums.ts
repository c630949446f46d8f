import type { WeekSums } from '../domain/metrics-profile.ts';
import type { RollUp } from '../domain/roll-up.ts';
import type { TimeRange } from './history-store.ts';

/** Half-open; rows are found by the beginning of their interval. */
interface Places extends TimeRange {
  readonly scope: RollUp['scope'];
  /** All places of the scope when absent. */
  readonly ids?: readonly string[];
}

/**
 * Sums of roll-ups over long times, for whoever asks about a year: equal to the sums of what
 * `HistoryStore.rollUps` answers at the same moment, but most of them are known already.
 */
export interface RollUpSums {
  /** One sum a place, of its days. */
  totals(query: Places): Promise<readonly RollUp[]>;
  /** One sum a day over all of these places, in the order of time; ages are left out. */
  days(query: Places): Promise<readonly RollUp[]>;
  /** Their hours by hour of the local week. */
  week(query: Places): Promise<WeekSums>;
}
