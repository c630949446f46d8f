import type { Licence } from '../contract/common.ts';
import type { Site, SiteGuidance, SiteStatus, Space, SpaceStatus, Zone } from '../contract/site.ts';
import { goodChanceRatio, someChanceRatio } from '../contract/thresholds.ts';
import type { LatLon, Shape } from '../domain/geometry.ts';
import { timesOutOfTen } from '../domain/guidance/advise.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Present, SitePresent, SpacePresent } from '../domain/present.ts';
import type { ParkingSite, ParkingSpace, Zone as DomainZone } from '../domain/site.ts';
import { attributionOf, type PublishSettings } from './settings.ts';

/** ISO 8601 in UTC, whole seconds: finer than any sensor's clock, and easier to read. */
export const toInstant = (atMs: EpochMs): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

const toInstantOrNull = (atMs: EpochMs | null): string | null =>
  atMs === null ? null : toInstant(atMs);

/** Position in the stream of changes, `epoch.version`. */
export const toCursor = (present: Pick<Present, 'epoch' | 'version'>): string =>
  `${present.epoch}.${present.version()}`;

/** The licence with the text to show beside the data, as it travels in every body. */
export const toLicence = (settings: PublishSettings): Licence => ({
  id: settings.licence.id,
  name: settings.licence.name,
  url: settings.licence.url,
  attribution: attributionOf(settings),
  publisher: settings.publisher.name,
});

/** Seven decimals are a centimetre. */
export const degrees = (value: number): number => Math.round(value * 1e7) / 1e7;
const position = (at: LatLon): [number, number] => [degrees(at.lon), degrees(at.lat)];

/** GeoJSON of a shape; an outline is closed where it is not. */
export function toGeometry(shape: Shape): Site['geometry'] {
  switch (shape.kind) {
    case 'point':
      return { type: 'Point', coordinates: position(shape.at) };
    case 'line':
      return { type: 'LineString', coordinates: shape.points.map(position) };
    case 'area':
      return { type: 'Polygon', coordinates: [closedRing(shape.outline)] };
  }
}

function closedRing(outline: readonly LatLon[]): [number, number][] {
  const ring = outline.map(position);
  const first = ring[0];
  const last = ring.at(-1);
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) ring.push(first);
  return ring;
}

/** Instantaneous: occupied ÷ known, 0–1, three decimals; `null` when nothing is known. */
const occupancyRatio = (occupied: number | null, vacant: number | null): number | null =>
  occupied === null || vacant === null || occupied + vacant === 0
    ? null
    : Math.round((occupied / (occupied + vacant)) * 1000) / 1000;

/** A site of which nothing was ever heard. */
const unheard: Omit<SitePresent, 'siteId'> = {
  numberOfKnownSpaces: 0,
  numberOfVacantSpaces: null,
  numberOfOccupiedSpaces: null,
  vacantFor: {},
  lastSeenMs: null,
  lastChangedMs: null,
  freshness: 'stale',
  chanceRatio: null,
  version: 0,
};

function toChance(site: ParkingSite, present: Omit<SitePresent, 'siteId'>): SiteStatus['chance'] {
  if (site.isClosed) return 'closed';
  if (present.freshness === 'stale') return 'unknown';
  if (present.numberOfKnownSpaces * 2 < site.numberOfSpaces) return 'unknown';
  const ratio = present.chanceRatio;
  if (ratio === null) return 'unknown';
  if (ratio >= goodChanceRatio) return 'good';
  return ratio >= someChanceRatio ? 'some' : 'bad';
}

/** What changes at a site; the same object in lists and in live frames. */
export function toSiteStatus(site: ParkingSite, present: SitePresent | undefined): SiteStatus {
  const known = present ?? unheard;
  return {
    id: site.id,
    isClosed: site.isClosed,
    numberOfSpaces: site.numberOfSpaces,
    numberOfKnownSpaces: known.numberOfKnownSpaces,
    numberOfVacantSpaces: known.numberOfVacantSpaces,
    numberOfOccupiedSpaces: known.numberOfOccupiedSpaces,
    vacantFor: known.vacantFor,
    occupancyRatio: occupancyRatio(known.numberOfOccupiedSpaces, known.numberOfVacantSpaces),
    chanceRatio: known.chanceRatio,
    chance: toChance(site, known),
    freshness: known.freshness,
    lastSeenAt: toInstantOrNull(known.lastSeenMs),
    lastChangedAt: toInstantOrNull(known.lastChangedMs),
    ...(known.withheld ? { withheld: known.withheld } : {}),
  };
}

