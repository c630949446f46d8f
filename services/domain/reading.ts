export type ReadingKind = 'status' | 'heartbeat' | 'startup' | 'count' | 'config' | 'debug';

/** What one direction of a counter saw in the interval the uplink speaks of. */
export interface ReadingCount {
  readonly direction: 'left' | 'right' | 'both';
  readonly vehicles: number;
  /** `null` where nothing passed. */
  readonly meanSpeedKmh: number | null;
  /** The counter's own vehicle or speed class. */
  readonly category?: number;
}

/** One of several events that a device sends in one uplink, in the order they happened. */
export interface ReadingEvent {
  readonly kind: 'status' | 'heartbeat';
  readonly occupied: boolean;
}

/** What a payload says, in physical units, without a place or a time. What it does not say is absent. */
export interface Reading {
  readonly kind: ReadingKind;
  readonly occupied?: boolean;
  readonly events?: readonly ReadingEvent[];
  readonly batteryV?: number;
  readonly batteryRatio?: number;
  readonly batteryLow?: boolean;
  readonly temperatureC?: number;
  readonly distanceM?: number;
  readonly counts?: readonly ReadingCount[];
  /** Vehicles since the counter's own start, modulo `modulus`. */
  readonly countTotal?: number;
  readonly modulus?: number;
  /** The previous state lasted between these; max is `null` for "or longer". */
  readonly previousStateMinMs?: number;
  readonly previousStateMaxMs?: number | null;
  readonly sequence?: number;
  readonly firmware?: string;
  readonly resetCause?: string;
  readonly faults?: readonly string[];
}
