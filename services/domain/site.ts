import type { LatLon, Shape } from './geometry.ts';
import type { DevEui, EpochMs, MunicipalityId, SiteId, SpaceId, StretchId, ZoneId } from './ids.ts';

export interface Municipality {
  readonly id: MunicipalityId;
  readonly name: string;
  /** Amtlicher Gemeindeschlüssel, 8 digits. */
  readonly officialKey: string | null;
  readonly centre: LatLon;
}

/** Area for which metrics and the goal hold. */
export interface Zone {
  readonly id: ZoneId;
  readonly municipalityId: MunicipalityId;
  readonly name: string;
  readonly outline: readonly LatLon[];
}

/** Whom a space is kept for; `null` in a space means anybody. Words as in ParkAPI v3, lower case. */
export type Audience =
  | 'disabled'
  | 'charging'
  | 'family'
  | 'women'
  | 'carsharing'
  | 'taxi'
  | 'delivery'
  | 'truck'
  | 'bus'
  | 'customer'
  | 'resident'
  | 'caravan';

export const audiences: readonly Audience[] = [
  'disabled',
  'charging',
  'family',
  'women',
  'carsharing',
  'taxi',
  'delivery',
  'truck',
  'bus',
  'customer',
  'resident',
  'caravan',
];

/** Who may see a space: everybody, only as part of a group of at least five, or nobody outside. */
export type Visibility = 'public' | 'aggregate' | 'internal';

/** ParkAPI: ON_STREET, OFF_STREET_PARKING_GROUND, UNDERGROUND, CAR_PARK. */
export type SiteKind = 'on-street' | 'ground' | 'underground' | 'car-park';

/**
 * How a site's count is known: from a sensor a space, from counters at its entries and exits,
 * or not at all yet (its spaces are unknown).
 */
export type Counting = 'spaces' | 'balance' | 'none';

/** Spaces under one name a driver can be sent to: one kerb of a block, a car park, a park-and-ride site. */
export interface ParkingSite {
  readonly id: SiteId;
  readonly municipalityId: MunicipalityId;
  readonly zoneId: ZoneId | null;
  readonly stretchId: StretchId | null;
  readonly name: string;
  readonly kind: SiteKind;
  readonly counting: Counting;
  /** Where a car is sent to: an entrance, or the middle of a kerb. */
  readonly location: LatLon;
  readonly shape: Shape;
  readonly numberOfSpaces: number;
  /** Kept spaces among `numberOfSpaces`, by audience, as signed on site. */
  readonly numberOfSpacesFor: Readonly<Partial<Record<Audience, number>>>;
  readonly address: string | null;
  readonly operator: string | null;
  /** OSM opening_hours syntax; `null` is not known, `24/7` is always. */
  readonly openingHours: string | null;
  /** `null` is not known. */
  readonly hasFee: boolean | null;
  readonly feeText: string | null;
  /** Price in euros an hour where it is that simple, else `null` and `feeText` says it. */
  readonly feeEurPerHour: number | null;
  readonly maxStayMin: number | null;
  readonly maxHeightM: number | null;
  /** What people park and go on with; `null` where it is no park-and-ride site. */
  readonly parkAndRide: 'train' | 'bus' | 'tram' | 'carpool' | 'yes' | null;
  readonly description: string | null;
  readonly url: string | null;
  /** Closed by the operator now (works, event), with the reason in `description`. */
  readonly isClosed: boolean;
}

/** Room for one vehicle. */
export interface ParkingSpace {
  readonly id: SpaceId;
  readonly siteId: SiteId;
  readonly location: LatLon;
  /** Degrees clockwise from north along the long side; `null` is not known. */
  readonly headingDeg: number | null;
  readonly audience: Audience | null;
  readonly visibility: Visibility;
}

/** One kerb of a street block in one driving direction: the unit the search share is estimated for. */
export interface Stretch {
  readonly id: StretchId;
  readonly zoneId: ZoneId | null;
  readonly name: string;
  readonly lengthM: number;
  readonly points: readonly LatLon[];
  /** `null` where the street runs both ways. */
  readonly oneway: 'with-points' | 'against-points' | null;
  /** OSM highway class, for siting and for drawing. */
  readonly roadClass: string;
  /** Graph nodes at its ends, as in the street graph. */
  readonly fromNode: string;
  readonly toNode: string;
  /** 0 where there is no kerb parking. */
  readonly numberOfSpaces: number;
  /** As signed; `null` is not known. */
  readonly maxSpeedKmh: number | null;
}

/** What a device watches. */
export type InstallationTarget =
  | { readonly kind: 'space'; readonly spaceId: SpaceId }
  | { readonly kind: 'stretch'; readonly stretchId: StretchId }
  | { readonly kind: 'site-gate'; readonly siteId: SiteId; readonly gate: Gate };

/** Which of a gate counter's directions drive into the site. */
export type Gate = 'in' | 'out' | 'left-in' | 'right-in';

/** A device at a place for a time: the only link between LoRaWAN and parking. Half-open, `[fromMs, untilMs)`. */
export interface Installation {
  readonly devEui: DevEui;
  readonly model: string;
  readonly target: InstallationTarget;
  readonly fromMs: EpochMs;
  readonly untilMs: EpochMs | null;
  /** Distance below which a distance sensor says occupied, in metres; the model's default when `null`. */
  readonly occupiedBelowM: number | null;
  /** How often a counter reports what passed; a quarter hour unless said. */
  readonly countIntervalMs?: number | undefined;
}

/** Everything that changes rarely, as the deployment folder says it. */
export interface Inventory {
  readonly municipalities: readonly Municipality[];
  readonly zones: readonly Zone[];
  readonly sites: readonly ParkingSite[];
  readonly spaces: readonly ParkingSpace[];
  readonly stretches: readonly Stretch[];
  readonly installations: readonly Installation[];
}