/** What signs and navigation show of a site. */
export function toSiteGuidance(site: ParkingSite, present: SitePresent | undefined): SiteGuidance {
  const known = present ?? unheard;
  const chance = toChance(site, known);
  const isSaid = chance !== 'unknown' && chance !== 'closed';
  return {
    id: site.id,
    isClosed: site.isClosed,
    chance,
    timesOutOfTen: isSaid ? timesOutOfTen(known.chanceRatio) : null,
    freshness: known.freshness,
  };
}

/** A site with what changes at it. */
export const toSite = (site: ParkingSite, present: SitePresent | undefined): Site => ({
  id: site.id,
  name: site.name,
  municipalityId: site.municipalityId,
  zoneId: site.zoneId,
  stretchId: site.stretchId,
  kind: site.kind,
  lat: degrees(site.location.lat),
  lon: degrees(site.location.lon),
  geometry: toGeometry(site.shape),
  numberOfSpacesFor: site.numberOfSpacesFor,
  address: site.address,
  operator: site.operator,
  openingHours: site.openingHours,
  hasFee: site.hasFee,
  feeText: site.feeText,
  feeEurPerHour: site.feeEurPerHour,
  maxStayMin: site.maxStayMin,
  maxHeightM: site.maxHeightM,
  parkAndRide: site.parkAndRide,
  description: site.description,
  url: site.url,
  status: toSiteStatus(site, present),
});

/** What changes at a space; the same object in lists and in live frames. */
export const toSpaceStatus = (
  space: ParkingSpace,
  present: SpacePresent | undefined,
): SpaceStatus => ({
  id: space.id,
  siteId: space.siteId,
  status: present?.status ?? 'unknown',
  freshness: present?.freshness ?? 'stale',
  since: toInstantOrNull(present?.sinceMs ?? null),
  lastSeenAt: toInstantOrNull(present?.lastSeenMs ?? null),
});

/** A space with what changes at it. */
export const toSpace = (space: ParkingSpace, present: SpacePresent | undefined): Space => ({
  ...toSpaceStatus(space, present),
  lat: degrees(space.location.lat),
  lon: degrees(space.location.lon),
  headingDeg: space.headingDeg,
  audience: space.audience,
});

/**
 * A zone as the sum of what its sites publish, and of nothing else: no subtraction of one from the
 * other can then show what a site keeps back.
 */
export function toZone(
  zone: DomainZone,
  sites: readonly ParkingSite[],
  presentOf: (site: ParkingSite) => SitePresent | undefined,
): Zone {
  let numberOfSpaces = 0;
  let known = 0;
  let vacant = 0;
  let occupied = 0;
  let lastSeenMs: EpochMs | null = null;
  for (const site of sites) {
    numberOfSpaces += site.numberOfSpaces;
    const present = presentOf(site);
    if (present === undefined) continue;
    if (present.lastSeenMs !== null) lastSeenMs = Math.max(lastSeenMs ?? 0, present.lastSeenMs);
    if (present.numberOfVacantSpaces === null || present.numberOfOccupiedSpaces === null) continue;
    known += present.numberOfKnownSpaces;
    vacant += present.numberOfVacantSpaces;
    occupied += present.numberOfOccupiedSpaces;
  }
  return {
    id: zone.id,
    municipalityId: zone.municipalityId,
    name: zone.name,
    geometry: toGeometry({ kind: 'area', outline: zone.outline }),
    numberOfSites: sites.length,
    numberOfSpaces,
    numberOfKnownSpaces: known,
    numberOfVacantSpaces: known === 0 ? null : vacant,
    occupancyRatio: known === 0 ? null : occupancyRatio(occupied, vacant),
    lastSeenAt: toInstantOrNull(lastSeenMs),
  };
}
