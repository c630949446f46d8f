/**
 * ParkAPI v3 as MobiData BW reads it (field names and units: ParkenDD park-api-v3, parking_sites_schema.py;
 * stay in seconds, height in centimetres).
 */
import { z } from '@hono/zod-openapi';
import type { EpochMs } from '../../domain/ids.ts';
import type { SitePresent, SpacePresent } from '../../domain/present.ts';
import {
  audiences,
  type Audience,
  type ParkingSite,
  type ParkingSpace,
} from '../../domain/site.ts';
import { rememberText } from './remember.ts';
import { jsonWithList, type Text } from '../http/pieces.ts';
import {
  below,
  limitParameter,
  nextPath,
  pageAfter,
  scopeParameters,
  sitesInScope,
  spacesInScope,
} from '../http/query.ts';
import { defineResource, nothing, type View } from '../http/resource.ts';
import { attributionOf } from '../settings.ts';
import { degrees, toGeometry, toInstant } from '../views.ts';
import {
  confirmedAtMs,
  confirmedFromMs,
  countOf,
  vacantForDrivers,
  type IsOpen,
} from './counts.ts';

const siteTypes = {
  'on-street': 'ON_STREET',
  ground: 'OFF_STREET_PARKING_GROUND',
  underground: 'UNDERGROUND',
  'car-park': 'CAR_PARK',
} as const;

/** Older readers know these audiences by a field each, newer ones by `restrictions`. */
const flatNames: Readonly<Partial<Record<Audience, string>>> = {
  disabled: 'disabled',
  women: 'woman',
  family: 'family',
  charging: 'charging',
  carsharing: 'carsharing',
  truck: 'truck',
  bus: 'bus',
};

const cut = (text: string | null, length: number): string | null => text?.slice(0, length) ?? null;

/** When the inventory was last changed, the time of telling, and whether the site is open then. */
export type Moment = readonly [inventoryAtMs: EpochMs, atMs: EpochMs, isOpen: IsOpen];

/** The moment of a document; times within one slot are the same, so that texts can be remembered. */
export const momentOf = (
  view: Pick<View, 'inventoryAtMs' | 'nowMs' | 'isOpen'>,
  site?: ParkingSite,
): Moment => [view.inventoryAtMs, confirmedFromMs(view.nowMs), site ? view.isOpen(site) : null];

/** Open as far as anybody told us, where nobody told hours. */
function openingStatus(site: ParkingSite, isOpen: IsOpen): 'OPEN' | 'CLOSED' | 'UNKNOWN' {
  if (isOpen === null) return site.openingHours === null ? 'OPEN' : 'UNKNOWN';
  return isOpen ? 'OPEN' : 'CLOSED';
}

function restrictions(site: ParkingSite, present: SitePresent | undefined, isOpen: IsOpen) {
  return audiences.flatMap((audience) => {
    const capacity = site.numberOfSpacesFor[audience];
    const live = present?.vacantFor[audience];
    if (capacity === undefined && live === undefined) return [];
    return [
      {
        type: audience.toUpperCase(),
        ...(capacity === undefined ? {} : { capacity }),
        ...(live === undefined
          ? {}
          : {
              realtime_capacity: live.known,
              realtime_free_capacity: vacantForDrivers(isOpen, live.vacant),
            }),
      },
    ];
  });
}

function flatCapacities(site: ParkingSite, present: SitePresent | undefined, isOpen: IsOpen) {
  const fields: Record<string, number> = {};
  for (const [audience, name] of Object.entries(flatNames) as [Audience, string][]) {
    const capacity = site.numberOfSpacesFor[audience];
    const live = present?.vacantFor[audience];
    if (capacity !== undefined) fields[`capacity_${name}`] = capacity;
    if (live === undefined) continue;
    fields[`realtime_capacity_${name}`] = live.known;
    fields[`realtime_free_capacity_${name}`] = vacantForDrivers(isOpen, live.vacant);
  }
  return fields;
}

/** The static part of a site; `inventoryAtMs` is when the inventory was last changed. */
const toStaticSite = (site: ParkingSite, inventoryAtMs: EpochMs) => ({
  uid: site.id,
  original_uid: site.id,
  name: site.name.slice(0, 256),
  purpose: 'CAR',
  type: siteTypes[site.kind],
  lat: degrees(site.location.lat),
  lon: degrees(site.location.lon),
  ...(site.shape.kind === 'point' ? {} : { geojson: toGeometry(site.shape) }),
  capacity: site.numberOfSpaces,
  address: cut(site.address, 512),
  description: cut(site.description, 4096),
  operator_name: cut(site.operator, 256),
  public_url: cut(site.url, 4096),
  opening_hours: cut(site.openingHours, 512),
  has_fee: site.hasFee,
  fee_description: cut(site.feeText, 4096),
  max_stay: site.maxStayMin === null ? null : site.maxStayMin * 60,
  max_height: site.maxHeightM === null ? null : Math.round(site.maxHeightM * 100),
  park_and_ride_type: site.parkAndRide === null ? null : [site.parkAndRide.toUpperCase()],
  static_data_updated_at: toInstant(inventoryAtMs),
});

