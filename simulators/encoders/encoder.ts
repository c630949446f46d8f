/** An application payload as the device sends it. */
export interface EncodedUplink {
  readonly fPort: number;
  readonly bytes: Uint8Array;
}

/** A space as its sensor sees it when it sends. */
export interface SensorState {
  readonly occupied: boolean;
  /** How long the state before this one lasted; `null` before the first change. */
  readonly previousStateMs: number | null;
  readonly temperatureC: number;
  readonly batteryV: number;
  /** Frames sent so far; devices keep as many bits of it as they have. */
  readonly sequence: number;
  /** Time of the device's clock. */
  readonly atMs: number;
}

/** Sends a frame when the state changes and repeats it in heartbeats. */
export interface SpaceEncoder {
  readonly kind: 'space';
  readonly model: string;
  encodeStatus(state: SensorState): EncodedUplink;
  encodeHeartbeat(state: SensorState): EncodedUplink;
}

/** What passed in one direction. */
export interface Lane {
  readonly vehicles: number;
  /** `null` when nothing passed. */
  readonly meanSpeedKmh: number | null;
}

interface CountInterval {
  /** End of the interval on the device's clock. */
  readonly intervalEndMs: number;
  readonly left: Lane;
  readonly right: Lane;
  readonly temperatureC: number;
  readonly batteryV: number;
}

/** Counts by interval; one interval may take several uplinks. */
export interface IntervalCounterEncoder {
  readonly kind: 'interval-counter';
  readonly model: string;
  encodeCounts(interval: CountInterval): readonly EncodedUplink[];
}

/** Sends how many vehicles passed since it started. */
export interface TotalCounterEncoder {
  readonly kind: 'total-counter';
  readonly model: string;
  encodeTotal(total: number): EncodedUplink;
  encodeHeartbeat(state: { readonly batteryV: number }): EncodedUplink;
}

export type Encoder = SpaceEncoder | IntervalCounterEncoder | TotalCounterEncoder;

/** A whole number that the field can hold. */
export const fit = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.round(value)));

/** Two bytes of a number from -32,768 to 65,535, big endian. */
export const bigEndian16 = (value: number): readonly [number, number] => [
  (value >> 8) & 0xff,
  value & 0xff,
];

/** Battery of a 3.6 V lithium thionyl chloride cell as the share that is left, roughly linear from 3.0 V. */
export const batteryRatioOf = (batteryV: number): number =>
  Math.min(1, Math.max(0, (batteryV - 3) / 0.6));

export function uplink(fPort: number, ...values: readonly number[]): EncodedUplink {
  const bytes = new Uint8Array(values.length);
  // Of each only the lowest eight bits are kept.
  for (let i = 0; i < values.length; i++) bytes[i] = values[i]!;
  return { fPort, bytes };
}
