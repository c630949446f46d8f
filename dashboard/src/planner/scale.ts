/** A straight line from values to pixels. */
export const linear =
  ([fromA, fromB]: readonly [number, number], [toA, toB]: readonly [number, number]) =>
  (value: number): number =>
    fromB === fromA ? toA : toA + ((value - fromA) / (fromB - fromA)) * (toB - toA);

/** Round numbers from 0 to at least `max`, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
export function ticksUpTo(max: number, count = 5): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const steps = Math.ceil(max / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

/** One of `steps` classes of equal width for a ratio of 0–1. */
export const classOf = (ratio: number, steps: number): number =>
  Math.min(steps - 1, Math.max(0, Math.floor(ratio * steps)));
