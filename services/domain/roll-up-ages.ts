import { endAge, watchAges, type AgeColumns } from './age-table.ts';
import type { EpochMs } from './ids.ts';
import { intervalAt } from './roll-up-counts.ts';
import type { SpaceTimeline } from './space-timeline.ts';

/** The tables of a space's groups for stays or vacancies in an interval, by number. */
type TablesAt = (interval: number, isOccupied: boolean) => readonly number[];

/** The part of a span that lies in each interval, from the given one on, by age. */
function watchSpan(
  { fromMs, toMs, isOccupied, sinceMs }: SpaceTimeline['spans'][number],
  bounds: readonly EpochMs[],
  firstInterval: number,
  columns: AgeColumns,
  tablesAt: TablesAt,
): void {
  if (sinceMs === null) return;
  for (let at = firstInterval; at < bounds.length - 1; at += 1) {
    const startMs = bounds[at] ?? 0;
    if (startMs >= toMs) return;
    const endMs = Math.min(toMs, bounds[at + 1] ?? 0);
    const fromAgeMs = Math.max(fromMs, startMs) - sinceMs;
    watchAges(columns, tablesAt(at, isOccupied), fromAgeMs, endMs - sinceMs);
  }
}

/** How old stays and vacancies were while they were watched, and at which age they ended. */
export function sumAges(
  timelines: readonly SpaceTimeline[],
  bounds: readonly EpochMs[],
  groupsOf: ReadonlyMap<string, readonly number[]>,
  columns: AgeColumns,
  tableAt: (group: number, interval: number, isOccupied: boolean) => number,
): void {
  for (const { spaceId, spans, ends } of timelines) {
    const groups = groupsOf.get(spaceId);
    if (!groups) continue;
    const tablesAt: TablesAt = (interval, isOccupied) =>
      groups.map((group) => tableAt(group, interval, isOccupied));
    let interval = 0;
    for (const span of spans) {
      while (interval < bounds.length - 2 && (bounds[interval + 1] ?? 0) <= span.fromMs)
        interval += 1;
      watchSpan(span, bounds, interval, columns, tablesAt);
    }
    for (const { atMs, isOccupied, sinceMs } of ends) {
      const at = intervalAt(bounds, atMs);
      if (at < 0 || at >= bounds.length - 1) continue;
      endAge(columns, tablesAt(at, isOccupied), atMs - sinceMs);
    }
  }
}
