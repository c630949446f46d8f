import { noAges } from './age-table.ts';
import type { EpochMs } from './ids.ts';
import type { Count } from './observation.ts';
import { emptySum, isEmpty, type RollUpSum } from './roll-up-add.ts';
import { sumAges } from './roll-up-ages.ts';
import { intervalAt, sumCounts } from './roll-up-counts.ts';
import type { RollUpGroup } from './roll-up-groups.ts';
import type { RollUp, RollUpStep } from './roll-up.ts';
import type { Change } from './session.ts';
import type { SpaceTimeline } from './space-timeline.ts';

/** For each member the indexes of the groups it belongs to. */
function membership<Id>(
  groups: readonly RollUpGroup[],
  members: (group: RollUpGroup) => readonly Id[],
): Map<Id, number[]> {
  const byMember = new Map<Id, number[]>();
  for (const [index, group] of groups.entries()) {
    for (const id of members(group)) {
      const known = byMember.get(id);
      if (known) known.push(index);
      else byMember.set(id, [index]);
    }
  }
  return byMember;
}

/** A span begins (+1) or ends (−1). */
interface Edge {
  readonly atMs: EpochMs;
  readonly by: 1 | -1;
  readonly isOccupied: boolean;
  readonly groups: readonly number[];
}

function toEdges(
  timelines: readonly SpaceTimeline[],
  groupsOf: ReadonlyMap<string, number[]>,
): Edge[] {
  const edges: Edge[] = [];
  for (const { spaceId, spans } of timelines) {
    const groups = groupsOf.get(spaceId);
    if (!groups) continue;
    for (const { fromMs, toMs, isOccupied } of spans) {
      edges.push({ atMs: fromMs, by: 1, isOccupied, groups });
      edges.push({ atMs: toMs, by: -1, isOccupied, groups });
    }
  }
  return edges.sort((a, b) => a.atMs - b.atMs);
}

/** How many spaces of a group are observed and occupied, since when. */
interface Level {
  observed: number;
  occupied: number;
  sinceMs: EpochMs;
}

function settle(level: Level, sum: RollUpSum, atMs: EpochMs): void {
  const lastedMs = atMs - level.sinceMs;
  level.sinceMs = atMs;
  if (lastedMs <= 0 || level.observed === 0) return;
  sum.observedMs += level.observed * lastedMs;
  sum.occupiedMs += level.occupied * lastedMs;
  sum.watchedMs += lastedMs;
  if (level.occupied === level.observed) sum.fullMs += lastedMs;
}

type SumAt = (group: number, interval: number) => RollUpSum;

/** Walks through all edges once, in order of time, and closes every interval on the way. */
function sumSpans(
  edges: readonly Edge[],
  bounds: readonly EpochMs[],
  groupCount: number,
  sumAt: SumAt,
): void {
  const levels: Level[] = Array.from({ length: groupCount }, () => ({
    observed: 0,
    occupied: 0,
    sinceMs: bounds[0] ?? 0,
  }));
  let interval = 0;
  const closeUntil = (atMs: EpochMs): void => {
    for (let endMs = bounds[interval + 1]; endMs !== undefined && endMs <= atMs;) {
      for (const [group, level] of levels.entries()) {
        const sum = sumAt(group, interval);
        settle(level, sum, endMs);
        sum.occupiedAtEnd = level.occupied;
        sum.observedAtEnd = level.observed;
      }
      interval += 1;
      endMs = bounds[interval + 1];
    }
  };
  const pass = ({ atMs, by, isOccupied }: Edge, group: number): void => {
    const level = levels[group];
    if (!level) return;
    settle(level, sumAt(group, interval), Math.max(atMs, level.sinceMs));
    level.observed += by;
    if (isOccupied) level.occupied += by;
  };
  for (const edge of edges) {
    closeUntil(edge.atMs);
    if (interval >= bounds.length - 1) return;
    for (const group of edge.groups) pass(edge, group);
  }
  closeUntil(Infinity);
}

