import type { CountedInterval } from './observed.ts';

/** Vehicles counted until a time: counts spread evenly over their intervals, nothing in the gaps. */
export function passesUntil(
  counts: readonly CountedInterval[],
  undercountRatio: number,
): (atS: number) => number {
  const sorted = [...counts].sort((a, b) => a.fromS - b.fromS);
  const before = new Float64Array(sorted.length + 1);
  sorted.forEach(({ vehicles }, i) => {
    before[i + 1] = (before[i] ?? 0) + vehicles / (1 - undercountRatio);
  });
  return (atS) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.fromS ?? 0) < atS) low = middle + 1;
      else high = middle;
    }
    const current = sorted[low - 1];
    if (current === undefined) return 0;
    const start = before[low - 1] ?? 0;
    const part = Math.min(1, (atS - current.fromS) / (current.toS - current.fromS));
    return start + ((before[low] ?? start) - start) * part;
  };
}
