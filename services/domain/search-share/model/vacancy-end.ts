/** How a vacancy ended: still open when watching ended, a take, a matched guided take, a take found out later. */
export const vacancyEnd = { open: 0, taken: 1, guided: 2, inferred: 3 } as const;

/** Half-open piece of a day in one stratum, seconds since the day's start. */
export interface Segment {
  readonly fromS: number;
  readonly toS: number;
  readonly stratum: number;
}
