// One reader a kind of column: shared by several kinds, the engine reads each value several times as slowly.

/** The value at a place; 0 beyond the end, where only a wrong index can lead. */
export const valueAt = (column: Float64Array, place: number): number => column[place] ?? 0;

export const floatAt = (column: Float32Array, place: number): number => column[place] ?? 0;

export const indexAt = (column: Int32Array, place: number): number => column[place] ?? 0;

export const byteAt = (column: Uint8Array, place: number): number => column[place] ?? 0;

export const addTo = (column: Float64Array, place: number, amount: number): void => {
  column[place] = (column[place] ?? 0) + amount;
};

export const sumOf = (column: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i] ?? 0;
  return sum;
};
