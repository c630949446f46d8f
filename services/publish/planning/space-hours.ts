import { AppError } from '../../domain/errors.ts';
import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import type { Interval } from '../../domain/local-intervals.ts';
import { dayMs } from '../../domain/local-time.ts';
import { spaceGroups } from '../../domain/roll-up-groups.ts';
import { rollUp } from '../../domain/roll-up-sums.ts';
import type { RollUp } from '../../domain/roll-up.ts';
import { holdingTimes, toTimelines } from '../../domain/space-timeline.ts';
import type { PlanningDeps } from './deps.ts';

/** Spaces times days of one answer: a month of one space, a day of a street. */
const mostSpaceDays = 31;

/** Throws `invalid-request` for more than is computed at once. */
export function checkSpaceHours(spaces: number, { fromMs, toMs }: Interval): void {
  const days = Math.ceil((toMs - fromMs) / dayMs);
  if (spaces * days > mostSpaceDays)
    throw new AppError(
      'invalid-request',
      `step: hours of single spaces are computed when they are asked for, at most ${mostSpaceDays} space-days at once; ${spaces} spaces for ${days} days are more`,
    );
}

/** What the history holds of spaces around the range, each as a timeline. */
async function timelinesOf(spaceIds: readonly SpaceId[], range: Interval, deps: PlanningDeps) {
  const { store, staleAfterMs } = deps;
  const { fromMs, toMs } = range;
  const { shortestMs: stepMs, longestMs } = holdingTimes(spaceIds.map(staleAfterMs));
  const [before, earlier, transitions, later, seen] = await Promise.all([
    store.stateAt(fromMs, spaceIds),
    store.seen({ fromMs: fromMs - longestMs, toMs: fromMs, spaceIds, stepMs }),
    store.transitions({ ...range, spaceIds }),
    // A change inferred later may have happened in the range.
    store.transitions({ fromMs: toMs, toMs: toMs + longestMs, method: 'inferred', spaceIds }),
    store.seen({ ...range, spaceIds, stepMs }),
  ]);
  const lastSeen = new Map([...earlier].map(([id, seenMs]) => [id, seenMs.at(-1) ?? -Infinity]));
  return toTimelines(
    spaceIds,
    { before, lastSeen, transitions: [...transitions, ...later], seen },
    staleAfterMs,
    range,
  );
}

/**
 * Hours or quarter hours of single spaces by the same definitions as roll-ups, which keep no such rows
 * (decision 0010). As far back as observations are kept; intervals that are not closed are left out.
 */
export async function rollUpSpaces(
  ids: ReadonlySet<string>,
  step: '15min' | 'hour',
  intervals: readonly Interval[],
  deps: PlanningDeps,
): Promise<readonly RollUp[]> {
  const closedMs: EpochMs = deps.rolledUp().doneMs ?? -Infinity;
  const closed = intervals.filter(({ toMs }) => toMs <= closedMs);
  const [first, last] = [closed[0], closed.at(-1)];
  if (!first || !last) return [];
  const groups = spaceGroups(deps.inventory()).filter(({ id }) => ids.has(id));
  const spaceIds = groups.flatMap((group) => group.spaceIds);
  const range = { fromMs: first.fromMs, toMs: last.toMs };
  return rollUp({
    step,
    bounds: [...closed.map(({ fromMs }) => fromMs), last.toMs],
    groups,
    timelines: await timelinesOf(spaceIds, range, deps),
    counts: [],
  });
}
