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
  const blind = 1 + spread * hazard * blindS;
  return power(blind / (blind + spread * hazard * age), 1 / spread);
}

/** base ^ exponent; whole exponents by squaring, several times as fast, and this is asked millions of times. */
function power(base: number, exponent: number): number {
  const whole = Math.round(exponent);
  if (Math.abs(whole - exponent) > 1e-9 || whole > 64) return Math.pow(base, exponent);
  let result = 1;
  let square = base;
  for (let left = whole; left > 0; left >>= 1) {
    if ((left & 1) === 1) result *= square;
    square *= square;
  }
  return result;
}

/** Probability that nobody has come within the blind time. */
export const outlastsBlind = ({ hazard, spread }: Waiting): number =>
  spread < noSpread
    ? Math.exp(-hazard * blindS)
    : power(1 / (1 + spread * hazard * blindS), 1 / spread);

/** A take that happened between two ages, with the survival at both. */
export interface TakeSpan {
  from: number;
  to: number;
  atFrom: number;
  atTo: number;
}

/** ∫ survival over the span, s. */
export function survivalIntegral(waiting: Waiting, { from, to, atFrom, atTo }: TakeSpan): number {
  const { hazard, spread } = waiting;
  if (spread < noSpread) return (atFrom - atTo) / hazard;
  const blind = 1 + spread * hazard * blindS;
  const [scaleFrom, scaleTo] = [blind + spread * hazard * from, blind + spread * hazard * to];
  return (atFrom * scaleFrom - atTo * scaleTo) / ((1 - spread) * hazard);
}

/** Mean of the age of the take; `integral` is that of the survival over the span. */
export function meanAgeOfTake({ from, to, atFrom, atTo }: TakeSpan, integral: number): number {
  // Differences cancel over short spans; their limit is the middle.
  if (atFrom - atTo < 1e-3 * atFrom) return (from + to) / 2;
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
 * Density (closed at the span's end) or probability (still open then) of a vacancy whose take the sensor
 * missed: taken within the span, then a phantom until the next heartbeat, uniform within `heartbeatS`
 * (estimators-town.md 2.1, state B).
 */
export function missedTake(
  { from, to, atFrom, atTo }: TakeSpan,
  integral: number,
  heartbeatS: number,
  closed: boolean,
): number {
  const taken = atFrom - atTo;
  if (closed) return taken / heartbeatS;
  const sumOfAges = from * atFrom - to * atTo + integral;
  return Math.max(0, (1 - to / heartbeatS) * taken + sumOfAges / heartbeatS);
}
