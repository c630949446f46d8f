import type { SignText } from './guidance/sign-text.ts';
import type { LatLon } from './geometry.ts';
import type { DevEui, EpochMs, SiteId } from './ids.ts';

/** How a text becomes bytes; each kind is a file of `services/encoders`. */
export type SignEncoding =
  | {
      readonly kind: 'count-frame';
      readonly fPort: number;
      readonly codes: Readonly<Record<'vacant' | 'full' | 'closed' | 'noData', number>>;
      readonly byteOrder: 'big' | 'little';
    }
  | {
      readonly kind: 'text-lines';
      readonly fPort: number;
      readonly language: 'de' | 'en';
      readonly columns: number;
      readonly lines: number;
    };

/** The LoRaWAN device behind a sign, and what it may be sent in any 24 hours. */
export interface SignDevice {
  readonly devEui: DevEui;
  /** As the network server calls it. */
  readonly deviceId: string;
  /** Which network server carries its messages. */
  readonly server: string;
  readonly encoding: SignEncoding;
  readonly spreadingFactor: number;
  readonly downlinksPerDay: number;
  readonly airtimeMsPerDay: number;
}

/** A dynamic sign that tells how many spaces are vacant where its arrow points. */
export interface Sign {
  readonly id: string;
  readonly name: string;
  readonly location: LatLon;
  readonly siteIds: readonly SiteId[];
  readonly garageId: SiteId | null;
  readonly fullBelow: number;
  /** Shortest time between two texts. */
  readonly changeEveryMs: number;
  /** `null` is read over HTTP only. */
  readonly device: SignDevice | null;
}

/** What a sign shows now, and since when. */
export interface SignNow {
  readonly sign: Sign;
  readonly text: SignText;
  readonly sinceMs: EpochMs;
  /** What became of the message to its device; `null` where there is none to tell of. */
  readonly delivery: SignDelivery | null;
}

/**
 * `waiting`: held back by the budget. `accepted`: handed to the network server. The others are what the
 * network server told of it later.
 */
export interface SignDelivery {
  readonly state: 'waiting' | 'accepted' | 'queued' | 'sent' | 'failed';
  readonly atMs: EpochMs;
  readonly detail: string | null;
}
