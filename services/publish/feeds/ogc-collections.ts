/** The collections of OGC API – Features: what is in them, and how they are described. */
import type { LatLon } from '../../domain/geometry.ts';
import type { SiteId, SpaceId } from '../../domain/ids.ts';
import type { SitePresent, SpacePresent } from '../../domain/present.ts';
import type { ParkingSite, ParkingSpace } from '../../domain/site.ts';
import { pathWith, sitesInScope, spacesInScope, type Scope } from '../http/query.ts';
import type { View } from '../http/resource.ts';
import { attributionOf } from '../settings.ts';
import { toSite, toSpace } from '../views.ts';
import { rememberText } from './remember.ts';

export const root = '/ogc';
export const geoJson = 'application/geo+json';
export const json = 'application/json';

export interface Link {
  readonly href: string;
  readonly rel: string;
  readonly type: string;
  readonly title?: string;
}

export const licenceLink = ({ settings }: View): Link => ({
  href: settings.licence.url,
  rel: 'license',
  type: 'text/html',
  title: `${settings.licence.name}: ${attributionOf(settings)}`,
});

interface Feature {
  readonly type: 'Feature';
  readonly id: string;
  readonly geometry: { readonly type: 'Point'; readonly coordinates: readonly [number, number] };
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Properties without objects in them: a table in QGIS has cells. */
function siteFeature(site: ParkingSite, present: SitePresent | undefined): Feature {
  const { status, geometry: _, lat, lon, numberOfSpacesFor, ...rest } = toSite(site, present);
  const { id, vacantFor, ...now } = status;
  return {
    type: 'Feature',
    id,
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties: {
      ...rest,
      ...now,
      numberOfDisabledSpaces: numberOfSpacesFor.disabled ?? null,
      numberOfVacantDisabledSpaces: vacantFor.disabled?.vacant ?? null,
    },
  };
}

function spaceFeature(space: ParkingSpace, present: SpacePresent | undefined): Feature {
  const { lat, lon, ...properties } = toSpace(space, present);
  return {
    type: 'Feature',
    id: space.id,
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties,
  };
}

const siteText = rememberText((site: ParkingSite, present: SitePresent | undefined) =>
  JSON.stringify(siteFeature(site, present)),
);
const spaceText = rememberText((space: ParkingSpace, present: SpacePresent | undefined) =>
  JSON.stringify(spaceFeature(space, present)),
);

export const collections = {
  sites: {
    title: 'Parkplätze und Parkhäuser mit freien Plätzen',
    description: 'Ein Punkt je Straßenabschnitt, Parkplatz oder Parkhaus mit der Belegung jetzt.',
    places: ({ index }: View, scope: Scope): readonly LatLon[] =>
      sitesInScope(index, scope).map((site) => site.location),
    text({ index, present }: View, id: string) {
      const site = index.site.get(id as SiteId);
      return site && siteText(site, present.site(site.id));
    },
  },
  spaces: {
    title: 'Einzelne Stellplätze mit Belegung',
    description: 'Ein Punkt je öffentlichem Stellplatz mit Sensor: belegt, frei oder unbekannt.',
    places: ({ index }: View, scope: Scope): readonly LatLon[] =>
      spacesInScope(index, scope).map((space) => space.location),
    text({ index, present }: View, id: string) {
      const space = index.space.get(id as SpaceId);
      return space && spaceText(space, present.space(space.id));
    },
  },
} as const;
export type CollectionId = keyof typeof collections;
export const collectionIds = Object.keys(collections) as CollectionId[];

function extentOf(places: readonly LatLon[]) {
  if (places.length === 0) return undefined;
  const bbox = [180, 90, -180, -90] as [number, number, number, number];
  for (const { lat, lon } of places) {
    bbox[0] = Math.min(bbox[0], lon);
    bbox[1] = Math.min(bbox[1], lat);
    bbox[2] = Math.max(bbox[2], lon);
    bbox[3] = Math.max(bbox[3], lat);
  }
  return {
    spatial: { bbox: [bbox], crs: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84' },
  };
}

/** The part of the offer that is asked for; every address in it answers for the same part. */
export interface Part {
  readonly municipality?: string | undefined;
}

export const hrefOf = ({ baseUrl }: View, path: string, { municipality }: Part): string =>
  baseUrl + pathWith(root + path, { municipality });

export function toCollection(view: View, id: CollectionId, part: Part) {
  const { title, description, places } = collections[id];
  const path = `/collections/${id}`;
  const extent = extentOf(places(view, part));
  return {
    id,
    title,
    description,
    itemType: 'feature',
    crs: ['http://www.opengis.net/def/crs/OGC/1.3/CRS84'],
    ...(extent ? { extent } : {}),
    links: [
      { href: hrefOf(view, path, part), rel: 'self', type: json },
      { href: hrefOf(view, `${path}/items`, part), rel: 'items', type: geoJson, title },
      licenceLink(view),
    ],
  };
}
