import { lostUplinks, type DeviceTrack, type SessionTrack } from './device.ts';
import type { EpochMs } from './ids.ts';
import type { Observation } from './observation.ts';
import { frameOf } from './observe.ts';
import type { SpaceTrack } from './occupancy.ts';
import type { Patience } from './presence.ts';
import { freshnessOf } from './presence.ts';
import type { Installation } from './site.ts';

/**
 * What may be wrong with a device. The first two exclude each other; `flapping`, `stuck` and
 * `contradictory` are suspicions about what it says, and change no status.
 */
export const deviceProblems = [
  /** No news for longer than usual: 1.2 heartbeat intervals of the model. */
  'silent',
  /** No news for so long that what it watches counts as unknown, or never any. */
  'offline',
  'battery-low',
  'loses-uplinks',
  'weak-signal',
  'faulty',
  'flapping',
  'stuck',
  'contradictory',
  /** A counter that is heard, but tells no counts. */
  'no-counts',
] as const;
export type DeviceProblem = (typeof deviceProblems)[number];

/** Where the rules draw their lines. */
const deviceThresholds = {
  /** Of a percentage; where a model tells a flag or has a voltage of its own, that decides. */
  batteryRatio: 0.15,
  /** Lost of the last 32 frames: planning of LoRaWAN networks aims at 10 % packet errors. */
  lossRatio: 0.1,
  lossMinFrames: 20,
  /** 5 dB above what a gateway still decodes at spreading factor 12 (Semtech SX1276: -137 dBm, -20 dB). */
  rssiDbm: -120,
  snrDb: -15,
  /** Three stays in a quarter hour, again and again, are no cars. */
  flappingChanges: 6,
  flappingWithinMs: 15 * 60_000,
  /** A suspicion from what was said long ago is none. */
  flappingRememberedMs: 24 * 3_600_000,
  stuckAfterMs: 48 * 3_600_000,
  /** This many neighbours, and half of them at least, changed while a space stayed occupied. */
  stuckNeighbours: 2,
  /** Heartbeats against the event just before them, with no frame lost in between. */
  contradictions: 2,
  noCountsAfterMs: 24 * 3_600_000,
} as const;

/** Everything the rules look at; what is `undefined` was never heard. */
export interface DeviceFacts {
  readonly installation: Installation;
  readonly track: DeviceTrack | undefined;
  readonly patience: Patience;
  /** As the network server told it beside the uplinks (LoRaWAN DevStatus), 0–1. */
  readonly statusBatteryRatio?: number | null;
  /** What the model's battery has when it should be replaced, V; `null` is not known. */
  readonly batteryLowV: number | null;
  /** Of the space it watches, and of the others of the same site. */
  readonly space?: SpaceTrack | undefined;
  readonly neighbours?: () => readonly SpaceTrack[];
  /** A distance sensor: its reports are samples, and no report contradicts another. */
  readonly isSampled?: boolean;
  /** Of a counter: the end of the newest interval it told. */
  readonly countedUntilMs?: EpochMs | undefined;
}

/** A device as operators see it. */
export interface DeviceReport {
  readonly installation: Installation;
  readonly lastSeenMs: EpochMs | null;
  readonly uplinks: number;
  readonly lostUplinks: number;
  /** Of the last 32 frames at most; `null` while there are too few. */
  readonly lossRatio: number | null;
  readonly health: DeviceTrack['health'] | null;
  /** Of its uplinks, else of its DevStatus. */
  readonly batteryRatio: number | null;
  readonly faults: readonly string[];
  readonly problems: readonly DeviceProblem[];
}

const bitsOf = (window: number): number => {
  let count = 0;
  for (let rest = window >>> 0; rest !== 0; rest >>>= 1) count += rest & 1;
  return count;
};

/** Lost of the frames that the window remembers. */
function lossRatioOf(session: SessionTrack | undefined): number | null {
  if (!session) return null;
  const frames = Math.min(32, session.highest - session.lowest + 1);
  if (frames < deviceThresholds.lossMinFrames) return null;
  return 1 - Math.min(1, bitsOf(session.window) / frames);
}

const batteryRatioOf = ({ track, statusBatteryRatio }: DeviceFacts): number | null =>
  track?.health.batteryRatio ?? statusBatteryRatio ?? null;

