/**
 * A stretch on which only some spaces carry a sensor: seen full is not full (estimators-town.md 5.1).
 * Occupied spaces follow a truncated Poisson law of unknown load A (Erlang's loss system).
 */
interface FullRatios {
  /** All sensed spaces occupied, and all spaces occupied. */
  readonly sensed: number;
  readonly all: number;
}

/** Probability that all of `sensed` randomly chosen spaces of `spaces` are occupied when `free` are free. */
function noneFreeSensed(spaces: number, free: number, sensed: number): number {
  if (free > spaces - sensed) return 0;
  let probability = 1;
  for (let i = 0; i < free; i++) probability *= (spaces - sensed - i) / (spaces - i);
  return probability;
}

function fullRatios(spaces: number, sensed: number, load: number): FullRatios {
  // p(j free) ∝ load^(spaces − j) / (spaces − j)!, built up by occupied spaces.
  const whole = Math.floor(sensed);
  const part = sensed - whole;
  let weight = 1;
  let total = 0;
  let seenFull = 0;
  for (let occupied = 0; occupied <= spaces; occupied++) {
    const free = spaces - occupied;
    const hidden =
      (1 - part) * noneFreeSensed(spaces, free, whole) +
      (part > 0 ? part * noneFreeSensed(spaces, free, whole + 1) : 0);
    total += weight;
    seenFull += weight * hidden;
    if (occupied < spaces) weight *= load / (occupied + 1);
  }
  return { sensed: seenFull / total, all: weight / total };
}

/**
 * κ: the share of the time seen full in which the stretch is full. `sensed` need not be whole (a mean over
 * days); `seenFullRatio` is the share of time in which all sensed spaces are occupied.
 */
export function trulyFullRatio(spaces: number, sensed: number, seenFullRatio: number): number {
  if (spaces - sensed < 1e-6) return 1;
  const target = Math.max(0.00125, seenFullRatio);
  let low = 1e-3;
  let high = 1e4;
  for (let i = 0; i < 60; i++) {
    const load = Math.sqrt(low * high);
    if (fullRatios(spaces, sensed, load).sensed < target) low = load;
    else high = load;
  }
  const { sensed: seen, all } = fullRatios(spaces, sensed, low);
  return Math.min(1, all / Math.max(1e-9, seen));
}
