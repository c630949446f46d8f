import type { EpochMs } from './ids.ts';
import type { Count } from './observation.ts';

/** Which of the intervals a moment lies in; -1 before the first. */
export const intervalAt = (bounds: readonly EpochMs[], atMs: EpochMs): number =>
  bounds.findLastIndex((boundMs) => boundMs <= atMs);

/** Vehicles of a count until `atMs`, as if they had come evenly; whole, so that parts add up. */
const vehiclesUntil = ({ fromMs, toMs, vehicles }: Count, atMs: EpochMs): number =>
  Math.round((vehicles * (Math.min(Math.max(atMs, fromMs), toMs) - fromMs)) / (toMs - fromMs));

/** What a count adds to an interval. */
export interface CountShare {
  readonly vehicles: number;
  readonly countedMs: number;
}

/** Counts of one counted place, in order of `fromMs`: where they overlap, its time counts once. */
export function sumCounts(
  counts: readonly Count[],
  bounds: readonly EpochMs[],
  addShare: (interval: number, share: CountShare) => void,
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
      addShare(interval, {
        vehicles: vehiclesUntil(count, endMs) - vehiclesUntil(count, startMs),
        countedMs: Math.max(0, Math.min(endMs, count.toMs) - Math.max(startMs, newFromMs)),
      });
    }
  }
}