function isBatteryLow(facts: DeviceFacts): boolean {
  const { track, batteryLowV } = facts;
  if (!track) return false;
  const { batteryLow, batteryV } = track.health;
  const batteryRatio = batteryRatioOf(facts);
  if (batteryLow !== null) return batteryLow;
  if (batteryV !== null && batteryLowV !== null) return batteryV < batteryLowV;
  return batteryRatio !== null && batteryRatio < deviceThresholds.batteryRatio;
}

const isWeak = ({ rssiDbm, snrDb }: DeviceTrack['health']): boolean =>
  (rssiDbm !== null && rssiDbm < deviceThresholds.rssiDbm) ||
  (snrDb !== null && snrDb < deviceThresholds.snrDb);

/** A fault holds until the device had the time to repeat it, and did not. */
function faultsOf({ track, patience }: DeviceFacts, nowMs: EpochMs): readonly string[] {
  if (!track?.faulty) return [];
  return freshnessOf(track.faulty.atMs, patience, nowMs) === 'live' ? track.faulty.faults : [];
}

const changesIn = (recent: readonly Observation[]): readonly Observation[] =>
  recent.filter((observation, at) => at > 0 && observation.status !== recent[at - 1]?.status);

function isFlapping({ recent }: SpaceTrack, nowMs: EpochMs): boolean {
  const { flappingChanges, flappingWithinMs, flappingRememberedMs } = deviceThresholds;
  const changes = changesIn(recent);
  const first = changes.at(-flappingChanges);
  const last = changes.at(-1);
  if (!first || !last || changes.length < flappingChanges) return false;
  return (
    last.observedAtMs - first.observedAtMs <= flappingWithinMs &&
    nowMs - last.observedAtMs <= flappingRememberedMs
  );
}

function isStuck({ space, neighbours = () => [] }: DeviceFacts, nowMs: EpochMs): boolean {
  if (space?.status !== 'occupied') return false;
  const { stuckAfterMs, stuckNeighbours } = deviceThresholds;
  if (nowMs - space.sinceMs <= stuckAfterMs) return false;
  const others = neighbours();
  const changed = others.filter(({ sinceMs }) => nowMs - sinceMs <= stuckAfterMs).length;
  return changed >= stuckNeighbours && changed * 2 >= others.length;
}

function isContradictory({ space, isSampled = false }: DeviceFacts): boolean {
  if (!space || isSampled) return false;
  const contradictions = space.recent.filter((observation, at) => {
    const before = space.recent[at - 1];
    return (
      before?.kind === 'event' &&
      observation.kind === 'heartbeat' &&
      observation.devEui === before.devEui &&
      observation.status !== before.status &&
      frameOf(observation) === frameOf(before) + 1
    );
  });
  return contradictions.length >= deviceThresholds.contradictions;
}

function tellsNoCounts({ installation, track, countedUntilMs }: DeviceFacts): boolean {
  if (installation.target.kind === 'space' || !track) return false;
  const firstMs = Math.max(installation.fromMs, track.sessions[0]?.lowestMs ?? 0);
  const silentMs = track.lastSeenMs - Math.max(firstMs, countedUntilMs ?? 0);
  return silentMs > deviceThresholds.noCountsAfterMs;
}

/** How a device is, from what it told; every rule for itself, with the lines of `deviceThresholds`. */
export function assessDevice(facts: DeviceFacts, nowMs: EpochMs): DeviceReport {
  const { installation, track, patience, space } = facts;
  const freshness = freshnessOf(track?.lastSeenMs ?? null, patience, nowMs);
  const lossRatio = lossRatioOf(track?.sessions.at(-1));
  const faults = faultsOf(facts, nowMs);
  const found: Readonly<Record<DeviceProblem, boolean>> = {
    silent: freshness === 'delayed',
    offline: freshness === 'stale',
    'battery-low': isBatteryLow(facts),
    'loses-uplinks': lossRatio !== null && lossRatio > deviceThresholds.lossRatio,
    'weak-signal': track !== undefined && isWeak(track.health),
    faulty: faults.length > 0,
    flapping: space !== undefined && isFlapping(space, nowMs),
    stuck: isStuck(facts, nowMs),
    contradictory: isContradictory(facts),
    'no-counts': tellsNoCounts(facts),
  };
  return {
    installation,
    lastSeenMs: track?.lastSeenMs ?? null,
    uplinks: track?.uplinks ?? 0,
    lostUplinks: track ? lostUplinks(track) : 0,
    lossRatio,
    health: track?.health ?? null,
    batteryRatio: batteryRatioOf(facts),
    faults,
    problems: deviceProblems.filter((problem) => found[problem]),
  };
}
