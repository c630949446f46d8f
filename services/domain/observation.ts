import type { DevEui, EpochMs, SiteId, SpaceId, StretchId } from './ids.ts';
import type { Gate } from './site.ts';

export type Status = 'occupied' | 'vacant' | 'unknown';
export type SeenStatus = Exclude<Status, 'unknown'>;

/**
 * Whether the device spoke because something changed, or to say that nothing did. A `heartbeat` that
 * disagrees with what is known means that a transition was lost somewhere since the last uplink.
 */
export type ObservationKind = 'event' | 'heartbeat';

/** A space was seen occupied or vacant at a time. */
export interface Observation {
  readonly spaceId: SpaceId;
  readonly devEui: DevEui;
  readonly status: SeenStatus;
  readonly kind: ObservationKind;
  readonly observedAtMs: EpochMs;
  /** Orders observations of the same millisecond; the position within one uplink counts too. */
  readonly order: number;
  /** What the device says of the state before this one: it lasted `[minMs, maxMs]`; `null` is "or longer". */
  readonly previousState?: { readonly minMs: number; readonly maxMs: number | null } | undefined;
}

/**
 * A space changed. `seen`: the device reported it at `atMs`. `inferred`: a later uplink shows that it
 * happened somewhere in (`earliestMs`, `atMs`]; `earliestMs` is 0 for the first news of a space.
 */
export interface Transition {
  readonly spaceId: SpaceId;
  readonly to: SeenStatus;
  readonly atMs: EpochMs;
  readonly earliestMs: EpochMs;
  readonly method: 'seen' | 'inferred';
}

/** What a counter counts at. */
export type CountTarget =
  | { readonly kind: 'stretch'; readonly stretchId: StretchId }
  | { readonly kind: 'site-gate'; readonly siteId: SiteId; readonly gate: Gate };

/** Vehicles that passed a counter in `[fromMs, toMs)`. */
export interface Count {
  readonly devEui: DevEui;
  readonly target: CountTarget;
  readonly direction: 'left' | 'right' | 'both';
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly vehicles: number;
  /** `null` is not measured; 0 is standing. */
  readonly meanSpeedKmh: number | null;
}

/** The running total of a counter at a time; what passed is the difference of two. */
export interface CountTotal {
  readonly devEui: DevEui;
  readonly target: CountTarget;
  readonly atMs: EpochMs;
  readonly order: number;
  readonly total: number;
  /** The counter says that it started anew: what passed since the total before nobody knows. */
  readonly isBaseline: boolean;
  /** The total counts modulo this. */
  readonly modulus: number;
}

/** What one decoded uplink said, by place. */
export interface Observed {
  readonly observations: readonly Observation[];
  readonly counts: readonly Count[];
  readonly totals: readonly CountTotal[];
  readonly health: DeviceHealth;
}

/** How a device is, as one uplink tells it; `null` is not told. */
export interface DeviceHealth {
  readonly devEui: DevEui;
  readonly atMs: EpochMs;
  readonly fCnt: number;
  readonly session: string;
  readonly rssiDbm: number | null;
  readonly snrDb: number | null;
  readonly batteryV: number | null;
  readonly batteryRatio: number | null;
  readonly batteryLow: boolean | null;
  readonly temperatureC: number | null;
  readonly faults: readonly string[];
}
