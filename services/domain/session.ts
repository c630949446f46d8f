import type { EpochMs, SpaceId } from './ids.ts';
import type { SeenStatus, Transition } from './observation.ts';

/** A change from occupied to vacant or back, at the time it counts for. */
export interface Change {
  readonly spaceId: SpaceId;
  readonly to: SeenStatus;
  readonly atMs: EpochMs;
  readonly isInferred: boolean;
  /** For an arrival its own time, for a departure when the stay began; `null` when that was not seen. */
  readonly stayFromMs: EpochMs | null;
}

/** The first news of a space says how it is, not that anything changed. */
const isFirstNews = (transition: Transition): boolean =>
  transition.method === 'inferred' && transition.earliestMs === 0;

/**
 * The time a transition counts for. An inferred one lies in (`earliestMs`, `atMs`]; its middle is
 * right on average when every moment of that interval is as likely as any other, keeps a space in one
 * state at a time (full streets stay defined), and is wrong by half the interval at most.
 */
export const changedAtMs = (transition: Transition): EpochMs =>
  transition.method === 'seen' || isFirstNews(transition)
    ? transition.atMs
    : Math.ceil((transition.earliestMs + transition.atMs) / 2);

/** What is known of a space at one moment. */
export interface SpaceMoment {
  readonly status: SeenStatus;
  /** When its status began; `null` when that was not seen. */
  readonly sinceMs: EpochMs | null;
  readonly changedAtMs: EpochMs;
}

/** The moment after a space's last known transition. */
export const toMoment = (last: Transition): SpaceMoment => ({
  status: last.to,
  sinceMs: isFirstNews(last) ? null : changedAtMs(last),
  changedAtMs: changedAtMs(last),
});

/**
 * Changes of one space from its transitions in order of time, going on from `before`. First news and
 * transitions to the status that was there already are no changes; times never run backwards.
 */
export function toChanges(
  transitions: readonly Transition[],
  before?: SpaceMoment,
): { readonly changes: readonly Change[]; readonly first: SpaceMoment | undefined } {
  const changes: Change[] = [];
  let now = before;
  let first = before;
  for (const transition of transitions) {
    if (now === undefined) {
      now = toMoment(transition);
      first = now;
      continue;
    }
    if (transition.to === now.status) continue;
    const atMs = Math.max(now.changedAtMs, changedAtMs(transition));
    changes.push({
      spaceId: transition.spaceId,
      to: transition.to,
      atMs,
      isInferred: transition.method === 'inferred',
      stayFromMs: transition.to === 'occupied' ? atMs : now.sinceMs,
    });
    now = { status: transition.to, sinceMs: atMs, changedAtMs: atMs };
  }
  return { changes, first };
}

/**
 * One vehicle on one space, from `park_start` to `park_end` (CDS Metrics API, Session). Like there,
 * an end that was not seen is `null`: the space was occupied from its first news on, or still is.
 */
export interface ParkingSession {
  readonly spaceId: SpaceId;
  readonly startMs: EpochMs | null;
  readonly endMs: EpochMs | null;
  /** Whether one of its ends was inferred from a later uplink. */
  readonly isInferred: boolean;
}

/** Sessions from the transitions of any number of spaces, each space's in order of time. */
export function toSessions(transitions: readonly Transition[]): readonly ParkingSession[] {
  return [...Map.groupBy(transitions, ({ spaceId }) => spaceId)].flatMap(([spaceId, own]) => {
    const { changes, first } = toChanges(own);
    const sessions: ParkingSession[] = [];
    let open: ParkingSession | null =
      first?.status === 'occupied'
        ? { spaceId, startMs: first.sinceMs, endMs: null, isInferred: false }
        : null;
    for (const { to, atMs, isInferred } of changes) {
      if (to === 'occupied') open = { spaceId, startMs: atMs, endMs: null, isInferred };
      else if (open !== null) {
        sessions.push({ ...open, endMs: atMs, isInferred: open.isInferred || isInferred });
        open = null;
      }
    }
    return open === null ? sessions : [...sessions, open];
  });
}

