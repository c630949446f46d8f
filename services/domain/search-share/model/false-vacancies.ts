import { addTo, valueAt } from './columns.ts';

/**
 * How false vacancies end: a rate by age since the blind time. Nobody knows the law, sensors differ; one rate
 * for all ages takes false vacancies for real ones wherever those last about as long (decision 0024).
 */
export interface FalseEnds {
  /** Ages at which a new rate begins, s; the first is 0. */
  readonly fromS: Float64Array;
  /** Ends per second. */
  readonly rate: Float64Array;
}

/** What one iteration saw of false vacancies, by age. */
export interface FalseSums {
  readonly ends: Float64Array;
  readonly timeS: Float64Array;
}

const agesS = { constant: [0], stepwise: [0, 60, 120, 240, 360, 480, 600, 1200] } as const;
/** Starting mean life, and the longest one, s. */
const [usualLifeS, longestLifeS] = [360, 600];
/** The law is drawn towards the usual life as if this many ends had been seen. */
const priorEnds = 30;

export function createFalseEnds(law: keyof typeof agesS): FalseEnds {
  const fromS = Float64Array.from(agesS[law]);
  return { fromS, rate: new Float64Array(fromS.length).fill(1 / usualLifeS) };
}

export const createFalseSums = ({ rate }: FalseEnds): FalseSums => ({
  ends: new Float64Array(rate.length),
  timeS: new Float64Array(rate.length),
});

/** Density of an end at `age`, or the probability of none until then. */
export function falseLikelihood({ fromS, rate }: FalseEnds, age: number, closed: boolean): number {
  let expected = 0;
  let i = 0;
  for (; i + 1 < fromS.length && age >= valueAt(fromS, i + 1); i++)
    expected += valueAt(rate, i) * (valueAt(fromS, i + 1) - valueAt(fromS, i));
  expected += valueAt(rate, i) * (age - valueAt(fromS, i));
  return (closed ? valueAt(rate, i) : 1) * Math.exp(-expected);
}

/** Adds a vacancy that was false with probability `weight`. */
export function addFalse(
  { fromS }: FalseEnds,
  sums: FalseSums,
  age: number,
  closed: boolean,
  weight: number,
): void {
  let i = 0;
  for (; i + 1 < fromS.length && age >= valueAt(fromS, i + 1); i++)
    addTo(sums.timeS, i, weight * (valueAt(fromS, i + 1) - valueAt(fromS, i)));
  addTo(sums.timeS, i, weight * (age - valueAt(fromS, i)));
  if (closed) addTo(sums.ends, i, weight);
}

/** Improves the law in place. */
export function learnFalseEnds({ rate }: FalseEnds, { ends, timeS }: FalseSums): void {
  const prior = priorEnds / rate.length;
  for (let i = 0; i < rate.length; i++) {
    const found = (valueAt(ends, i) + prior) / (valueAt(timeS, i) + prior * usualLifeS);
    // Of a law with several ages only the oldest needs a bound: it alone has no end.
    rate[i] = i + 1 < rate.length ? found : Math.max(1 / longestLifeS, found);
  }
}
