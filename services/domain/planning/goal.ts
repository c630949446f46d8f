import type { EpochMs } from '../ids.ts';
import type { ShareEstimate } from './share-question.ts';

/** What the county wants; the baseline says where it comes from. */
export interface Goal {
  readonly baselineRatio: number;
  readonly baseline: 'measured' | 'assumed';
  readonly targetRatio: number;
  readonly deadlineMs: EpochMs;
}

/** The share of one month, or of the part of it that has passed. */
export interface MonthShare {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly estimate: ShareEstimate;
}

export type GoalVerdict =
  'reached' | 'on-track' | 'off-track' | 'not-distinguishable' | 'not-enough-data';

export interface Forecast {
  readonly ratio: number;
  readonly interval: readonly [number, number];
  /** Whether the target will be met by the deadline, as far as the interval allows to say. */
  readonly verdict: 'will-be-met' | 'will-be-missed' | 'open';
}

export interface Progress {
  /** The first month with a usable estimate: the town's own baseline while the goal's is assumed. */
  readonly first: MonthShare | null;
  readonly newest: MonthShare | null;
  /** The target that the verdict speaks of: the goal's share of the measured baseline. */
  readonly targetRatio: number;
  readonly startRatio: number | null;
  /** Where a straight way from start to target is at the newest month. */
  readonly plannedRatio: number | null;
  readonly verdict: GoalVerdict;
  readonly forecast: Forecast | null;
  /** Months with a usable estimate that a forecast still lacks. */
  readonly missingMonths: number;
}

const isUsable = ({ estimate }: MonthShare): boolean =>
  estimate.sufficiency !== 'insufficient' && estimate.interval !== null;

const middle = ({ fromMs, toMs }: MonthShare): number => (fromMs + toMs) / 2;

/** A line through fewer months says nothing of years. */
const monthsForForecast = 3;

/**
 * How far the goal is. "From 30 % to 15 %" is read as "halve it": while the baseline is assumed, the
 * first measured month stands for it and the target keeps its proportion, or a town that never had
 * 30 % would have met its goal on the first day. Verdicts are made from intervals, never from points.
 */
export function toProgress(goal: Goal, months: readonly MonthShare[]): Progress {
  const usable = months.filter(isUsable);
  const first = usable[0] ?? null;
  const newest = usable.at(-1) ?? null;
  const isOwn = goal.baseline === 'measured';
  const startRatio = isOwn ? goal.baselineRatio : (first?.estimate.searchShareRatio ?? null);
  const targetRatio = (startRatio ?? goal.baselineRatio) * (goal.targetRatio / goal.baselineRatio);
  const nothing = { first, newest, targetRatio, startRatio, forecast: null };
  const missingMonths = Math.max(0, monthsForForecast - usable.length);
  if (first === null || newest === null || startRatio === null || (!isOwn && usable.length < 2))
    return { ...nothing, plannedRatio: null, verdict: 'not-enough-data', missingMonths };
  const passed = (middle(newest) - middle(first)) / (goal.deadlineMs - middle(first));
  const plannedRatio = startRatio + (targetRatio - startRatio) * Math.min(1, Math.max(0, passed));
  const verdict = verdictOf(newest.estimate, targetRatio, plannedRatio);
  const forecast = missingMonths > 0 ? null : forecastAt(goal.deadlineMs, usable, targetRatio);
  return { ...nothing, plannedRatio, verdict, missingMonths, forecast };
}

function verdictOf(
  { interval }: ShareEstimate,
  targetRatio: number,
  plannedRatio: number,
): GoalVerdict {
  const [lo, hi] = interval ?? [0, 1];
  if (hi <= targetRatio) return 'reached';
  if (hi <= plannedRatio) return 'on-track';
  return lo > plannedRatio ? 'off-track' : 'not-distinguishable';
}

/** Trend of the logarithm, weighted by the intervals, carried on to a moment with its uncertainty. */
function forecastAt(atMs: EpochMs, months: readonly MonthShare[], targetRatio: number): Forecast {
  const points = months.map((month) => {
    const [lo, hi] = month.estimate.interval ?? [0, 1];
    const sd = Math.max(0.02, Math.log(hi / Math.max(1e-6, lo)) / (2 * 1.96));
    return { x: middle(month), y: Math.log(month.estimate.searchShareRatio), weight: 1 / sd ** 2 };
  });
  const sum = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((total, point) => total + of(point), 0);
  const weight = sum((point) => point.weight);
  const x0 = sum((point) => point.weight * point.x) / weight;
  const y0 = sum((point) => point.weight * point.y) / weight;
  const spread = sum((point) => point.weight * (point.x - x0) ** 2);
  const slope = sum((point) => point.weight * (point.x - x0) * (point.y - y0)) / spread;
  const y = y0 + slope * (atMs - x0);
  const half = 1.96 * Math.sqrt(1 / weight + (atMs - x0) ** 2 / spread);
  const capped = (value: number): number => Math.min(1, Math.exp(value));
  const interval = [capped(y - half), capped(y + half)] as const;
  const verdict =
    interval[1] <= targetRatio
      ? 'will-be-met'
      : interval[0] > targetRatio
        ? 'will-be-missed'
        : 'open';
  return { ratio: capped(y), interval, verdict };
}
