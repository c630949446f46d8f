import type { EpochMs, SpaceId } from './ids.ts';
import type { Observation, Transition } from './observation.ts';
import { toChanges, toMoment, type Change } from './session.ts';

/** A space was observed in `[fromMs, toMs)` and stayed as it was. */
interface Span {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly isOccupied: boolean;
  /** When this stay or vacancy began; `null` when that was not seen. */
  readonly sinceMs: EpochMs | null;
}

/** A stay or vacancy ended while it was observed, so that its age was watched up to then. */
interface End {
  readonly atMs: EpochMs;
  readonly isOccupied: boolean;
  readonly sinceMs: EpochMs;
}

/** What is known of one space in a range of time. */
export interface SpaceTimeline {
  readonly spaceId: SpaceId;
  /** In order, without overlap; where none lies, the status was not known. */
  readonly spans: readonly Span[];
  readonly changes: readonly Change[];
  /** Of stays and vacancies whose beginning is known. */
  readonly ends: readonly End[];
}

/** What the history holds of one space around a range of time. */
export interface SpaceHistory {
  readonly spaceId: SpaceId;
  /** Its last transition before the range. */
  readonly before: Transition | undefined;
  /** In order of time, from the range's start on. Inferred ones beyond its end may reach back into it. */
  readonly transitions: readonly Transition[];
  /** When it was last observed before the range. */
  readonly lastSeenMs: EpochMs | undefined;
  /** When it was observed in the range, in order. */
  readonly seenMs: readonly EpochMs[];
  /** A space is observed for this long after each news. */
  readonly staleAfterMs: number;
}

interface Range {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** When the news of a space held, cut to the range: an observation covers what follows until it is stale. */
function coverage(history: SpaceHistory, { fromMs, toMs }: Range): Range[] {
  const covered: { fromMs: EpochMs; toMs: EpochMs }[] = [];
  const news = history.lastSeenMs === undefined ? [] : [history.lastSeenMs];
  for (const seenMs of [...news, ...history.seenMs]) {
    const startMs = Math.max(seenMs, fromMs);
    const endMs = Math.min(seenMs + history.staleAfterMs, toMs);
    if (endMs <= startMs) continue;
    const last = covered.at(-1);
    if (last !== undefined && startMs <= last.toMs) last.toMs = Math.max(last.toMs, endMs);
    else covered.push({ fromMs: startMs, toMs: endMs });
  }
  return covered;
}

/** A space while one walks through its changes. */
interface Walk {
  readonly spans: Span[];
  readonly ends: End[];
  isOccupied: boolean;
  sinceMs: EpochMs | null;
  /** What is known up to here. */
  atMs: EpochMs;
  /** Whether it was observed up to `atMs`. */
  isWatched: boolean;
}

function passChange(walk: Walk, { to, atMs }: Change, coveredFromMs: EpochMs): void {
  const { isOccupied, sinceMs } = walk;
  const isLater = atMs > walk.atMs;
  if (isLater) walk.spans.push({ fromMs: walk.atMs, toMs: atMs, isOccupied, sinceMs });
  if (sinceMs !== null && (isLater || (walk.isWatched && atMs === walk.atMs)))
    walk.ends.push({ atMs, isOccupied, sinceMs });
  walk.isWatched = atMs >= coveredFromMs;
  walk.isOccupied = to === 'occupied';
  walk.sinceMs = atMs;
  walk.atMs = Math.max(walk.atMs, atMs);
}

/** Spans, changes and ends of one space in `[fromMs, toMs)`. */
export function toTimeline(history: SpaceHistory, range: Range): SpaceTimeline {
  const { spaceId, before, lastSeenMs = -Infinity } = history;
  const { changes, first } = toChanges(
    history.transitions,
    before === undefined ? undefined : toMoment(before),
  );
  // Before the first news of all there is nothing to be occupied or vacant.
  const knownFromMs = first?.changedAtMs ?? Infinity;
  // News of before the range may reach into it.
  const isHeld = lastSeenMs + history.staleAfterMs >= range.fromMs;
  const walk: Walk = {
    spans: [],
    ends: [],
    isOccupied: first?.status === 'occupied',
    sinceMs: first?.sinceMs ?? null,
    atMs: range.fromMs,
    isWatched: false,
  };
  let next = 0;
  for (const { fromMs, toMs } of coverage(history, range)) {
    walk.atMs = Math.max(fromMs, knownFromMs);
    walk.isWatched = fromMs === range.fromMs && isHeld;
    for (let change = changes[next]; change && change.atMs < toMs; change = changes[next]) {
      passChange(walk, change, fromMs);
      next += 1;
    }
    const { atMs, isOccupied, sinceMs } = walk;
    if (toMs > atMs) walk.spans.push({ fromMs: atMs, toMs, isOccupied, sinceMs });
  }
  return {
    spaceId,
    spans: walk.spans,
    changes: changes.filter(({ atMs }) => atMs >= range.fromMs && atMs < range.toMs),
    ends: walk.ends,
  };
}

/** What a history answers about spaces around a range of time. */
export interface SpacesHistory {
  /** The last transition of each before the range. */
  readonly before: ReadonlyMap<SpaceId, Transition>;
  /** When each was last observed before the range. */
  readonly lastSeen: ReadonlyMap<SpaceId, EpochMs>;
  /** In order of time; those inferred beyond the range's end last. */
  readonly transitions: readonly Transition[];
  /** When each was observed in the range, in order of time; what news of before still cover may be left out. */
  readonly seen: ReadonlyMap<SpaceId, readonly EpochMs[]>;
}

/** For how long news of spaces hold at the least and at the most, ms; of those without a device nothing holds. */
export function holdingTimes(staleAfterMs: Iterable<number>): {
  readonly shortestMs: number;
  readonly longestMs: number;
} {
  const positive = [...staleAfterMs].filter((ms) => ms > 0).sort((a, b) => a - b);
  return { shortestMs: Math.max(1, Math.floor(positive[0] ?? 1)), longestMs: positive.at(-1) ?? 0 };
}

/** When each space was observed, from observations in the order of time: the first and the last of each step. */
export function seenBySpace(
  observations: readonly Pick<Observation, 'spaceId' | 'observedAtMs'>[],
  stepMs: number,
): ReadonlyMap<SpaceId, readonly EpochMs[]> {
  const stepOf = (atMs: EpochMs | undefined) => atMs !== undefined && Math.floor(atMs / stepMs);
  const seen = new Map<SpaceId, EpochMs[]>();
  for (const { spaceId, observedAtMs } of observations) {
    const known = seen.get(spaceId);
    if (!known) seen.set(spaceId, [observedAtMs]);
    else if (observedAtMs !== known.at(-1)) {
      if (stepOf(known.at(-2)) === stepOf(observedAtMs)) known.pop();
      known.push(observedAtMs);
    }
  }
  return seen;
}

/** A timeline of each space, by the same rules for all. */
export function toTimelines(
  spaceIds: readonly SpaceId[],
  history: SpacesHistory,
  staleAfterMs: (spaceId: SpaceId) => number,
  range: Range,
): readonly SpaceTimeline[] {
  const { before, lastSeen, seen } = history;
  const changed = Map.groupBy(history.transitions, ({ spaceId }) => spaceId);
  return spaceIds.map((spaceId) =>
    toTimeline(
      {
        spaceId,
        before: before.get(spaceId),
        transitions: changed.get(spaceId) ?? [],
        lastSeenMs: lastSeen.get(spaceId),
        seenMs: seen.get(spaceId) ?? [],
        staleAfterMs: staleAfterMs(spaceId),
      },
      range,
    ),
  );
}
