import { toSpaceId, toStretchId, type DevEui, type SpaceId } from '../../services/domain/ids.ts';
import type {
  Count,
  DeviceHealth,
  Observation,
  Transition,
} from '../../services/domain/observation.ts';
import type { RollUp } from '../../services/domain/roll-up.ts';
import type { HistoryBatch } from '../../services/ports/history-store.ts';

/** A moment in 2026, so that no store takes it for too old. */
export const startMs = Date.UTC(2026, 2, 2, 6);
/** A time that has all rows, and one between two of their times. */
export const always = { fromMs: startMs - 1e9, toMs: startMs + 1e9 };
export const between = (fromMs: number, toMs: number) => ({
  fromMs: startMs + fromMs,
  toMs: startMs + toMs,
});
export const spaceA: SpaceId = toSpaceId('space-a');
export const spaceB: SpaceId = toSpaceId('space-b');
export const deviceA = '70B3D5E75E000001' as DevEui;

export const batch = (parts: Partial<HistoryBatch>): HistoryBatch => ({
  observations: [],
  revisions: [],
  transitions: [],
  counts: [],
  health: [],
  upTo: null,
  ...parts,
});

/** Rows `atMs` after the start. */
export const observation = (atMs: number, parts: Partial<Observation> = {}): Observation => ({
  spaceId: spaceA,
  devEui: deviceA,
  status: 'occupied',
  kind: 'event',
  observedAtMs: startMs + atMs,
  order: 0,
  ...parts,
});

export const transition = (atMs: number, parts: Partial<Transition> = {}): Transition => ({
  spaceId: spaceA,
  to: 'occupied',
  atMs: startMs + atMs,
  earliestMs: startMs + atMs,
  method: 'seen',
  ...parts,
});

export const count = (fromMs: number, parts: Partial<Count> = {}): Count => ({
  devEui: deviceA,
  target: { kind: 'stretch', stretchId: toStretchId('stretch-1') },
  direction: 'left',
  fromMs: startMs + fromMs,
  toMs: startMs + fromMs + 600_000,
  vehicles: 7,
  meanSpeedKmh: 31.5,
  ...parts,
});

export const health = (atMs: number, parts: Partial<DeviceHealth> = {}): DeviceHealth => ({
  devEui: deviceA,
  atMs: startMs + atMs,
  fCnt: 1,
  session: 'session-1',
  rssiDbm: -101,
  snrDb: 7.25,
  batteryV: 3.6,
  batteryRatio: 0.8,
  batteryLow: false,
  temperatureC: -3,
  faults: [],
  ...parts,
});

export const rollUp = (fromMs: number, parts: Partial<RollUp> = {}): RollUp => ({
  scope: 'zone',
  id: 'zone-1',
  step: '15min',
  fromMs: startMs + fromMs,
  toMs: startMs + fromMs + 900_000,
  numberOfSpaces: 12,
  observedMs: 9_000_000,
  occupiedMs: 5_000_001,
  arrivals: 3,
  departures: 2,
  inferred: 1,
  occupiedAtEnd: 7,
  observedAtEnd: 11,
  fullMs: 0,
  watchedMs: 900_000,
  streetFullMs: 60_000,
  streetWatchedMs: 10_800_000,
  endedStayMs: 4_000_000,
  endedStays: 2,
  stays: { watchedMs: [60_000, 0, 4_940_000], ended: [0, 0, 2] },
  vacancies: null,
  vehicles: 40,
  countedMs: 900_000,
  ...parts,
});
