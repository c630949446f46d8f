/**
 * Wait before the n-th attempt (0 is the first after a loss), in ms: doubles from 1 s to 30 s, and of that
 * a random half, so that a thousand pages do not come back in the same second ("equal jitter").
 */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(30_000, 1000 * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (random() * ceiling) / 2;
}
