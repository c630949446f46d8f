import { toStretchId, type DevEui, type SpaceId } from '../../services/domain/ids.ts';
import type {
  CountTotal,
  DeviceHealth,
  Observation,
  Observed,
} from '../../services/domain/observation.ts';
import type { MeasureDescription } from '../../services/publish/planning/deps.ts';

export const spaceId = (name: string): SpaceId => name as SpaceId;
export const devEui = (n: number): DevEui =>
  n.toString(16).toUpperCase().padStart(16, '0') as DevEui;

/** A space seen at a time; the frame counter follows the time unless it is given. */
export const seen = (
  atMs: number,
  status: Observation['status'],
  more: Partial<Observation> = {},
): Observation => ({
  spaceId: spaceId('space-1'),
  devEui: devEui(1),
  status,
  kind: 'event',
  observedAtMs: atMs,
  order: atMs,
  ...more,
});

export const health = (atMs: number, more: Partial<DeviceHealth> = {}): DeviceHealth => ({
  devEui: devEui(1),
  atMs,
  fCnt: atMs,
  session: 'a',
  rssiDbm: null,
  snrDb: null,
  batteryV: null,
  batteryRatio: null,
  batteryLow: null,
  temperatureC: null,
  faults: [],
  ...more,
});

/** The total of a counter of 16 bits; `null` says that it began anew, from 0. */
export const countTotal = (
  atMs: number,
  total: number | null,
  more: Partial<CountTotal> = {},
): CountTotal => ({
  devEui: devEui(1),
  target: { kind: 'stretch', stretchId: toStretchId('s') },
  atMs,
  order: atMs,
  total: total ?? 0,
  isBaseline: total === null,
  modulus: 65_536,
  ...more,
});

export const observed = (more: Partial<Observed> & Pick<Observed, 'health'>): Observed => ({
  observations: [],
  counts: [],
  totals: [],
  ...more,
});

/** A new price from 15 June 2026 on. */
export const priceMeasure = (
  id: string,
  more: Partial<MeasureDescription> = {},
): MeasureDescription => ({
  id,
  title: '',
  description: '',
  kind: 'price',
  from: '2026-06-15',
  until: null,
  zones: [],
  stretches: [],
  controlZones: [],
  responsible: '',
  budgetEur: null,
  initialSituation: '',
  targetSituation: '',
  ...more,
});
