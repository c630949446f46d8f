// One reader a kind of column: shared by several kinds, the engine reads each value several times as slowly.

/** The value at a place; 0 beyond the end, where only a wrong index can lead. */
export const valueAt = (column: Float64Array, place: number): number => column[place] ?? 0;

export const floatAt = (column: Float32Array, place: number): number => column[place] ?? 0;

export const indexAt = (column: Int32Array, place: number): number => column[place] ?? 0;

export const byteAt = (column: Uint8Array, place: number): number => column[place] ?? 0;

export const addTo = (column: Float64Array, place: number, amount: number): void => {
  column[place] = (column[place] ?? 0) + amount;
};

export const addFloat = (column: Float32Array, place: number, amount: number): void => {
  column[place] = (column[place] ?? 0) + amount;
};

/** Adds `more` to `sum`, place by place. */
export function addAll(sum: Float64Array, more: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (more[i] ?? 0);
}

export const sumOf = (column: Float64Array | Uint8Array): number => {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
};
