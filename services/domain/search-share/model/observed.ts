import type { Segment, vacancyEnd } from './vacancy-end.ts';

/** What is known of the sensors of a zone; latencies are means over devices. */
export interface SensorTraits {
  /** A change shorter than this is never reported, s. */
  readonly debounceS: number;
  readonly freeLatencyS: number;
  readonly occupiedLatencyS: number;
  /** A missed change is found out at the latest after this, s. */
  readonly heartbeatS: number;
  /** Share of uplinks lost for good, from the gaps in the frame counters. */
  readonly lostUplinkRatio: number;
  /** Share of vehicles the counters miss, from manual counts. */
  readonly undercountRatio: number;
  /** Share of arrivals the sensors miss, from an audit; `null` estimates it from the data. */
  readonly missedArrivalRatio: number | null;
}

/** A space seen vacant in `[fromS, toS)`, seconds since the day's start. */
export interface Vacancy {
  readonly fromS: number;
  readonly toS: number;
  readonly end: (typeof vacancyEnd)[keyof typeof vacancyEnd];
  /** False where watching began on a space that was vacant already; left out where it opened at `fromS`. */
  readonly isOpeningSeen?: false;
  /** Where the take was inferred from a later uplink: it happened in (`earliestToS`, `toS`]. */
  readonly earliestToS?: number;
}

/** Vehicles counted in `[fromS, toS)`. */
export interface CountedInterval {
  readonly fromS: number;
  readonly toS: number;
  readonly vehicles: number;
}

/** One stretch on one day, as observed. */
export interface StretchDay {
  readonly stretch: number;
  readonly day: number;
  /** Mean number of spaces whose status was known. */
  readonly sensedSpaces: number;
  readonly vacancies: readonly Vacancy[];
  readonly counts: readonly CountedInterval[];
}

/** One local day: how long it is and which parts of it are analysed, in which stratum. */
export interface DayPlan {
  readonly durationS: number;
  readonly segments: readonly Segment[];
}

/** Everything a zone's estimate is made from. `stretch` and `day` in `groups` are positions in these lists. */
export interface ZoneObservations {
  readonly stretches: readonly {
    readonly id: string;
    readonly lengthM: number;
    /** Spaces that exist, sensed or not. */
    readonly numberOfSpaces: number;
  }[];
  readonly days: readonly DayPlan[];
  /** Number of strata; segments name them 0 … strata − 1. */
  readonly strata: number;
  readonly groups: readonly StretchDay[];
  readonly sensors: SensorTraits;
}
