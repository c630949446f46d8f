import type { Changing } from './changing.ts';
import type { EpochMs } from './ids.ts';
import type { Observation, SeenStatus, Transition } from './observation.ts';
import { placeOf } from './recent.ts';

/** Observations of a space that are remembered to put late ones in their place. */
export const recentLimit = 8;

/** What is left of the observations that are no longer remembered one by one. */
interface Floor {
  status: SeenStatus;
  observedAtMs: EpochMs;
  sinceMs: EpochMs;
}

/**
 * A space as its observations tell it, changed in place as `DeviceTrack` is; staleness is for whoever
 * looks at it.
 */
export interface SpaceTrack {
  floor: Floor | null;
  /** Copies, ordered by time, newest last; never empty. */
  readonly recent: Changing<Observation>[];
  status: SeenStatus;
  /** When the status began, as far as it was seen. */
  sinceMs: EpochMs;
}

/** What one observation did to a space. */
export interface Applied {
  readonly track: SpaceTrack;
  readonly transitions: readonly Transition[];
  /** Transitions in this range (start included, end not) no longer hold; the new ones replace them. */
  readonly revised: { readonly fromMs: EpochMs; readonly toMs: EpochMs } | null;
}

const compare = (a: Observation, b: Observation): number =>
  a.observedAtMs - b.observedAtMs || a.order - b.order || a.devEui.localeCompare(b.devEui);

/** Durations of a previous state come in whole minutes, cut off: it may have lasted so much longer. */
const durationSlackMs = 60_000;

const opposite = (status: SeenStatus): SeenStatus => (status === 'vacant' ? 'occupied' : 'vacant');

/**
 * What happened from one observation to the next. A heartbeat that disagrees, and news after nothing,
 * are inferred. An event that repeats the status and knows how long the state before it lasted
 * (Nwave) rebuilds the pair of transitions whose uplinks were lost.
 */
function between(
  before: Pick<Observation, 'status' | 'observedAtMs'> | undefined,
  next: Observation,
): Transition[] {
  const { spaceId, status, observedAtMs: atMs, previousState } = next;
  if (!before) return [{ spaceId, to: status, atMs, earliestMs: 0, method: 'inferred' }];
  const seen: Transition = { spaceId, to: status, atMs, earliestMs: atMs, method: 'seen' };
  if (before.status !== status)
    return next.kind === 'event'
      ? [seen]
      : [{ ...seen, earliestMs: before.observedAtMs, method: 'inferred' }];
  if (next.kind !== 'event' || !previousState) return [];
  const lostAtMs = atMs - previousState.minMs;
  if (lostAtMs <= before.observedAtMs) return [];
  const longestMs = (previousState.maxMs ?? Infinity) + durationSlackMs;
  const earliestMs = Math.max(before.observedAtMs, atMs - longestMs);
  return [{ spaceId, to: opposite(status), atMs: lostAtMs, earliestMs, method: 'inferred' }, seen];
}

/** When the newest status began: the last transition among the remembered, else what the floor knows. */
function sinceOf(floor: Floor | null, recent: readonly Observation[]): EpochMs {
  for (let at = recent.length - 1; at >= 0; at -= 1) {
    const observation = recent[at];
    const last = observation && between(recent[at - 1] ?? floor ?? undefined, observation).at(-1);
    if (last) return last.atMs;
  }
  return floor?.sinceMs ?? 0;
}

/** Leaves of the oldest observation what it meant. */
function forget(track: SpaceTrack, oldest: Observation): void {
  const { status, observedAtMs } = oldest;
  const sinceMs = sinceOf(track.floor, [oldest]);
  track.floor ??= { status, observedAtMs, sinceMs };
  track.floor.status = status;
  track.floor.observedAtMs = observedAtMs;
  track.floor.sinceMs = sinceMs;
}

/** Remembers an observation before the one at `at`; of too many the oldest is forgotten, and its object taken. */
function remember(track: SpaceTrack, at: number, next: Observation): void {
  const { recent } = track;
  const [oldest] = recent;
  if (!oldest || recent.length < recentLimit) {
    recent.splice(at, 0, { ...next });
    return;
  }
  if (at === 0) {
    forget(track, next);
    return;
  }
  forget(track, oldest);
  // By hand: what the language has for it makes a list anew or is slow.
  for (let n = 1; n < at; n += 1) recent[n - 1] = recent[n] ?? oldest;
  recent[at - 1] = oldest;
  oldest.devEui = next.devEui;
  oldest.status = next.status;
  oldest.kind = next.kind;
  oldest.observedAtMs = next.observedAtMs;
  oldest.order = next.order;
  oldest.previousState = next.previousState;
}

/**
 * The space after one more observation. Repeated ones change nothing; late ones are put in their
 * place, so that any order of the same observations ends in the same track as long as no more than
 * `recentLimit` newer ones came before. Later than that, they change nothing here. It is the same object
 * if there was one.
 */
export function reduceSpace(track: SpaceTrack | undefined, next: Observation): Applied | undefined {
  if (!track) {
    return {
      track: {
        floor: null,
        recent: [{ ...next }],
        status: next.status,
        sinceMs: next.observedAtMs,
      },
      transitions: between(undefined, next),
      revised: null,
    };
  }
  const { floor, recent } = track;
  const at = placeOf(recent, next, compare);
  if (at === undefined) return undefined;
  if (at === 0 && floor && next.observedAtMs <= floor.observedAtMs) return undefined;

  const before = recent[at - 1] ?? floor ?? undefined;
  const after = recent[at];
  const transitions = between(before, next);
  if (!after) {
    remember(track, at, next);
    track.status = next.status;
    track.sinceMs = transitions.at(-1)?.atMs ?? track.sinceMs;
    return { track, transitions, revised: null };
  }
  transitions.push(...between(next, after));
  const revised = {
    fromMs: before ? before.observedAtMs + 1 : next.observedAtMs,
    toMs: after.observedAtMs + 1,
  };
  remember(track, at, next);
  track.sinceMs = sinceOf(track.floor, recent);
  return { track, transitions, revised };
}