/** A stay as far as it was watched: from one age to another, and whether it ended there. */
export interface WatchedStay {
  /** Age when watching began: 0 for a stay that began in the time looked at. */
  readonly fromAgeMs: number;
  readonly toAgeMs: number;
  readonly isEnded: boolean;
}

/**
 * What `[fromMs, toMs)` shows of sessions. Stays that began before are watched from the age they had
 * (left truncation), stays that last longer are censored; a stay whose beginning is not known has no
 * age and is left out.
 */
export const watchedStays = (
  sessions: readonly ParkingSession[],
  fromMs: EpochMs,
  toMs: EpochMs,
): readonly WatchedStay[] =>
  sessions.flatMap(({ startMs, endMs }) => {
    if (startMs === null || startMs >= toMs) return [];
    if (startMs < fromMs && endMs !== null && endMs <= fromMs) return [];
    const isEnded = endMs !== null && endMs < toMs;
    return [
      {
        fromAgeMs: Math.max(0, fromMs - startMs),
        toAgeMs: (isEnded ? endMs : toMs) - startMs,
        isEnded,
      },
    ];
  });

/**
 * Parking duration that the given share of stays does not exceed, in ms, by Kaplan and Meier (1958)
 * with delayed entry (Tsai, Jewell and Wang 1987): stays under way count for as long as they were
 * watched, so long ones are not lost. `null` when too few ends were seen to say.
 */
export function dwellQuantileMs(stays: readonly WatchedStay[], ratio: number): number | null {
  const entries = stays.map(({ fromAgeMs }) => fromAgeMs).sort((a, b) => a - b);
  const exits = stays.toSorted((a, b) => a.toAgeMs - b.toAgeMs);
  let lasting = 1;
  let entered = 0;
  for (let i = 0; i < exits.length;) {
    const ageMs = exits[i]?.toAgeMs ?? 0;
    // Whoever began to be watched at or after this age was not there to be seen leaving.
    while ((entries[entered] ?? Infinity) < ageMs || entries[entered] === 0) entered += 1;
    const atRisk = entered - i;
    let ended = 0;
    for (; exits[i]?.toAgeMs === ageMs; i += 1) if (exits[i]?.isEnded === true) ended += 1;
    if (ended === 0 || atRisk <= 0) continue;
    lasting *= 1 - ended / atRisk;
    if (lasting <= 1 - ratio + 1e-12) return ageMs;
  }
  return null;
}

/**
 * Sessions begun per space and hour. The CDS Metrics API's Turnover is `count[sessions]/hour` of a
 * place; dividing by its observed spaces makes places comparable. `null` when nothing was observed.
 */
export const turnoverPerSpaceHour = (rollUp: {
  readonly arrivals: number;
  readonly observedMs: number;
}): number | null =>
  rollUp.observedMs > 0 ? rollUp.arrivals / (rollUp.observedMs / 3_600_000) : null;

/**
 * Occupied share of the observed space-time, 0–1. CDS Metrics API, Occupancy Percent: `sum[dwell
 * time] / total duration`; time nobody observed is no time here. `null` when nothing was observed.
 */
export const occupancyRatio = (rollUp: {
  readonly occupiedMs: number;
  readonly observedMs: number;
}): number | null => (rollUp.observedMs > 0 ? rollUp.occupiedMs / rollUp.observedMs : null);

/**
 * Mean of the stays that ended, in ms (CDS Metrics API, Average Dwell Time: `sum[dwell time] /
 * count[sessions]`). Where watching has just begun the long stays are still missing; the quantiles
 * above do not suffer from that. `null` when none ended.
 */
export const meanDwellMs = (rollUp: {
  readonly endedStayMs: number;
  readonly endedStays: number;
}): number | null => (rollUp.endedStays > 0 ? rollUp.endedStayMs / rollUp.endedStays : null);
