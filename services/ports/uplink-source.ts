import type { EpochMs } from '../domain/ids.ts';
import type { Rejected, Uplink } from '../domain/uplink.ts';
import type { DownlinkTold } from './downlinks.ts';

export interface UplinkHandler {
  /**
   * Appends to the log before it returns, all or none; throws when it cannot, and the source must then
   * acknowledge none of them.
   */
  receive(uplinks: readonly Uplink[]): void;
  /** The device joined, was reset or told its battery: facts without a payload. */
  event(event: DeviceEvent): void;
  /** Set aside with its reason; never throws. */
  rejected(rejected: Rejected): void;
}

/** What a network server tells of a device besides its uplinks. */
export type DeviceEvent =
  | {
      readonly kind: 'joined';
      readonly devEui: string;
      readonly session: string;
      readonly atMs: EpochMs;
    }
  | {
      readonly kind: 'battery';
      readonly devEui: string;
      /** `null`: mains powered or not known. */
      readonly batteryRatio: number | null;
      readonly atMs: EpochMs;
    }
  | { readonly kind: 'counter-reset'; readonly devEui: string; readonly atMs: EpochMs }
  | { readonly kind: 'downlink'; readonly told: DownlinkTold };

export interface SourceStatus {
  readonly name: string;
  readonly state: 'connecting' | 'connected' | 'silent' | 'disconnected' | 'stopped';
  readonly sinceMs: EpochMs;
  readonly lastUplinkMs: EpochMs | null;
  readonly reconnects: number;
  /** The last trouble in one sentence; `null` while all is well. */
  readonly problem: string | null;
}

/**
 * Live uplinks of one network server, as many at a time as came at a time. The source acknowledges (where
 * the protocol has such a thing) after `handler.receive` has returned, and awaits nothing.
 */
export interface UplinkSource {
  start(handler: UplinkHandler): Promise<void>;
  stop(): Promise<void>;
  status(): SourceStatus;
  /** Called after every (re)connect with the time the gap began; used to start a backfill. */
  onConnected(listener: (gapSinceMs: EpochMs | null) => void): void;
}
