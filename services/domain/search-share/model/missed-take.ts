/**
 * Density (closed at `age`) or probability (still open at `age`) of a vacancy whose take the sensor missed:
 * taken at U ~ exponential(`hazard`), then a phantom until the next heartbeat, uniform within `heartbeatS`.
 * All ages in seconds after the blind time (estimators-town.md 2.1, state B).
 */
export function missedTake(
  age: number,
  hazard: number,
  earliest: number,
  heartbeatS: number,
  closed: boolean,
): number {
  const openAtEarliest = Math.exp(-hazard * earliest);
  const openAtAge = Math.exp(-hazard * age);
  const takenBetween = openAtEarliest - openAtAge;
  if (closed) return takenBetween / heartbeatS;
  const stillPhantom =
    (1 - age / heartbeatS) * takenBetween +
    ((earliest + 1 / hazard) * openAtEarliest - (age + 1 / hazard) * openAtAge) / heartbeatS;
  return Math.max(0, stillPhantom);
}

/** Mean of U given that the take happened between the ages `earliest` and `age`. */
export function truncatedMean(hazard: number, earliest: number, age: number): number {
  const span = age - earliest;
  const y = hazard * span;
  // The two terms cancel for small y; their limit is the middle of the span.
  return earliest + span * (y < 1e-3 ? 0.5 : 1 / y - 1 / Math.expm1(y));
}

/** Probability that the take had not happened by `at`, given that it did between `earliest` and `age`. */
export function stillOpen(hazard: number, earliest: number, age: number, at: number): number {
  if (at <= earliest) return 1;
  if (at >= age) return 0;
  const y = hazard * (age - earliest);
  if (y < 1e-3) return 1 - (at - earliest) / (age - earliest);
  return (Math.exp(-hazard * (at - earliest)) - Math.exp(-y)) / -Math.expm1(-y);
}
