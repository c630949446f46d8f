import { dayBootstrap, logInterval, t975, type Interval } from './model/interval.ts';
import type { Random } from './model/random.ts';
import { searchVirtually, type SearchWorld } from './virtual-searchers.ts';

/** One day for the cross-check. */
export interface CrossCheckDay {
  readonly world: SearchWorld;
  /** Parkings at the kerb of the zone: sensed arrivals ÷ sensed share of the spaces. */
  readonly parkings: number;
  /** Vehicle-metres of the zone. */
  readonly vehicleM: number;
}

/** Search share from replayed searches and Little's law: parkings × mean excess ÷ vehicle-metres. */
export interface CrossCheck {
  readonly searchShareRatio: number;
  readonly interval: Interval | null;
  readonly gaveUpRatio: number;
  readonly searches: number;
}

/** At least this many searches in all (estimators.md 3). */
const fewestSearches = 1500;

/** Independent of pass-level timing; phantoms push it the other way than the estimate it checks. */
export function crossCheck(
  days: readonly CrossCheckDay[],
  bootstraps: number,
  random: Random,
): CrossCheck | null {
  if (days.length === 0) return null;
  const perDay = Math.ceil(fewestSearches / days.length);
  const rows = days.map(({ world, parkings, vehicleM }) => {
    const outcome = searchVirtually(world, perDay, random);
    return { ...outcome, searchedM: parkings * outcome.excessM, vehicleM };
  });
  const share = (selection: readonly number[]): number => {
    let searchedM = 0;
    let vehicleM = 0;
    for (const d of selection) {
      searchedM += rows[d]?.searchedM ?? 0;
      vehicleM += rows[d]?.vehicleM ?? 0;
    }
    return vehicleM > 0 ? searchedM / vehicleM : 0;
  };
  const ratio = Math.min(1, share(rows.map((_, d) => d)));
  const sd = dayBootstrap(rows.length, bootstraps, random, share);
  return {
    searchShareRatio: ratio,
    interval: rows.length < 2 ? null : logInterval(ratio, sd, t975(rows.length - 1)),
    gaveUpRatio: rows.reduce((sum, row) => sum + row.gaveUpRatio, 0) / rows.length,
    searches: rows.reduce((sum, row) => sum + row.searches, 0),
  };
}

/** Published together these two would mislead: no headline then (estimators.md 3). */
export function isContradiction(
  primary: { readonly searchShareRatio: number; readonly interval: Interval | null },
  check: CrossCheck,
): boolean {
  if (primary.searchShareRatio <= 0 || check.searchShareRatio <= 0) return false;
  const ratio = primary.searchShareRatio / check.searchShareRatio;
  if (ratio < 0.6 || ratio > 1.5) return true;
  if (primary.interval === null || check.interval === null) return false;
  return primary.interval[1] < check.interval[0] || check.interval[1] < primary.interval[0];
}
