import type { EpochMs, SpaceId } from './ids.ts';
import { hiddenGroups, isPublic, smallestGroup } from './privacy.ts';
import type { ParkingSpace } from './site.ts';
import type { SpaceTimeline } from './space-timeline.ts';

interface Range {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** The times at which so many spaces of a group were known that it may be counted. */
function countableTimes(group: readonly SpaceTimeline[]): readonly Range[] {
  const edges = group
    .flatMap(({ spans }) =>
      spans.flatMap(({ fromMs, toMs }) => [
        { atMs: fromMs, by: 1 },
        { atMs: toMs, by: -1 },
      ]),
    )
    // Where one span of a space follows another at once, the space is known all the time.
    .sort((a, b) => a.atMs - b.atMs || b.by - a.by);
  const times: Range[] = [];
  let known = 0;
  let sinceMs: EpochMs | null = null;
  for (const { atMs, by } of edges) {
    known += by;
    if (known >= smallestGroup) sinceMs ??= atMs;
    else if (sinceMs !== null) {
      if (atMs > sinceMs) times.push({ fromMs: sinceMs, toMs: atMs });
      sinceMs = null;
    }
  }
  return times;
}

function cut({ spaceId, spans, changes }: SpaceTimeline, times: readonly Range[]): SpaceTimeline {
  // A change tells how the space was before, which must not be from a time that is not told.
  const knownUntil = new Set(spans.map(({ toMs }) => toMs));
  return {
    spaceId,
    spans: spans.flatMap((span) =>
      times.flatMap(({ fromMs, toMs }) => {
        const startMs = Math.max(span.fromMs, fromMs);
        const endMs = Math.min(span.toMs, toMs);
        return endMs > startMs
          ? [{ fromMs: startMs, toMs: endMs, isOccupied: span.isOccupied, sinceMs: null }]
          : [];
      }),
    ),
    changes: changes.flatMap((change) =>
      knownUntil.has(change.atMs) &&
      times.some(({ fromMs, toMs }) => fromMs < change.atMs && change.atMs < toMs)
        ? [{ ...change, stayFromMs: null }]
        : [],
    ),
    ends: [],
  };
}

/**
 * What the roll-ups of places may be made of: of public spaces everything; of hidden ones the times at
 * which five of their group were known, so that a past interval tells no more than the present told at the
 * time, and no durations, since two sums that differ by one stay would tell how long somebody stayed.
 */
export function createCountableTimelines(
  spaces: readonly ParkingSpace[],
): (timelines: readonly SpaceTimeline[]) => readonly SpaceTimeline[] {
  const open = new Set(spaces.filter(isPublic).map(({ id }) => id));
  const groups = [...Map.groupBy(spaces, ({ siteId }) => siteId).values()].flatMap((ofSite) =>
    hiddenGroups(ofSite).map((group) => group.map(({ id }) => id)),
  );
  return (timelines) => {
    const bySpace = new Map<SpaceId, SpaceTimeline>(timelines.map((one) => [one.spaceId, one]));
    const hidden = groups.flatMap((ids) => {
      const group = ids.flatMap((id) => bySpace.get(id) ?? []);
      const times = countableTimes(group);
      return times.length === 0 ? [] : group.map((timeline) => cut(timeline, times));
    });
    return [...timelines.filter(({ spaceId }) => open.has(spaceId)), ...hidden];
  };
}
