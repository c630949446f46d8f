import { addAges, ageQuantileMs, endsOf, noAges, type AgeTable } from './age-table.ts';
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
  /** Spaces at the end of the time, those without news apart; `null` while it is not closed. */
  readonly numberOfOccupiedSpaces: number | null;
  readonly numberOfVacantSpaces: number | null;
  /** Mean of the stays that ended, ms (CDS Metrics API, Average Dwell Time). */
  readonly meanDwellMs: number | null;
  /** Parking duration, and how long spaces stayed vacant, with those under way taken into account. */
  readonly dwellMs: Quantiles | null;
  readonly vacancyMs: Quantiles | null;
  /** Share of time in which every observed space was occupied; of a zone the mean of its streets. */
  readonly fullRatio: number | null;
  /** Vehicles counted; `null` where no counter reported. */
  readonly vehicles: number | null;
  readonly evidence: Evidence;
  /** Numbers of fewer than five spaces are not told: they would tell of single cars. */
  readonly withheld: 'small-group' | null;
}

/** What a quarter, half, three quarters and nine tenths do not exceed, ms; `null` lies beyond what was seen. */
export interface Quantiles {
  readonly p25: number | null;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p90: number | null;
}

/** The n of a figure. */
export interface Evidence {
  /** Spaces that exist. */
  readonly numberOfSpaces: number;
  /** Spaces with a sensor that may be counted. */
  readonly sensedSpaces: number;
  /** Share of the sensed space-time for which the status was known: availability of the sensors. */
  readonly observedRatio: number | null;
  /** Stays that ended, behind `meanDwellMs` and `dwellMs`. */
  readonly endedStays: number;
  /** Vacancies that ended, behind `vacancyMs`. */
  readonly endedVacancies: number;
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

/** Share of the observed time that single streets were full, weighted by their spaces. */
export function fullRatioOf(rows: readonly RollUp[]): number | null {
  let fullMs = 0;
  let watchedMs = 0;
  for (const row of rows) {
    fullMs += row.streetFullMs;
    watchedMs += row.streetWatchedMs;
  }
  return share(fullMs, watchedMs);
}

/** Fewer ends say little of a distribution, and may say much of single cars. */
const fewestEnds = 10;

function agesOf(rows: readonly RollUp[], of: (row: RollUp) => AgeTable | null): AgeTable {
  const sums = noAges();
  for (const row of rows) {
    const ages = of(row);
    if (ages) addAges(sums, ages);
  }
  return sums;
}

function quantilesOf(ages: AgeTable): Quantiles | null {
  if (endsOf(ages) < fewestEnds) return null;
  return {
    p25: ageQuantileMs(ages, 0.25),
    p50: ageQuantileMs(ages, 0.5),
    p75: ageQuantileMs(ages, 0.75),
    p90: ageQuantileMs(ages, 0.9),
  };
}

/** How many spaces were occupied and vacant at a moment, where an interval ended there. */
function countsAt(rows: readonly RollUp[], atMs: number) {
  const ended = rows.filter(({ toMs }) => toMs === atMs);
  if (ended.length === 0) return { numberOfOccupiedSpaces: null, numberOfVacantSpaces: null };
  const occupied = ended.reduce((sum, row) => sum + row.occupiedAtEnd, 0);
  const observed = ended.reduce((sum, row) => sum + row.observedAtEnd, 0);
  return { numberOfOccupiedSpaces: occupied, numberOfVacantSpaces: observed - occupied };
}

/**
 * Figures of a place from its roll-ups in `[fromMs, toMs)`; times that nobody observed count for
 * nothing.
 */
export function toFigures(rows: readonly RollUp[], place: Place, observable: Interval): Figures {
  const all = figuresOf(rows, place, observable);
  if (!isTooSmall(place)) return all;
  const evidence = { ...all.evidence, endedStays: 0, endedVacancies: 0 };
  return { ...unknownFigures, vehicles: all.vehicles, evidence, withheld: 'small-group' };
}

/**
 * Figures of one space whose status is published anyway, from a day on. How long single cars stay on it
 * is not told, nor how long it stays vacant (feeds: no dwell time of a single space).
 */
export const toSpaceFigures = (
  rows: readonly RollUp[],
  place: Place,
  observable: Interval,
): Figures => ({
  ...figuresOf(rows, place, observable),
  meanDwellMs: null,
  dwellMs: null,
  vacancyMs: null,
});

function figuresOf(rows: readonly RollUp[], place: Place, observable: Interval): Figures {
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
    endedVacancies: 0,
    countedHours: sum((row) => row.countedMs) / 3_600_000,
  };
  const traffic = { vehicles: counted.length === 0 ? null : vehicles };
  if (observedMs === 0) return { ...unknownFigures, ...traffic, evidence };
  const arrivals = sum((row) => row.arrivals);
  const departures = sum((row) => row.departures);
  const endedStays = sum((row) => row.endedStays);
  const endedStayMs = sum((row) => row.endedStayMs);
  const vacancies = agesOf(rows, (row) => row.vacancies);
  return {
    occupancyRatio: occupancyRatio({ observedMs, occupiedMs: sum((row) => row.occupiedMs) }),
    turnoverPerSpaceHour: turnoverPerSpaceHour({ observedMs, arrivals }),
    arrivals,
    departures,
    inferredRatio: share(
      sum((row) => row.inferred),
      arrivals + departures,
    ),
    ...countsAt(rows, observable.toMs),
    meanDwellMs: endedStays < fewestEnds ? null : meanDwellMs({ endedStays, endedStayMs }),
    dwellMs: quantilesOf(agesOf(rows, (row) => row.stays)),
    vacancyMs: quantilesOf(vacancies),
    fullRatio: fullRatioOf(rows),
    ...traffic,
    evidence: { ...evidence, endedStays, endedVacancies: endsOf(vacancies) },
    withheld: null,
  };
}

const unknownFigures = {
  occupancyRatio: null,
  turnoverPerSpaceHour: null,
  arrivals: null,
  departures: null,
  inferredRatio: null,
  numberOfOccupiedSpaces: null,
  numberOfVacantSpaces: null,
  meanDwellMs: null,
  dwellMs: null,
  vacancyMs: null,
  fullRatio: null,
  vehicles: null,
  withheld: null,
};
