import { t975 } from '../search-share/model/interval.ts';
import type { ShareEstimate } from './share-question.ts';

/** A number before and after a change, at the places of a measure or at those it is compared with. */
export interface Change {
  readonly before: number;
  readonly after: number;
}

/** What changed, and by how much more than at the control places; `interval` is 95 %. */
export interface Effect {
  readonly treated: Change;
  /** `null` without control zones: then it is a change, not an effect. */
  readonly control: Change | null;
  readonly difference: number;
  readonly interval: readonly [number, number] | null;
  readonly verdict: 'decreased' | 'increased' | 'not-distinguishable';
}

const verdictOf = (interval: readonly [number, number] | null): Effect['verdict'] => {
  if (interval === null || (interval[0] <= 0 && interval[1] >= 0)) return 'not-distinguishable';
  return interval[1] < 0 ? 'decreased' : 'increased';
};

/** A figure of the same days, before and after; `null` where a day has none. */
export interface DaySeries {
  readonly before: readonly (number | null)[];
  readonly after: readonly (number | null)[];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Difference in differences of a daily figure: each day after the change against the same weekday
 * before it, less what happened at the control places on these days. The interval is Student's t over
 * the day pairs; days that lack a value on any side are left out. `null` with fewer than seven pairs.
 */
export function compareDays(treated: DaySeries, control: DaySeries | null): Effect | null {
  const pairs = treated.after.flatMap((_, day) => {
    const own = pairOf(treated, day);
    const other = control === null ? undefined : pairOf(control, day);
    if (own === null || other === null) return [];
    return [{ own, other }];
  });
  if (pairs.length < 7) return null;
  const differences = pairs.map(
    ({ own, other }) => own.after - own.before - (other ? other.after - other.before : 0),
  );
  const difference = mean(differences);
  const variance =
    differences.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (pairs.length - 1);
  const half = t975(pairs.length - 1) * Math.sqrt(variance / pairs.length);
  const interval = [difference - half, difference + half] as const;
  const others = pairs.flatMap(({ other }) => other ?? []);
  return {
    treated: meanOf(pairs.map(({ own }) => own)),
    control: control === null ? null : meanOf(others),
    difference,
    interval,
    verdict: verdictOf(interval),
  };
}

function pairOf({ before, after }: DaySeries, day: number): Change | null {
  const [a, b] = [before[day], after[day]];
  return a === null || a === undefined || b === null || b === undefined
    ? null
    : { before: a, after: b };
}

const meanOf = (changes: readonly Change[]): Change => ({
  before: mean(changes.map(({ before }) => before)),
  after: mean(changes.map(({ after }) => after)),
});

/** The search share before and after; its streets and counters are the same, so their errors cancel. */
export interface ShareComparison {
  readonly treated: { readonly before: ShareEstimate; readonly after: ShareEstimate };
  readonly control: { readonly before: ShareEstimate; readonly after: ShareEstimate } | null;
}

/** The effect on the search share as a ratio of the share before: −0.5 is halved. */
export interface ShareEffect extends Effect {
  /** Whether all estimates behind it are at least provisional. */
  readonly isSupported: boolean;
}

const logChange = ({ before, after }: ShareComparison['treated']): number =>
  Math.log(after.searchShareRatio / before.searchShareRatio);

/**
 * Relative change of the search share, less that of the control zones, from logarithms: the error that
 * both periods share (choice of streets, extrapolated traffic, acceptance) drops out and days remain.
 * `null` where a share is zero.
 */
export function compareShares({ treated, control }: ShareComparison): ShareEffect | null {
  const all = [treated, ...(control ? [control] : [])].flatMap(({ before, after }) => [
    before,
    after,
  ]);
  if (all.some(({ searchShareRatio }) => searchShareRatio <= 0)) return null;
  const log = logChange(treated) - (control ? logChange(control) : 0);
  const sd = Math.hypot(...all.map(({ daySd }) => daySd));
  const fewestDays = Math.min(...all.map(({ days }) => days));
  const half = t975(fewestDays - 1) * sd;
  const interval = sd > 0 ? ([Math.exp(log - half) - 1, Math.exp(log + half) - 1] as const) : null;
  const shares = ({ before, after }: ShareComparison['treated']): Change => ({
    before: before.searchShareRatio,
    after: after.searchShareRatio,
  });
  const isSupported = all.every(({ sufficiency }) => sufficiency !== 'insufficient');
  return {
    treated: shares(treated),
    control: control && shares(control),
    difference: Math.exp(log) - 1,
    interval,
    verdict: isSupported ? verdictOf(interval) : 'not-distinguishable',
    isSupported,
  };
}
