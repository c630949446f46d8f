import type { GoalProgress } from '../../contract/goal.ts';
import { AppError } from '../../domain/errors.ts';
import { localDateStart } from '../../domain/local-time.ts';
import { toProgress, type Progress } from '../../domain/planning/goal.ts';
import type { ShareReason } from '../../domain/planning/share-question.ts';
import type { ShareResult } from '../../domain/planning/share-results.ts';
import { goalSentence } from '../../domain/planning/verdict-texts.ts';
import { toInstant, toLicence } from '../views.ts';
import type { PlanningDeps } from './deps.ts';
import { rounded, toShareView } from './figures.ts';

const noForecastYet = (missing: number): ShareReason => ({
  code: 'few-months',
  de: `Für eine Prognose ${missing === 1 ? 'fehlt noch 1 Monat' : `fehlen noch ${missing} Monate`} mit ausreichenden Daten.`,
  en: `A forecast needs ${missing} more month${missing === 1 ? '' : 's'} with sufficient data.`,
});

const assumedBaseline: ShareReason = {
  code: 'baseline-assumed',
  de: 'Der Ausgangswert ist ein Literaturwert und wurde nicht hier gemessen. Als Start gilt deshalb der erste hier gemessene Monat, und das Ziel wird im selben Verhältnis kleiner.',
  en: 'The baseline is a figure from the literature and not measured here; the first measured month stands for it, and the target keeps its proportion to it.',
};

/** The results of the whole deployment or of one municipality. */
function resultsOf(municipality: string | undefined, deps: PlanningDeps): readonly ShareResult[] {
  const { results } = deps.shares();
  const { municipalities } = deps.inventory();
  if (municipality !== undefined && !municipalities.some(({ id }) => id === municipality))
    throw new AppError('not-found', `no municipality '${municipality}'`);
  // With one municipality only it and the whole are the same, and estimated once.
  const isWhole = municipality === undefined || municipalities.length === 1;
  return results.filter(({ scope, id }) =>
    isWhole ? scope === 'all' : scope === 'municipality' && id === municipality,
  );
}

const inTime = (results: readonly ShareResult[], period: ShareResult['period']): ShareResult[] =>
  results.filter((result) => result.period === period).sort((a, b) => a.fromMs - b.fromMs);

function missingFor(
  recent: ShareResult | undefined,
  progress: Progress | null,
  deps: PlanningDeps,
): ShareReason[] {
  const missing: ShareReason[] = [...(recent?.estimate.reasons ?? [])];
  if (deps.goal?.baseline === 'assumed') missing.push(assumedBaseline);
  if (progress !== null && progress.missingMonths > 0)
    missing.push(noForecastYet(progress.missingMonths));
  return missing;
}

/** Where the way begins and where it should be: the goal, made this town's own. */
function wayOf(progress: Progress | null, deps: PlanningDeps) {
  const ratio = progress?.startRatio ?? null;
  if (progress === null || ratio === null)
    return { start: null, effectiveTargetRatio: null, plannedRatio: null };
  const kind =
    deps.goal?.baseline === 'measured' ? ('measured' as const) : ('first-month' as const);
  return {
    start: { ratio: rounded(ratio), kind },
    effectiveTargetRatio: rounded(progress.targetRatio),
    plannedRatio: progress.plannedRatio === null ? null : rounded(progress.plannedRatio),
  };
}

function verdictOf(progress: Progress | null) {
  const verdict = progress?.verdict ?? 'not-enough-data';
  const forecast = progress?.forecast ?? null;
  return {
    verdict,
    verdictText: goalSentence(verdict),
    forecast: forecast && { ...forecast, interval: [...forecast.interval] as [number, number] },
  };
}

/** `GET /api/v1/goal`. */
export function makeGoal(
  { municipality }: { readonly municipality?: string | undefined },
  deps: PlanningDeps,
): GoalProgress {
  const results = resultsOf(municipality, deps);
  const months = inTime(results, 'month');
  const recent = inTime(results, 'recent').at(-1);
  const { goal } = deps;
  const deadlineMs = goal && localDateStart(goal.deadline, deps.settings.timeZone);
  const progress = goal && toProgress({ ...goal, deadlineMs: deadlineMs ?? 0 }, months);
  return {
    publishedAt: toInstant(deps.clock.now()),
    licence: toLicence(deps.settings),
    isEstimating: deps.shares().pending > 0,
    goal: goal && {
      baselineRatio: goal.baselineRatio,
      baseline: goal.baseline,
      baselineSource: goal.baselineSource,
      targetRatio: goal.targetRatio,
      deadline: goal.deadline,
    },
    ...wayOf(progress, deps),
    ...verdictOf(progress),
    recent: recent ? toShareView(recent) : null,
    months: months.map(toShareView),
    weeks: inTime(results, 'week').map(toShareView),
    missing: missingFor(recent, progress, deps).map((reason) => ({ ...reason })),
  };
}
