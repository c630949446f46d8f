import type { EpochMs } from './ids.ts';
import { dayMs } from './local-time.ts';

/** How much a device may be sent in any 24 hours. */
export interface DownlinkBudget {
  /** Whether there is room for one more of so much time on air, in ms. */
  hasRoom(airtimeMs: number, nowMs: EpochMs): boolean;
  spend(airtimeMs: number, nowMs: EpochMs): void;
}

/** Counts the last 24 hours as they slide on; memory is bounded by the number that is allowed. */
export function createDownlinkBudget(limits: {
  readonly downlinksPerDay: number;
  readonly airtimeMsPerDay: number;
}): DownlinkBudget {
  let spent: { readonly atMs: EpochMs; readonly airtimeMs: number }[] = [];
  return {
    hasRoom(airtimeMs, nowMs) {
      spent = spent.filter(({ atMs }) => atMs > nowMs - dayMs);
      const onAirMs = spent.reduce((sum, one) => sum + one.airtimeMs, 0);
      return spent.length < limits.downlinksPerDay && onAirMs + airtimeMs <= limits.airtimeMsPerDay;
    },
    spend: (airtimeMs, nowMs) => void spent.push({ atMs: nowMs, airtimeMs }),
  };
}
