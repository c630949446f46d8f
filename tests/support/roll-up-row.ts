import type { RollUp } from '../../services/domain/roll-up.ts';

/** A roll-up of a place in which nothing was observed, apart from what is said. */
export const rollUpRow = (
  more: Partial<RollUp> & Pick<RollUp, 'scope' | 'id' | 'step' | 'fromMs' | 'toMs'>,
): RollUp => ({
  numberOfSpaces: 0,
  observedMs: 0,
  occupiedMs: 0,
  arrivals: 0,
  departures: 0,
  inferred: 0,
  occupiedAtEnd: 0,
  observedAtEnd: 0,
  fullMs: 0,
  watchedMs: 0,
  streetFullMs: 0,
  streetWatchedMs: 0,
  endedStayMs: 0,
  endedStays: 0,
  stays: null,
  vacancies: null,
  vehicles: null,
  countedMs: 0,
  ...more,
});
