/** The state as a group sees it, by step; the array is used again for the next group. */
export type ZoneState = (group: number) => Float32Array;

/**
 * The zone's state as one stretch sees it: mean fullness of the other sensed stretches, by step. Leaving
 * the stretch itself out is mandatory: with it the estimate reads 4–63 % high (estimators-town.md 2.3).
 */
export function zoneStates(fullness: readonly Float32Array[], dayOf: readonly number[]): ZoneState {
  const days: { readonly sum: Float64Array; stretches: number }[] = [];
  fullness.forEach((full, g) => {
    const day = (days[dayOf[g] ?? 0] ??= { sum: new Float64Array(full.length), stretches: 0 });
    const { sum } = day;
    for (let step = 0; step < full.length; step++) sum[step] = (sum[step] ?? 0) + (full[step] ?? 0);
    day.stretches++;
  });
  const longest = fullness.reduce((most, { length }) => Math.max(most, length), 0);
  // One group is looked at at a time: the states of all would be the largest thing in memory.
  const state = new Float32Array(longest);
  return (group) => {
    const day = days[dayOf[group] ?? 0];
    const full = fullness[group] ?? new Float32Array();
    const others = (day?.stretches ?? 1) - 1;
    for (let step = 0; step < full.length; step++)
      state[step] = others > 0 ? ((day?.sum[step] ?? 0) - (full[step] ?? 0)) / others : 0;
    return state;
  };
}

/** Borders that cut the states of the counted steps into `bins` parts of equal size, from every 23rd step. */
export function stateBorders(
  stateOf: ZoneState,
  groups: readonly { readonly stretch: number; readonly stratumOfStep: Int8Array }[],
  bins: number,
): Float64Array {
  // A stride that shares no factor with the hour keeps the sample from meeting the same minutes again.
  const stride = 23;
  const sample: number[] = [];
  groups.forEach(({ stretch, stratumOfStep }, g) => {
    const state = stateOf(g);
    for (let step = 0; step < stratumOfStep.length; step++)
      if ((step * 7 + stretch) % stride === 0 && (stratumOfStep[step] ?? -1) >= 0)
        sample.push(state[step] ?? 0);
  });
  const sorted = Float64Array.from(sample).sort();
  return Float64Array.from(
    { length: bins - 1 },
    (_, i) => sorted[Math.floor((sorted.length * (i + 1)) / bins)] ?? 0,
  );
}

/** Fills in the bin of each step: the number of borders the state exceeds. */
export function binStates(state: Float32Array, borders: Float64Array, bins: Uint8Array): void {
  let bin = 0;
  for (let step = 0; step < bins.length; step++) {
    const value = state[step] ?? 0;
    // The state changes little from step to step, so the search goes on from the last bin.
    while (bin < borders.length && value > (borders[bin] ?? 0)) bin++;
    while (bin > 0 && value <= (borders[bin - 1] ?? 0)) bin--;
    bins[step] = bin;
  }
}
