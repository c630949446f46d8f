import type { Revision } from '../../ports/history-store.ts';

/** The same ranges with those that overlap or touch made one: what came late in a row voids one stretch. */
export function mergedRevisions(revisions: readonly Revision[]): readonly Revision[] {
  const merged = new Map<Revision['spaceId'], { fromMs: number; toMs: number }[]>();
  for (const { spaceId, fromMs, toMs } of revisions.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const ranges = merged.get(spaceId) ?? [];
    const open = ranges.at(-1);
    if (open && fromMs <= open.toMs) open.toMs = Math.max(open.toMs, toMs);
    else ranges.push({ fromMs, toMs });
    merged.set(spaceId, ranges);
  }
  return [...merged].flatMap(([spaceId, ranges]) => ranges.map((range) => ({ spaceId, ...range })));
}
