import { blindS } from './blind.ts';

/**
 * How long a free space waits for a taker. Each opening meets a searching pressure of its own: the rate is
 * hazard × Z with Z ~ Gamma, mean 1, variance `spread`; with spread 0 waiting is exponential. Ages are
 * seconds after the blind time, and everything is given that the space was not taken before.
 */
export interface Waiting {
  /** Takes per second at the opening. */
  readonly hazard: number;
  readonly spread: number;
}

/** Below this a spread cannot be told from none, and the formulas lose digits. */
const noSpread = 1e-4;

/** Expected relative pressure when nobody has come until `age`, per take that came then. */
export const fading = ({ hazard, spread }: Waiting, age: number): number =>
  1 / (1 + spread * hazard * (blindS + age));

/** Probability that nobody has come by `age`. */
export function survival({ hazard, spread }: Waiting, age: number): number {
  if (spread < noSpread) return Math.exp(-hazard * age);
  const blind = spread * hazard * blindS;
  return Math.exp(-Math.log1p((spread * hazard * age) / (1 + blind)) / spread);
}

/** Expected takes within the blind time, as the logarithm of one over the probability of none. */
export const blindTakes = ({ hazard, spread }: Waiting): number =>
  spread < noSpread ? hazard * blindS : Math.log1p(spread * hazard * blindS) / spread;

/** ∫ survival between two ages, s. */
export function survivalIntegral(waiting: Waiting, from: number, to: number): number {
  const { hazard, spread } = waiting;
  const atFrom = survival(waiting, from);
  const atTo = survival(waiting, to);
  if (spread < noSpread) return (atFrom - atTo) / hazard;
  const scale = (age: number): number => 1 + spread * hazard * (blindS + age);
  return (atFrom * scale(from) - atTo * scale(to)) / ((1 - spread) * hazard);
}

/** Mean of the age of the take, given that it was between two ages. */
export function meanAgeOfTake(waiting: Waiting, from: number, to: number): number {
  const atFrom = survival(waiting, from);
  const atTo = survival(waiting, to);
  // Differences cancel over short spans; their limit is the middle.
  if (atFrom - atTo < 1e-3 * atFrom) return (from + to) / 2;
  const integral = survivalIntegral(waiting, from, to);
  const mean = from + (integral - (to - from) * atTo) / (atFrom - atTo);
  return Math.max(from, Math.min(to, mean));
}

/** Probability that nobody had come by `at`, given that somebody came between two ages. */
export function stillOpen(waiting: Waiting, from: number, to: number, at: number): number {
  if (at <= from) return 1;
  if (at >= to) return 0;
  const atFrom = survival(waiting, from);
  const atTo = survival(waiting, to);
  if (atFrom - atTo < 1e-3 * atFrom) return 1 - (at - from) / (to - from);
  return (survival(waiting, at) - atTo) / (atFrom - atTo);
}

/**
 * Density (closed at `age`) or probability (still open at `age`) of a vacancy whose take the sensor missed:
 * taken after `earliest`, then a phantom until the next heartbeat, uniform within `heartbeatS`
 * (estimators-town.md 2.1, state B).
 */
export function missedTake(
  waiting: Waiting,
  earliest: number,
  age: number,
  heartbeatS: number,
  closed: boolean,
): number {
  const atEarliest = survival(waiting, earliest);
  const atAge = survival(waiting, age);
  const taken = atEarliest - atAge;
  if (closed) return taken / heartbeatS;
  const sumOfAges = earliest * atEarliest - age * atAge + survivalIntegral(waiting, earliest, age);
  return Math.max(0, (1 - age / heartbeatS) * taken + sumOfAges / heartbeatS);
}
