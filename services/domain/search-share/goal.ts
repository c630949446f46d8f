import type { EpochMs } from '../ids.ts';
import type { Interval } from './model/interval.ts';
import { t975 } from './model/interval.ts';
import type { Sufficiency } from './sufficiency.ts';

/** What the town has set itself. */
export interface Goal {
  readonly baselineRatio: number;
  /** `measured` here, or `assumed` from the literature: studies of selected streets, 8–74 % (Shoup 2006). */
  readonly baseline: 'measured' | 'assumed';
  readonly baselineSource: string;
  readonly targetRatio: number;
  readonly startMs: EpochMs;
  readonly deadlineMs: EpochMs;
}

/** One month's estimate. */
export interface GoalMonth {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly searchShareRatio: number;
  readonly interval: Interval;
  readonly sufficiency: Sufficiency;
}

/** Each is a tested statement: it holds for the whole 95 % interval, not for the estimate alone. */
export type GoalVerdict = 'met' | 'on-track' | 'not-distinguishable' | 'missed' | 'not-enough-data';

export interface GoalForecast {
  /** At the deadline, from the trend of the months so far. */
  readonly searchShareRatio: number;
  readonly interval: Interval;
  readonly holds: 'yes' | 'no' | 'open';
}

export interface GoalProgress {
  readonly verdict: GoalVerdict;
  readonly current: GoalMonth | null;
  /** Share of the way from baseline to target, below 0 when things got worse; `null` without data. */
  readonly progressRatio: number | null;
  /** Where a straight line from the baseline to the target is now. */
  readonly plannedRatio: number;
  /** `null` with fewer than four usable months. */
  readonly forecast: GoalForecast | null;
  readonly de: string;
  readonly en: string;
}

const fewestMonths = 4;
const monthMs = 30.44 * 86_400_000;

/** How far the town is, at `nowMs`; months with insufficient data do not count. */
export function assessGoal(goal: Goal, months: readonly GoalMonth[], nowMs: EpochMs): GoalProgress {
  const usable = months
    .filter(({ sufficiency }) => sufficiency !== 'insufficient')
    .sort((a, b) => a.fromMs - b.fromMs);
  const current = usable.at(-1) ?? null;
  const plannedRatio = plannedAt(goal, nowMs);
  const forecast = forecastAt(goal, usable);
  const verdict = judge(goal, current, plannedRatio, nowMs);
  const way = goal.baselineRatio - goal.targetRatio;
  const gone = current === null ? null : goal.baselineRatio - current.searchShareRatio;
  return {
    verdict,
    current,
    progressRatio: gone === null || way <= 0 ? null : gone / way,
    plannedRatio,
    forecast,
    ...sentences(goal, verdict, forecast),
  };
}

function plannedAt({ baselineRatio, targetRatio, startMs, deadlineMs }: Goal, nowMs: EpochMs) {
  const part = deadlineMs > startMs ? (nowMs - startMs) / (deadlineMs - startMs) : 1;
  return baselineRatio + (targetRatio - baselineRatio) * Math.min(1, Math.max(0, part));
}

function judge(
  goal: Goal,
  current: GoalMonth | null,
  plannedRatio: number,
  nowMs: EpochMs,
): GoalVerdict {
  if (current === null) return 'not-enough-data';
  const [low, high] = current.interval;
  if (high <= goal.targetRatio) return 'met';
  if (nowMs >= goal.deadlineMs && low > goal.targetRatio) return 'missed';
  return high <= plannedRatio ? 'on-track' : 'not-distinguishable';
}

/**
 * Least squares of log share over time, each month weighted by its own interval; the forecast's interval
 * holds the month-to-month scatter and the uncertainty of the line.
 */
function forecastAt(goal: Goal, months: readonly GoalMonth[]): GoalForecast | null {
  const points = months
    .filter(({ searchShareRatio, interval: [low] }) => searchShareRatio > 0 && low > 0)
    .map(({ fromMs, toMs, searchShareRatio, interval: [low, high] }) => ({
      x: ((fromMs + toMs) / 2 - goal.deadlineMs) / monthMs,
      y: Math.log(searchShareRatio),
      weight: 1 / Math.max(1e-4, (Math.log(high / low) / 4) ** 2),
    }));
  if (points.length < fewestMonths) return null;
  const sum = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((total, point) => total + of(point), 0);
  const weight = sum((point) => point.weight);
  const meanX = sum((point) => point.weight * point.x) / weight;
  const meanY = sum((point) => point.weight * point.y) / weight;
  const spread = sum((point) => point.weight * (point.x - meanX) ** 2);
  if (spread <= 0) return null;
  const slope = sum((point) => point.weight * (point.x - meanX) * (point.y - meanY)) / spread;
  const residuals = sum(({ weight: w, x, y }) => w * (y - meanY - slope * (x - meanX)) ** 2);
  const degrees = points.length - 2;
  // A lucky fit is no proof of precision: the months' own uncertainty is the least there is.
  const scale = Math.max(1, residuals / degrees);
  const atDeadline = meanY - slope * meanX;
  const ofMonth = points.length / weight;
  const sd = Math.sqrt(scale * (ofMonth + 1 / weight + meanX ** 2 / spread));
  const reach = t975(degrees) * sd;
  const interval: Interval = [
    Math.exp(atDeadline - reach),
    Math.min(1, Math.exp(atDeadline + reach)),
  ];
  const [low, high] = interval;
  const holds = high <= goal.targetRatio ? 'yes' : low > goal.targetRatio ? 'no' : 'open';
  return { searchShareRatio: Math.min(1, Math.exp(atDeadline)), interval, holds };
}

const verdictTexts: Readonly<Record<GoalVerdict, { readonly de: string; readonly en: string }>> = {
  met: { de: 'Ziel erreicht.', en: 'Goal met.' },
  'on-track': { de: 'Auf Kurs.', en: 'On track.' },
  'not-distinguishable': { de: 'Noch nicht unterscheidbar.', en: 'Not yet distinguishable.' },
  missed: { de: 'Ziel nicht erreicht.', en: 'Goal not met.' },
  'not-enough-data': { de: 'Zu wenig Daten.', en: 'Not enough data.' },
};
const forecastTexts = {
  yes: {
    de: 'Setzt sich die Entwicklung fort, wird das Ziel zum Termin erreicht.',
    en: 'If the trend continues, the goal is met by the deadline.',
  },
  no: {
    de: 'Setzt sich die Entwicklung fort, wird das Ziel zum Termin verfehlt.',
    en: 'If the trend continues, the goal is missed at the deadline.',
  },
  open: {
    de: 'Ob das Ziel zum Termin erreicht wird, ist offen.',
    en: 'Whether the goal is met by the deadline is open.',
  },
} as const;
const assumed = {
  de: 'Der Ausgangswert ist eine Annahme aus der Literatur (ausgewählte Straßen anderer Städte), keine Messung hier.',
  en: 'The baseline is assumed from the literature (selected streets of other towns), not measured here.',
};

function sentences(
  { baseline }: Goal,
  verdict: GoalVerdict,
  forecast: GoalForecast | null,
): { readonly de: string; readonly en: string } {
  const parts = [
    verdictTexts[verdict],
    ...(forecast === null ? [] : [forecastTexts[forecast.holds]]),
    ...(baseline === 'assumed' ? [assumed] : []),
  ];
  return { de: parts.map(({ de }) => de).join(' '), en: parts.map(({ en }) => en).join(' ') };
}
