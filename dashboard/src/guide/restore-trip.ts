import type { Driver } from '../driver/driver.svelte.ts';
import { Guidance } from './guidance.svelte.ts';
import { readGuidance, readParked } from './memory.ts';

/** Goes on where the last visit stopped: a trip that was handed over, a car that stands somewhere. */
export function restoreTrip(driver: Driver): void {
  const nowMs = Date.now();
  driver.parked = readParked(nowMs);
  const kept = readGuidance(nowMs);
  if (kept === null || driver.guide !== null) return;
  driver.guide = new Guidance(driver);
  driver.isGuiding = true;
  void driver.guide.resume(kept);
}