/** The real-time part; `null` as long as no device of the site was ever heard. */
function toRealtimeSite(
  site: ParkingSite,
  present: SitePresent | undefined,
  isOpen: IsOpen,
  nowMs: EpochMs,
) {
  const atMs = confirmedAtMs(present, nowMs);
  if (atMs === null) return null;
  const count = countOf(site, present);
  return {
    realtime_data_updated_at: toInstant(atMs),
    realtime_opening_status: openingStatus(site, isOpen),
    realtime_capacity: count?.numberOfSpaces ?? null,
    realtime_free_capacity:
      count === null ? null : vacantForDrivers(isOpen, count.numberOfVacantSpaces),
  };
}

/** Static and real-time part together, as the public interface shows them. */
export function toCombinedSite(
  site: ParkingSite,
  present: SitePresent | undefined,
  [inventoryAtMs, nowMs, isOpen]: Moment,
) {
  const realtime = toRealtimeSite(site, present, isOpen, nowMs);
  return {
    ...toStaticSite(site, inventoryAtMs),
    has_realtime_data: realtime !== null,
    ...realtime,
    ...flatCapacities(site, present, isOpen),
    restrictions: restrictions(site, present, isOpen),
  };
}

const spotStatus = { vacant: 'AVAILABLE', occupied: 'TAKEN', unknown: 'UNKNOWN' } as const;

/** A space, static and real-time part together. */
export function toCombinedSpot(
  space: ParkingSpace,
  site: ParkingSite | undefined,
  present: SpacePresent | undefined,
  [inventoryAtMs, nowMs]: Moment,
) {
  const atMs = confirmedAtMs(present, nowMs);
  return {
    uid: space.id,
    parking_site_uid: space.siteId,
    name: null,
    purpose: 'CAR',
    type: site ? siteTypes[site.kind] : null,
    lat: degrees(space.location.lat),
    lon: degrees(space.location.lon),
    has_realtime_data: atMs !== null,
    ...(atMs === null
      ? {}
      : {
          realtime_data_updated_at: toInstant(atMs),
          realtime_status: spotStatus[present?.status ?? 'unknown'],
        }),
    restrictions: space.audience === null ? [] : [{ type: space.audience.toUpperCase() }],
    static_data_updated_at: toInstant(inventoryAtMs),
  };
}

const siteText = rememberText(
  (site: ParkingSite, present: SitePresent | undefined, ...moment: Moment) =>
    JSON.stringify(toCombinedSite(site, present, moment)),
);
const spotText = rememberText(
  (
    space: ParkingSpace,
    present: SpacePresent | undefined,
    site: ParkingSite | undefined,
    ...moment: Moment
  ) => JSON.stringify(toCombinedSpot(space, site, present, moment)),
);

const pageSchema = z.object({
  items: z.array(z.looseObject({ uid: z.string() })),
  total_count: z.int().nonnegative(),
  next_path: z.string().nullable(),
  attribution_license: z.string(),
  attribution_url: z.url(),
  attribution_contributor: z.string(),
});
/** What both lists have in common. */
const pages = {
  tag: 'Open data',
  changes: 'real-time',
  mediaType: 'application/json',
  schema: pageSchema,
  params: nothing,
  query: z.object({
    ...scopeParameters,
    limit: limitParameter(1000, 1000),
    start: z
      .string()
      .max(64)
      .optional()
      .openapi({ description: 'uid of the last item of the page before; taken from `next_path`' }),
  }),
} as const;

/** The page that a query asks for of all that is in its scope, ordered by id. */
function pageText<Item extends { readonly id: string }>(
  { settings, baseUrl }: View,
  path: string,
  query: z.output<typeof pages.query>,
  all: readonly Item[],
  itemText: (item: Item) => string,
): Text {
  const page = pageAfter(all, query.start, query.limit);
  const head = {
    total_count: all.length,
    next_path: nextPath(below(baseUrl, path), query, 'start', page.lastId),
    attribution_license: settings.licence.name,
    attribution_url: settings.licence.url,
    attribution_contributor: attributionOf(settings),
  };
  return jsonWithList(head, 'items', page.items.values().map(itemText));
}

const sitesPath = '/api/public/v3/parking-sites';
export const parkApiSites = defineResource({
  ...pages,
  path: sitesPath,
  summary: 'ParkAPI v3: all parking sites',
  text(view, query) {
    const { index, present } = view;
    return pageText(view, sitesPath, query, sitesInScope(index, query), (site) =>
      siteText(site, present.site(site.id), ...momentOf(view, site)),
    );
  },
});

const spotsPath = '/api/public/v3/parking-spots';
export const parkApiSpots = defineResource({
  ...pages,
  path: spotsPath,
  summary: 'ParkAPI v3: all public parking spaces',
  text(view, query) {
    const { index, present } = view;
    return pageText(view, spotsPath, query, spacesInScope(index, query), (space) =>
      spotText(space, present.space(space.id), index.site.get(space.siteId), ...momentOf(view)),
    );
  },
});
