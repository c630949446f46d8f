import type { Interval } from './local-intervals.ts';
import { smallestGroup } from './privacy.ts';
import type { RollUp } from './roll-up.ts';
import { meanDwellMs, occupancyRatio, turnoverPerSpaceHour } from './session.ts';

/** Figures of a place in an interval, each with what it rests on; `null` is not known. */
export interface Figures {
  /** Occupied share of the observed space-time (CDS Metrics API, Occupancy Percent, as a ratio). */
  readonly occupancyRatio: number | null;
  /** Sessions begun per observed space and hour (CDS Metrics API, Turnover, per space). */
  readonly turnoverPerSpaceHour: number | null;
  /** CDS events `park_start` and `park_end`; `null` where no space was observed. */
  readonly arrivals: number | null;
  readonly departures: number | null;
  /** Share of arrivals and departures that a later uplink showed; their time is known to half the gap. */
  readonly inferredRatio: number | null;
  /** Mean of the stays that ended, ms (CDS Metrics API, Average Dwell Time). */
  readonly meanDwellMs: number | null;
  /** Share of time in which every observed space was occupied; of a zone the mean of its streets. */
  readonly fullRatio: number | null;
  /** Vehicles counted; `null` where no counter reported. */
  readonly vehicles: number | null;
  readonly evidence: Evidence;
  /** Numbers of fewer than five spaces are not told: they would tell of single cars. */
  readonly withheld: 'small-group' | null;
}

/** The n of a figure. */
export interface Evidence {
  /** Spaces that exist. */
  readonly numberOfSpaces: number;
  /** Spaces with a sensor that may be counted. */
  readonly sensedSpaces: number;
  /** Share of the sensed space-time for which the status was known: availability of the sensors. */
  readonly observedRatio: number | null;
  /** Stays that ended, behind `meanDwellMs`. */
  readonly endedStays: number;
  /** Hours for which a counter reported, summed over counters. */
  readonly countedHours: number;
}

/** What the figures of a place need to know besides its roll-ups. */
export interface Place {
  readonly numberOfSpaces: number;
  /** Spaces with a sensor that its roll-ups are made of. */
  readonly sensedSpaces: number;
}

const share = (part: number, whole: number): number | null =>
  whole > 0 ? Math.min(1, part / whole) : null;

/** Whether a place has too few sensed spaces for its numbers to be told; without any there are none. */
export const isTooSmall = ({ sensedSpaces }: Place): boolean =>
  sensedSpaces > 0 && sensedSpaces < smallestGroup;

/**
 * Share of time that single streets were full, weighted by their spaces, over the intervals that have
 * observations. `rows` are roll-ups of stretches or sites; a zone as a whole is hardly ever full.
 */
export function fullRatioOf(rows: readonly RollUp[]): number | null {
  let fullMs = 0;
  let lastedMs = 0;
  for (const row of rows) {
    if (row.observedMs <= 0) continue;
    fullMs += row.fullMs * row.numberOfSpaces;
    lastedMs += (row.toMs - row.fromMs) * row.numberOfSpaces;
  }
  return share(fullMs, lastedMs);
}

/**
 * Figures of a place from its roll-ups in `[fromMs, toMs)`; times that nobody observed count for
 * nothing. `streets` are the roll-ups of its streets where it has some, else its own.
 */
export function toFigures(
  rows: readonly RollUp[],
  place: Place,
  observable: Interval,
  streets: readonly RollUp[] = rows,
): Figures {
  const sum = (of: (row: RollUp) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  const observedMs = sum((row) => row.observedMs);
  const counted = rows.filter(({ vehicles }) => vehicles !== null);
  const lastsMs = Math.max(0, observable.toMs - observable.fromMs);
  const vehicles = counted.reduce((total, row) => total + (row.vehicles ?? 0), 0);
  const evidence = {
    ...place,
    observedRatio: share(observedMs, place.sensedSpaces * lastsMs),
    endedStays: 0,
    countedHours: sum((row) => row.countedMs) / 3_600_000,
  };
  const traffic = { vehicles: counted.length === 0 ? null : vehicles };
  if (isTooSmall(place))
    return { ...unknownFigures, ...traffic, evidence, withheld: 'small-group' };
  if (observedMs === 0) return { ...unknownFigures, ...traffic, evidence };
  const arrivals = sum((row) => row.arrivals);
  const departures = sum((row) => row.departures);
  const endedStays = sum((row) => row.endedStays);
  return {
    occupancyRatio: occupancyRatio({ observedMs, occupiedMs: sum((row) => row.occupiedMs) }),
    turnoverPerSpaceHour: turnoverPerSpaceHour({ observedMs, arrivals }),
    arrivals,
    departures,
    inferredRatio: share(
      sum((row) => row.inferred),
      arrivals + departures,
    ),
    meanDwellMs: meanDwellMs({ endedStays, endedStayMs: sum((row) => row.endedStayMs) }),
    fullRatio: fullRatioOf(streets),
    ...traffic,
    evidence: { ...evidence, endedStays },
    withheld: null,
  };
}

const unknownFigures = {
  occupancyRatio: null,
  turnoverPerSpaceHour: null,
  arrivals: null,
  departures: null,
  inferredRatio: null,
  meanDwellMs: null,
  fullRatio: null,
  vehicles: null,
  withheld: null,
};
