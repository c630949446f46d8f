import type { EpochMs } from './ids.ts';
import type { Count } from './observation.ts';
import type { RollUpGroup } from './roll-up-groups.ts';
import type { RollUp, RollUpStep } from './roll-up.ts';
import type { Change } from './session.ts';
import type { SpaceTimeline } from './space-timeline.ts';

/** A roll-up while it is being summed. */
type Sum = { -readonly [Key in keyof RollUp]: RollUp[Key] };

const emptySum = (group: RollUpGroup, step: RollUpStep, fromMs: EpochMs, toMs: EpochMs): Sum => ({
  scope: group.scope,
  id: group.id,
  step,
  fromMs,
  toMs,
  numberOfSpaces: group.numberOfSpaces,
  observedMs: 0,
  occupiedMs: 0,
  arrivals: 0,
  departures: 0,
  inferred: 0,
  fullMs: 0,
  endedStayMs: 0,
  endedStays: 0,
  vehicles: null,
  countedMs: 0,
});

/** Nothing was observed, nothing happened and nothing was counted: such an interval gets no row. */
const isEmpty = (sum: Sum): boolean =>
  sum.observedMs === 0 && sum.arrivals + sum.departures === 0 && sum.vehicles === null;

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

function settle(level: Level, sum: Sum, atMs: EpochMs): void {
  const lastedMs = atMs - level.sinceMs;
  level.sinceMs = atMs;
  if (lastedMs <= 0 || level.observed === 0) return;
  sum.observedMs += level.observed * lastedMs;
  sum.occupiedMs += level.occupied * lastedMs;
  if (level.occupied === level.observed) sum.fullMs += lastedMs;
}

type SumAt = (group: number, interval: number) => Sum;

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
      for (const [group, level] of levels.entries()) settle(level, sumAt(group, interval), endMs);
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

const intervalAt = (bounds: readonly EpochMs[], atMs: EpochMs): number =>
  bounds.findLastIndex((boundMs) => boundMs <= atMs);

function addChange(sum: Sum, { to, atMs, isInferred, stayFromMs }: Change): void {
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

/** Vehicles of a count until `atMs`, as if they had come evenly; whole, so that parts add up. */
const vehiclesUntil = ({ fromMs, toMs, vehicles }: Count, atMs: EpochMs): number =>
  Math.round((vehicles * (Math.min(Math.max(atMs, fromMs), toMs) - fromMs)) / (toMs - fromMs));

/** What a count adds to the interval from `startMs` to `endMs`. */
interface CountShare {
  readonly vehicles: number;
  readonly countedMs: number;
}

function addCount(sum: Sum, { vehicles, countedMs }: CountShare): void {
  sum.vehicles = (sum.vehicles ?? 0) + vehicles;
  sum.countedMs += countedMs;
}

/** Counts of one counted place, in order of `fromMs`: where they overlap, its time counts once. */
function sumCounts(
  counts: readonly Count[],
  bounds: readonly EpochMs[],
  groups: readonly number[],
  sumAt: SumAt,
): void {
  let countedUntilMs = -Infinity;
  for (const count of counts) {
    if (count.toMs <= count.fromMs) continue;
    const newFromMs = Math.max(count.fromMs, countedUntilMs);
    countedUntilMs = Math.max(countedUntilMs, count.toMs);
    let interval = Math.max(0, intervalAt(bounds, count.fromMs));
    for (; (bounds[interval] ?? Infinity) < count.toMs; interval += 1) {
      const startMs = bounds[interval] ?? 0;
      const endMs = bounds[interval + 1];
      if (endMs === undefined || endMs <= count.fromMs) continue;
      const share = {
        vehicles: vehiclesUntil(count, endMs) - vehiclesUntil(count, startMs),
        countedMs: Math.max(0, Math.min(endMs, count.toMs) - Math.max(startMs, newFromMs)),
      };
      for (const group of groups) addCount(sumAt(group, interval), share);
    }
  }
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
  const stretches = membership(groups, ({ stretchIds }) => stretchIds);
  const gates = membership(groups, ({ gateSiteIds }) => gateSiteIds);
  const places = Map.groupBy(counts, ({ target }) =>
    target.kind === 'stretch' ? stretches.get(target.stretchId) : gates.get(target.siteId),
  );
  for (const [counted, own] of places) if (counted) sumCounts(own, bounds, counted, sumAt);
  return sums.flat().filter((sum) => !isEmpty(sum));
}

/**
 * One roll-up for each place from consecutive finer ones of the interval: every figure is a sum over
 * time, so that nothing is lost on the way up.
 */
export function addUp(
  rows: readonly RollUp[],
  step: RollUpStep,
  fromMs: EpochMs,
  toMs: EpochMs,
): readonly RollUp[] {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const key = `${row.scope}|${row.id}`;
    const sum = sums.get(key);
    if (!sum) {
      sums.set(key, { ...row, step, fromMs, toMs });
      continue;
    }
    sum.numberOfSpaces = row.numberOfSpaces;
    sum.observedMs += row.observedMs;
    sum.occupiedMs += row.occupiedMs;
    sum.arrivals += row.arrivals;
    sum.departures += row.departures;
    sum.inferred += row.inferred;
    sum.fullMs += row.fullMs;
    sum.endedStayMs += row.endedStayMs;
    sum.endedStays += row.endedStays;
    if (row.vehicles !== null) sum.vehicles = (sum.vehicles ?? 0) + row.vehicles;
    sum.countedMs += row.countedMs;
  }
  return [...sums.values()];
}
