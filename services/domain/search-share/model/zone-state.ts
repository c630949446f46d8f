import { addTo, floatAt, valueAt } from './columns.ts';

/**
 * The zone's state as one stretch sees it: mean fullness of the other sensed stretches, by step. Leaving
 * the stretch itself out is mandatory: with it the estimate reads 4–63 % high (estimators-town.md 2.3).
 */
export function zoneStates(
  fullness: readonly Float32Array[],
  dayOf: readonly number[],
): readonly Float32Array[] {
  const sums = new Map<number, { sum: Float64Array; stretches: number }>();
  fullness.forEach((full, g) => {
    const day = dayOf[g] ?? 0;
    const entry = sums.get(day) ?? { sum: new Float64Array(full.length), stretches: 0 };
    for (let step = 0; step < full.length; step++) addTo(entry.sum, step, floatAt(full, step));
    entry.stretches++;
    sums.set(day, entry);
  });
  return fullness.map((full, g) => {
    const entry = sums.get(dayOf[g] ?? 0);
    const others = (entry?.stretches ?? 1) - 1;
    const state = new Float32Array(full.length);
    if (entry === undefined || others <= 0) return state;
    for (let step = 0; step < full.length; step++)
      state[step] = (valueAt(entry.sum, step) - floatAt(full, step)) / others;
    return state;
  });
}

/** Borders that cut the states of the counted steps into `bins` parts of equal size, from every 23rd step. */
export function stateBorders(
  states: readonly Float32Array[],
  stretchOf: readonly number[],
  stratumOfStep: readonly Int16Array[],
  bins: number,
): Float64Array {
  // A stride that shares no factor with the hour keeps the sample from meeting the same minutes again.
  const stride = 23;
  const sample: number[] = [];
  states.forEach((state, g) => {
    const offset = stretchOf[g] ?? 0;
    const strata = stratumOfStep[g];
    for (let step = 0; step < state.length; step++)
      if ((step * 7 + offset) % stride === 0 && (strata?.[step] ?? -1) >= 0)
        sample.push(floatAt(state, step));
  });
  const sorted = Float64Array.from(sample).sort();
  return Float64Array.from(
    { length: bins - 1 },
    (_, i) => sorted[Math.floor((sorted.length * (i + 1)) / bins)] ?? 0,
  );
}

/** The bin of each step: the number of borders its state exceeds. */
export function binStates(state: Float32Array, borders: Float64Array): Uint8Array {
  const bins = new Uint8Array(state.length);
  for (let step = 0; step < state.length; step++) {
    const value = floatAt(state, step);
    let bin = 0;
    while (bin < borders.length && value > valueAt(borders, bin)) bin++;
    bins[step] = bin;
  }
  return bins;
}
