type Column = ArrayLike<number> & Iterable<number>;

/** The value at a place; 0 beyond the end, where only a wrong index can lead. */
export const valueAt = (column: Column, place: number): number => column[place] ?? 0;

export const addTo = (column: Float64Array, place: number, amount: number): void => {
  column[place] = (column[place] ?? 0) + amount;
};

export const sumOf = (column: Column): number => {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
};
