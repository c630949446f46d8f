import type { Changing } from './changing.ts';
import type { EpochMs } from './ids.ts';
import type { DeviceHealth } from './observation.ts';

/** Frame counters below the highest that are told apart, one bit each. */
const windowBits = 32;

/** Frames of a moment come in any order after a gateway was cut off; later than that a step back is a restart. */
const shuffledWithinMs = 2 * 60_000;

/** Sessions that are remembered one by one: a late uplink may belong to the one before. */
const sessionLimit = 2;

/**
 * Frame counters that go on without a restart; what is missing between the lowest and the highest was
 * lost. A join gives a new session id. A device without joins (ABP) that restarts keeps its id: the step
 * back of its counter is all there is to see.
 */
export interface SessionTrack {
  readonly session: string;
  lowest: number;
  highest: number;
  /** When the lowest and the highest were received. */
  lowestMs: EpochMs;
  highestMs: EpochMs;
  received: number;
  /** Bit n: `highest - n` was received; the replay window of LoRaWAN and IPsec turned to counting. */
  window: number;
}

/**
 * A device as its uplinks tell it, changed in place: what is made anew with every uplink and kept until
 * the next outlives a collection of the young, and was most of what filled the old heap.
 */
export interface DeviceTrack {
  lastSeenMs: EpochMs;
  uplinks: number;
  /** The newest sessions, current one last. */
  readonly sessions: SessionTrack[];
  /** Uplinks lost in sessions that are no longer remembered. */
  lostBefore: number;
  /** The newest known values; `null` was never told. */
  readonly health: Changing<DeviceHealth>;
  /** The newest faults told, and when: most uplinks say nothing about faults. */
  faulty: { readonly atMs: EpochMs; readonly faults: readonly string[] } | null;
}

const lostIn = (session: SessionTrack): number =>
  Math.max(0, session.highest - session.lowest + 1 - session.received);

/** Uplinks that the network never saw, from gaps in the frame counters. */
export const lostUplinks = (track: Readonly<DeviceTrack>): number =>
  track.sessions.reduce((lost, session) => lost + lostIn(session), track.lostBefore);

/** Later with a lower number, or earlier with a higher one: the counter restarted in between. */
function isApart(behind: number, laterMs: number): boolean {
  return behind >= 0 && laterMs > 0 && (behind >= windowBits || laterMs > shuffledWithinMs);
}

const belongsTo = (track: SessionTrack, { session, fCnt, atMs }: DeviceHealth): boolean =>
  track.session === session &&
  !isApart(track.highest - fCnt, atMs - track.highestMs) &&
  !isApart(fCnt - track.lowest, track.lowestMs - atMs);

const begun = ({ session, fCnt, atMs }: DeviceHealth): SessionTrack => ({
  session,
  lowest: fCnt,
  highest: fCnt,
  lowestMs: atMs,
  highestMs: atMs,
  received: 1,
  window: 1,
});

/** Counts a frame of the session; false when it was counted before, as far as that is remembered. */
function count(track: SessionTrack, { fCnt, atMs }: DeviceHealth): boolean {
  const ahead = fCnt - track.highest;
  if (ahead > 0) {
    track.window = (ahead < windowBits ? track.window << ahead : 0) | 1;
    track.highest = fCnt;
    track.highestMs = atMs;
  } else {
    const bit = -ahead < windowBits ? 1 << -ahead : 0;
    if ((track.window & bit) !== 0) return false;
    track.window |= bit;
    if (fCnt < track.lowest) {
      track.lowest = fCnt;
      track.lowestMs = atMs;
    }
  }
  track.received += 1;
  return true;
}

/** Takes over what an uplink tells; values that the newer of the two does not tell stay as they were. */
function learn(known: DeviceTrack['health'], told: DeviceHealth): void {
  const isNewer = told.atMs >= known.atMs;
  const [newer, older] = isNewer ? [told, known] : [known, told];
  known.rssiDbm = newer.rssiDbm ?? older.rssiDbm;
  known.snrDb = newer.snrDb ?? older.snrDb;
  known.batteryV = newer.batteryV ?? older.batteryV;
  known.batteryRatio = newer.batteryRatio ?? older.batteryRatio;
  known.batteryLow = newer.batteryLow ?? older.batteryLow;
  known.temperatureC = newer.temperatureC ?? older.temperatureC;
  if (!isNewer) return;
  known.atMs = told.atMs;
  known.fCnt = told.fCnt;
  known.faults = told.faults;
  // Each uplink brings a text of its own, that would be kept until the next.
  if (known.session !== told.session) known.session = told.session;
}

const faultyAfter = (
  before: DeviceTrack['faulty'],
  { atMs, faults }: DeviceHealth,
): DeviceTrack['faulty'] =>
  faults.length === 0 || (before && atMs < before.atMs) ? before : { atMs, faults };

/** The newest of the sessions that an uplink belongs to: nearly always the last. */
function sessionOf({ sessions }: DeviceTrack, health: DeviceHealth): SessionTrack | undefined {
  const last = sessions.at(-1);
  if (last && belongsTo(last, health)) return last;
  return sessions.findLast((session) => belongsTo(session, health));
}

/** Puts the session that was heard last among those of its time; the oldest of too many goes. */
function settle(track: DeviceTrack, heard: SessionTrack): void {
  const { sessions } = track;
  // Nearly every uplink goes on with the only session there is.
  if (sessions.length === 1 && sessions[0] === heard) return;
  const at = sessions.indexOf(heard);
  if (at >= 0) sessions.splice(at, 1);
  sessions.push(heard);
  sessions.sort((a, b) => a.highestMs - b.highestMs);
  const forgotten = sessions.length > sessionLimit ? sessions.shift() : undefined;
  if (forgotten) track.lostBefore += lostIn(forgotten);
}

/**
 * The device after one more uplink, the same object if there was one; `undefined` when the uplink was
 * counted before.
 */
export function reduceDevice(
  track: DeviceTrack | undefined,
  health: DeviceHealth,
): DeviceTrack | undefined {
  if (!track)
    return {
      lastSeenMs: health.atMs,
      uplinks: 1,
      sessions: [begun(health)],
      lostBefore: 0,
      health: { ...health },
      faulty: faultyAfter(null, health),
    };
  const known = sessionOf(track, health);
  if (known && !count(known, health)) return undefined;
  settle(track, known ?? begun(health));
  track.lastSeenMs = Math.max(track.lastSeenMs, health.atMs);
  track.uplinks += 1;
  learn(track.health, health);
  track.faulty = faultyAfter(track.faulty, health);
  return track;
}
