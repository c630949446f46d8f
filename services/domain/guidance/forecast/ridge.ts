/** A linear regression of a few features that is learnt row by row and forgets slowly. */
export interface Ridge {
  predict(features: readonly number[]): number;
  /** Mean squared error of predictions made before the value was known. */
  readonly variance: number;
  learn(features: readonly number[], value: number): void;
}

/** Gaussian elimination with a positive definite matrix: no pivoting needed. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const rows = matrix.map((row, i) => Float64Array.of(...row, right[i] ?? 0));
  const size = rows.length;
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  const subtract = (from: number, what: number, factor: number): void => {
    const row = rows[from];
    for (let j = what; j <= size && row !== undefined; j += 1)
      row[j] = at(from, j) - factor * at(what, j);
  };
  for (let i = 0; i < size; i += 1)
    for (let k = i + 1; k < size; k += 1) subtract(k, i, at(k, i) / at(i, i));
  const solution = new Float64Array(size);
  for (let i = size - 1; i >= 0; i -= 1) {
    let rest = at(i, size);
    for (let j = i + 1; j < size; j += 1) rest -= at(i, j) * (solution[j] ?? 0);
    solution[i] = rest / at(i, i);
  }
  return solution;
}

/**
 * Ridge regression around prior weights (Hoerl and Kennard 1970), with exponential forgetting.
 * `strength` is the weight of the prior in squared feature units, `memoryRows` how many rows count.
 */
export function createRidge(options: {
  readonly weights: readonly number[];
  readonly strength: number;
  readonly variance: number;
  readonly memoryRows: number;
}): Ridge {
  const { strength, memoryRows } = options;
  const prior = Float64Array.from(options.weights);
  const size = prior.length;
  const kept = 1 - 1 / memoryRows;
  /** Sums of products of what was learnt; the prior is added when solving and never fades. */
  const products = Array.from(prior, () => new Float64Array(size));
  const targets = new Float64Array(size);
  const errors = { sum: options.variance * 8, count: 8 };
  let weights: Float64Array = prior;

  const predict = (features: readonly number[]): number =>
    features.reduce((sum, feature, i) => sum + feature * (weights[i] ?? 0), 0);
  return {
    predict,
    get variance() {
      return errors.sum / errors.count;
    },
    learn(features, value) {
      errors.sum = errors.sum * kept + (value - predict(features)) ** 2;
      errors.count = errors.count * kept + 1;
      features.forEach((feature, i) => {
        const row = products[i];
        features.forEach((other, j) => {
          if (row !== undefined) row[j] = (row[j] ?? 0) * kept + feature * other;
        });
        targets[i] = (targets[i] ?? 0) * kept + feature * value;
      });
      weights = solve(
        products.map((row, i) => row.map((sum, j) => sum + (i === j ? strength : 0))),
        targets.map((sum, i) => sum + strength * (prior[i] ?? 0)),
      );
    },
  };
}