function addChange(sum: RollUpSum, { to, atMs, isInferred, stayFromMs }: Change): void {
  if (isInferred) sum.inferred += 1;
  if (to === 'occupied') {
    sum.arrivals += 1;
    return;
  }
  sum.departures += 1;
  if (stayFromMs === null) return;
  sum.endedStays += 1;
  sum.endedStayMs += atMs - stayFromMs;
}

function sumChanges(
  changes: readonly Change[],
  bounds: readonly EpochMs[],
  groupsOf: ReadonlyMap<string, number[]>,
  sumAt: SumAt,
): void {
  for (const change of changes) {
    const interval = intervalAt(bounds, change.atMs);
    if (interval < 0 || interval >= bounds.length - 1) continue;
    for (const group of groupsOf.get(change.spaceId) ?? [])
      addChange(sumAt(group, interval), change);
  }
}

/** For each group the indexes of its streets: itself, or the stretches in a larger place. */
function streetsOf(groups: readonly RollUpGroup[]): number[][] {
  const at = new Map(
    groups.flatMap(({ scope, id }, index) => (scope === 'stretch' ? [[id, index] as const] : [])),
  );
  return groups.map(({ scope, stretchIds }, index) =>
    scope === 'zone' || scope === 'municipality'
      ? stretchIds.flatMap((id) => at.get(id) ?? [])
      : [index],
  );
}

function addStreet(sum: RollUpSum, street: RollUpSum | undefined): void {
  if (!street) return;
  sum.streetFullMs += street.fullMs * street.numberOfSpaces;
  sum.streetWatchedMs += street.watchedMs * street.numberOfSpaces;
}

/**
 * Roll-ups of consecutive intervals: `bounds` are the beginning of each and the end of the last.
 * Intervals in which nothing was observed, happened or was counted get no row.
 */
export function rollUp(input: {
  readonly step: RollUpStep;
  readonly bounds: readonly EpochMs[];
  readonly groups: readonly RollUpGroup[];
  readonly timelines: readonly SpaceTimeline[];
  /** In order of `fromMs`; those that began before the first interval and reach into it belong here too. */
  readonly counts: readonly Count[];
}): readonly RollUp[] {
  const { step, bounds, groups, timelines, counts } = input;
  const groupsOf = membership(groups, ({ spaceIds }) => spaceIds);
  const sums = bounds
    .slice(0, -1)
    .map((fromMs, interval) =>
      groups.map((group) => emptySum(group, step, fromMs, bounds[interval + 1] ?? fromMs)),
    );
  const sumAt: SumAt = (group, interval) => {
    const sum = sums[interval]?.[group];
    if (!sum) throw new RangeError('no such roll-up');
    return sum;
  };
  sumSpans(toEdges(timelines, groupsOf), bounds, groups.length, sumAt);
  const changes = timelines.flatMap((timeline) => timeline.changes);
  sumChanges(changes, bounds, groupsOf, sumAt);
  sumAges(timelines, bounds, groupsOf, (group, interval, isOccupied) => {
    const sum = sumAt(group, interval);
    return isOccupied ? (sum.stays ??= noAges()) : (sum.vacancies ??= noAges());
  });
  for (const [group, streets] of streetsOf(groups).entries())
    for (const [interval, ofInterval] of sums.entries())
      for (const street of streets) addStreet(sumAt(group, interval), ofInterval[street]);
  const stretches = membership(groups, ({ stretchIds }) => stretchIds);
  const gates = membership(groups, ({ gateSiteIds }) => gateSiteIds);
  const places = Map.groupBy(counts, ({ target }) =>
    target.kind === 'stretch' ? stretches.get(target.stretchId) : gates.get(target.siteId),
  );
  for (const [counted, own] of places) if (counted) sumCounts(own, bounds, counted, sumAt);
  return sums.flat().filter((sum) => !isEmpty(sum));
}
