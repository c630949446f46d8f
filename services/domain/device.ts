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
  readonly lowest: number;
  readonly highest: number;
  /** When the lowest and the highest were received. */
  readonly lowestMs: EpochMs;
  readonly highestMs: EpochMs;
  readonly received: number;
  /** Bit n: `highest - n` was received; the replay window of LoRaWAN and IPsec turned to counting. */
  readonly window: number;
}

/** A device as its uplinks tell it. */
export interface DeviceTrack {
  readonly lastSeenMs: EpochMs;
  readonly uplinks: number;
  /** The newest sessions, current one last. */
  readonly sessions: readonly SessionTrack[];
  /** Uplinks lost in sessions that are no longer remembered. */
  readonly lostBefore: number;
  /** The newest known values; `null` was never told. */
  readonly health: DeviceHealth;
  /** The newest faults told, and when: most uplinks say nothing about faults. */
  readonly faulty: { readonly atMs: EpochMs; readonly faults: readonly string[] } | null;
}

const lostIn = (session: SessionTrack): number =>
  Math.max(0, session.highest - session.lowest + 1 - session.received);

/** Uplinks that the network never saw, from gaps in the frame counters. */
export const lostUplinks = (track: DeviceTrack): number =>
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

/** `undefined` when this frame was counted before, as far as that is remembered. */
function counted(track: SessionTrack, { fCnt, atMs }: DeviceHealth): SessionTrack | undefined {
  const { lowest, highest, received, window } = track;
  const ahead = fCnt - highest;
  if (ahead > 0) {
    const moved = ahead < windowBits ? window << ahead : 0;
    return {
      session: track.session,
      lowest,
      highest: fCnt,
      lowestMs: track.lowestMs,
      highestMs: atMs,
      received: received + 1,
      window: moved | 1,
    };
  }
  const bit = -ahead < windowBits ? 1 << -ahead : 0;
  if ((window & bit) !== 0) return undefined;
  return {
    ...track,
    ...(fCnt < lowest && { lowest: fCnt, lowestMs: atMs }),
    received: received + 1,
    window: window | bit,
  };
}

/** Values the newer uplink does not tell stay as they were. */
function merged(older: DeviceHealth, newer: DeviceHealth): DeviceHealth {
  return {
    devEui: newer.devEui,
    atMs: newer.atMs,
    fCnt: newer.fCnt,
    session: newer.session,
    faults: newer.faults,
    rssiDbm: newer.rssiDbm ?? older.rssiDbm,
    snrDb: newer.snrDb ?? older.snrDb,
    batteryV: newer.batteryV ?? older.batteryV,
    batteryRatio: newer.batteryRatio ?? older.batteryRatio,
    batteryLow: newer.batteryLow ?? older.batteryLow,
    temperatureC: newer.temperatureC ?? older.temperatureC,
  };
}

const faultyAfter = (
  before: DeviceTrack['faulty'],
  { atMs, faults }: DeviceHealth,
): DeviceTrack['faulty'] =>
  faults.length === 0 || (before && atMs < before.atMs) ? before : { atMs, faults };

/** The sessions with one put in the place of what it was before, the newest last; the oldest of too many goes. */
function withSession(
  before: readonly SessionTrack[],
  known: SessionTrack | undefined,
  session: SessionTrack,
): { readonly sessions: readonly SessionTrack[]; readonly forgotten?: SessionTrack | undefined } {
  // Nearly every uplink goes on with the only session there is.
  if (before.length === 1 && before[0] === known) return { sessions: [session] };
  const sessions = before.filter((other) => other !== known);
  sessions.push(session);
  sessions.sort((a, b) => a.highestMs - b.highestMs);
  return { sessions, forgotten: sessions.length > sessionLimit ? sessions.shift() : undefined };
}

/** The device after one more uplink; `undefined` when it was counted before. */
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
      health,
      faulty: faultyAfter(null, health),
    };
  const known = track.sessions.findLast((session) => belongsTo(session, health));
  const session = known ? counted(known, health) : begun(health);
  if (!session) return undefined;
  const { sessions, forgotten } = withSession(track.sessions, known, session);
  const isNewer = health.atMs >= track.health.atMs;
  return {
    lastSeenMs: Math.max(track.lastSeenMs, health.atMs),
    uplinks: track.uplinks + 1,
    sessions,
    lostBefore: track.lostBefore + (forgotten ? lostIn(forgotten) : 0),
    health: isNewer ? merged(track.health, health) : merged(health, track.health),
    faulty: faultyAfter(track.faulty, health),
  };
}
