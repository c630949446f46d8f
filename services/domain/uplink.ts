import type { DevEui, EpochMs } from './ids.ts';

/** One LoRaWAN application message, whatever network server it came through. */
export interface Uplink {
  readonly devEui: DevEui;
  /** Changes with every join: The Things Stack's `session_key_id`, else the device address; '' when neither is known. */
  readonly session: string;
  readonly fCnt: number;
  readonly fPort: number;
  readonly payload: Uint8Array;
  /** When the network server had it: the best time of the event. */
  readonly receivedAtMs: EpochMs;
  /** Of the best gateway; `null` is not known. */
  readonly rssiDbm: number | null;
  readonly snrDb: number | null;
  readonly gateways: number;
  readonly spreadingFactor: number | null;
  /** As the device told the network server (DevStatus), 0–1; can be old. */
  readonly batteryRatio: number | null;
  /** How it reached us, for counting and for telling overlaps apart. */
  readonly via: UplinkVia;
}

export type UplinkVia = 'mqtt' | 'webhook' | 'storage' | 'replay';

/** What makes two uplinks the same message, however often and by whichever way they arrive. */
export const uplinkKey = (uplink: Pick<Uplink, 'devEui' | 'session' | 'fCnt'>): string =>
  `${uplink.devEui}:${uplink.session}:${uplink.fCnt}`;

/** Why a message never became an uplink or an observation; the label of `parklotse_uplinks_rejected_total`. */
export type RejectReason =
  | 'malformed-json'
  | 'wrong-shape'
  | 'too-large'
  | 'simulated'
  | 'no-payload'
  | 'time-out-of-range'
  | 'unknown-device'
  | 'unknown-model'
  | 'unknown-port'
  | 'wrong-length'
  | 'invalid-payload'
  | 'codec-failed';

/** A message that was set aside, kept raw so that nothing is lost. */
export interface Rejected {
  readonly reason: RejectReason;
  readonly detail: string;
  readonly source: string;
  readonly atMs: EpochMs;
  readonly devEui: DevEui | null;
  /** The message as it came: JSON text, or the payload in hex. */
  readonly raw: string;
}
