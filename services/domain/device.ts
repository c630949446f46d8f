import type { EpochMs } from './ids.ts';
import type { DeviceHealth } from './observation.ts';

/** Frame counters below the highest that are told apart, one bit each. */
const windowBits = 32;

/** Frame counters of one LoRaWAN session; what is missing between the lowest and the highest was lost. */
interface SessionTrack {
  readonly session: string;
  readonly lowest: number;
  readonly highest: number;
  readonly received: number;
  /** Bit n: `highest - n` was received; the replay window of LoRaWAN and IPsec turned to counting. */
  readonly window: number;
}

/** A device as its uplinks tell it. */
export interface DeviceTrack {
  readonly lastSeenMs: EpochMs;
  readonly uplinks: number;
  /** The newest sessions, current one last; a late uplink may belong to the one before. */
  readonly sessions: readonly SessionTrack[];
  /** Uplinks lost in sessions that are no longer remembered. */
  readonly lostBefore: number;
  /** The newest known values; `null` was never told. */
  readonly health: DeviceHealth;
}

const lostIn = (session: SessionTrack): number =>
  Math.max(0, session.highest - session.lowest + 1 - session.received);

/** Uplinks that the network never saw, from gaps in the frame counters. */
export const lostUplinks = (track: DeviceTrack): number =>
  track.sessions.reduce((lost, session) => lost + lostIn(session), track.lostBefore);

function counted(
  session: SessionTrack | undefined,
  health: DeviceHealth,
): SessionTrack | undefined {
  const { fCnt } = health;
  if (!session)
    return { session: health.session, lowest: fCnt, highest: fCnt, received: 1, window: 1 };
  const { lowest, highest, received, window } = session;
  const ahead = fCnt - highest;
  if (ahead > 0) {
    const moved = ahead < windowBits ? window << ahead : 0;
    return { ...session, highest: fCnt, received: received + 1, window: moved | 1 };
  }
  const bit = -ahead < windowBits ? 1 << -ahead : 0;
  if ((window & bit) !== 0) return undefined;
  return {
    ...session,
    lowest: Math.min(lowest, fCnt),
    received: received + 1,
    window: window | bit,
  };
}

/** Values the newer uplink does not tell stay as they were. */
function merged(older: DeviceHealth, newer: DeviceHealth): DeviceHealth {
  return {
    ...newer,
    rssiDbm: newer.rssiDbm ?? older.rssiDbm,
    snrDb: newer.snrDb ?? older.snrDb,
    batteryV: newer.batteryV ?? older.batteryV,
    batteryRatio: newer.batteryRatio ?? older.batteryRatio,
    batteryLow: newer.batteryLow ?? older.batteryLow,
    temperatureC: newer.temperatureC ?? older.temperatureC,
  };
}

/** The device after one more uplink; `undefined` when it was counted before. */
export function reduceDevice(
  track: DeviceTrack | undefined,
  health: DeviceHealth,
): DeviceTrack | undefined {
  const known = track?.sessions.find(({ session }) => session === health.session);
  const session = counted(known, health);
  if (!session) return undefined;
  if (!track)
    return { lastSeenMs: health.atMs, uplinks: 1, sessions: [session], lostBefore: 0, health };
  const sessions = known
    ? track.sessions.map((other) => (other === known ? session : other))
    : [...track.sessions, session];
  const forgotten = sessions.length > 2 ? sessions.shift() : undefined;
  const isNewer = health.atMs >= track.health.atMs;
  return {
    lastSeenMs: Math.max(track.lastSeenMs, health.atMs),
    uplinks: track.uplinks + 1,
    sessions,
    lostBefore: track.lostBefore + (forgotten ? lostIn(forgotten) : 0),
    health: isNewer ? merged(track.health, health) : merged(health, track.health),
  };
}
