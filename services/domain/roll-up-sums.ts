import type { EpochMs } from './ids.ts';
import type { Count } from './observation.ts';
import { sumAges } from './roll-up-ages.ts';
import { createRollUpColumns, type RollUpColumns } from './roll-up-columns.ts';
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

const add = (column: Float64Array, at: number, by: number): void => {
  column[at] = (column[at] ?? 0) + by;
};

/** Walks through all edges once, in order of time, and closes every interval on the way. */
function sumSpans(
  edges: readonly Edge[],
  bounds: readonly EpochMs[],
  groupCount: number,
  sums: RollUpColumns,
): void {
  const { observedMs, occupiedMs, watchedMs, fullMs, occupiedAtEnd, observedAtEnd } = sums.figures;
  /** How many spaces of each group are observed and occupied, since when. */
  const observed = new Int32Array(groupCount);
  const occupied = new Int32Array(groupCount);
  const sinceMs = new Float64Array(groupCount).fill(bounds[0] ?? 0);
  let interval = 0;
  const settle = (group: number, atMs: EpochMs): void => {
    const lastedMs = atMs - (sinceMs[group] ?? 0);
    if (lastedMs <= 0) return;
    sinceMs[group] = atMs;
    const spaces = observed[group] ?? 0;
    if (spaces === 0) return;
    const taken = occupied[group] ?? 0;
    const at = sums.at(group, interval);
    add(observedMs, at, spaces * lastedMs);
    add(occupiedMs, at, taken * lastedMs);
    add(watchedMs, at, lastedMs);
    if (taken === spaces) add(fullMs, at, lastedMs);
  };
  const closeUntil = (atMs: EpochMs): void => {
    for (let endMs = bounds[interval + 1]; endMs !== undefined && endMs <= atMs;) {
      for (let group = 0; group < groupCount; group += 1) {
        settle(group, endMs);
        const at = sums.at(group, interval);
        occupiedAtEnd[at] = occupied[group] ?? 0;
        observedAtEnd[at] = observed[group] ?? 0;
      }
      interval += 1;
      endMs = bounds[interval + 1];
    }
  };
  for (const { atMs, by, isOccupied, groups } of edges) {
    closeUntil(atMs);
    if (interval >= bounds.length - 1) return;
    for (const group of groups) {
      settle(group, atMs);
      observed[group] = (observed[group] ?? 0) + by;
      if (isOccupied) occupied[group] = (occupied[group] ?? 0) + by;
    }
  }
  closeUntil(Infinity);
}

function addChange(
  { figures }: RollUpColumns,
  at: number,
  { to, atMs, isInferred, stayFromMs }: Change,
): void {
  if (isInferred) add(figures.inferred, at, 1);
  if (to === 'occupied') {
    add(figures.arrivals, at, 1);
    return;
  }
  add(figures.departures, at, 1);
  if (stayFromMs === null) return;
  add(figures.endedStays, at, 1);
  add(figures.endedStayMs, at, atMs - stayFromMs);
}

function sumChanges(
  timelines: readonly SpaceTimeline[],
  bounds: readonly EpochMs[],
  groupsOf: ReadonlyMap<string, number[]>,
  sums: RollUpColumns,
): void {
  for (const { spaceId, changes } of timelines) {
    const groups = groupsOf.get(spaceId) ?? [];
    for (const change of changes) {
      const interval = intervalAt(bounds, change.atMs);
      if (interval < 0 || interval >= bounds.length - 1) continue;
      for (const group of groups) addChange(sums, sums.at(group, interval), change);
    }
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

/** What is true of streets goes into the places they lie in, each times its spaces. */
function sumStreets(groups: readonly RollUpGroup[], intervals: number, sums: RollUpColumns): void {
  const { fullMs, watchedMs, streetFullMs, streetWatchedMs } = sums.figures;
  for (const [group, streets] of streetsOf(groups).entries())
    for (let interval = 0; interval < intervals; interval += 1) {
      const at = sums.at(group, interval);
      for (const street of streets) {
        const spaces = groups[street]?.numberOfSpaces ?? 0;
        const from = sums.at(street, interval);
        add(streetFullMs, at, (fullMs[from] ?? 0) * spaces);
        add(streetWatchedMs, at, (watchedMs[from] ?? 0) * spaces);
      }
    }
}

function sumVehicles(
  counts: readonly Count[],
  bounds: readonly EpochMs[],
  groups: readonly RollUpGroup[],
  { figures, isCounted, at }: RollUpColumns,
): void {
  const stretches = membership(groups, ({ stretchIds }) => stretchIds);
  const gates = membership(groups, ({ gateSiteIds }) => gateSiteIds);
  const places = Map.groupBy(counts, ({ target }) =>
    target.kind === 'stretch' ? stretches.get(target.stretchId) : gates.get(target.siteId),
  );
  for (const [counted, own] of places)
    sumCounts(own, bounds, (interval, { vehicles, countedMs }) => {
      for (const group of counted ?? []) {
        const place = at(group, interval);
        isCounted[place] = 1;
        add(figures.vehicles, place, vehicles);
        add(figures.countedMs, place, countedMs);
      }
    });
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
  const intervals = Math.max(0, bounds.length - 1);
  const sums = createRollUpColumns(groups.length, intervals);
  sumSpans(toEdges(timelines, groupsOf), bounds, groups.length, sums);
  sumChanges(timelines, bounds, groupsOf, sums);
  sumAges(timelines, bounds, groupsOf, sums.ages, sums.ageTable);
  sumStreets(groups, intervals, sums);
  sumVehicles(counts, bounds, groups, sums);
  return sums.toRows(step, bounds, groups);
}
