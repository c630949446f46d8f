import type { AgeTable } from './age-table.ts';
import type { EpochMs } from './ids.ts';

/** Quarter hours and hours are UTC-aligned; days are local to the deployment and last 23 to 25 hours. */
export type RollUpStep = '15min' | 'hour' | 'day';

/**
 * What happened at one space, site, stretch, zone or municipality in `[fromMs, toMs)`. Times are sums
 * over its spaces, so that roll-ups add up; ratios are made from them when they are read.
 */
export interface RollUp {
  readonly scope: 'space' | 'site' | 'stretch' | 'zone' | 'municipality';
  readonly id: string;
  readonly step: RollUpStep;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** Spaces that belong to it. */
  readonly numberOfSpaces: number;
  /** Space-time for which the status was known. */
  readonly observedMs: number;
  /** Space-time seen occupied; `occupiedMs / observedMs` is the occupancy ratio. */
  readonly occupiedMs: number;
  readonly arrivals: number;
  readonly departures: number;
  /** Of `arrivals` and `departures`, those inferred from a later uplink. */
  readonly inferred: number;
  /** Spaces occupied, and spaces whose status was known, at the moment the interval ended. */
  readonly occupiedAtEnd: number;
  readonly observedAtEnd: number;
  /** Wall-clock time with every observed space occupied, and time with any observed space. */
  readonly fullMs: number;
  readonly watchedMs: number;
  /**
   * The same two of its streets, each times its spaces: a zone as a whole is hardly ever full. Sites and
   * stretches are their own street.
   */
  readonly streetFullMs: number;
  readonly streetWatchedMs: number;
  /** Sum of the stays that ended here, and how many there were. */
  readonly endedStayMs: number;
  readonly endedStays: number;
  /** Stays and vacancies by age; `null` when none of a known age was watched. */
  readonly stays: AgeTable | null;
  readonly vacancies: AgeTable | null;
  /** Vehicles counted on it; `null` where no counter reported for any part of the interval. */
  readonly vehicles: number | null;
  /** Time for which a counter reported. */
  readonly countedMs: number;
}
