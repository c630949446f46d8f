import type { DevEui } from '../domain/ids.ts';
import type { Result } from '../domain/result.ts';

/** One LoRaWAN application message to a device. */
export interface Downlink {
  readonly devEui: DevEui;
  /** As the network server calls the device. */
  readonly deviceId: string;
  readonly fPort: number;
  readonly payload: Uint8Array;
  /** A UUID; what the network server tells of this message later names it. */
  readonly correlationId: string;
}

/** Messages to the devices of one network server. */
export interface Downlinks {
  /**
   * Hands a message over; where the network server can, it takes the place of whatever waits for the
   * device. Never throws: an error says in one sentence why, and the same call may succeed later.
   */
  replace(downlink: Downlink): Promise<Result<void, string>>;
  stop(): Promise<void>;
}

/** What a network server tells of a message it was handed. */
export interface DownlinkTold {
  readonly correlationIds: readonly string[];
  readonly state: 'queued' | 'sent' | 'failed';
  readonly detail: string | null;
}
