/** OGC API – Features – Part 1: Core (OGC 17-069r4): what QGIS and Masterportal open as a layer. */
import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import type { LatLon } from '../../domain/geometry.ts';
import type { SiteId, SpaceId } from '../../domain/ids.ts';
import type { SitePresent, SpacePresent } from '../../domain/present.ts';
import type { ParkingSite, ParkingSpace } from '../../domain/site.ts';
import { jsonWithList } from '../http/pieces.ts';
import {
  afterParameter,
  limitParameter,
  nextPath,
  pathWith,
  pageAfter,
  scopeParameters,
  sitesInScope,
  sitesUpdatedSince,
  spacesInScope,
  spacesUpdatedSince,
  updatedSinceParameter,
} from '../http/query.ts';
import { defineResource, nothing, type View } from '../http/resource.ts';
import { attributionOf } from '../settings.ts';
import { toInstant, toSite, toSpace } from '../views.ts';
import { rememberText } from './remember.ts';

const root = '/ogc';
const geoJson = 'application/geo+json';
const json = 'application/json';

/** The largest page OGC 17-069r4 suggests (requirement 16). */
const largestPage = 10_000;

interface Link {
  readonly href: string;
  readonly rel: string;
  readonly type: string;
  readonly title?: string;
}

const licenceLink = ({ settings }: View): Link => ({
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

const collections = {
  sites: {
    title: 'Parkplätze und Parkhäuser mit freien Plätzen',
    description: 'Ein Punkt je Straßenabschnitt, Parkplatz oder Parkhaus mit der Belegung jetzt.',
    places: (view: View): readonly LatLon[] => view.index.sites.map((site) => site.location),
    text({ index, present }: View, id: string) {
      const site = index.site.get(id as SiteId);
      return site && siteText(site, present.site(site.id));
    },
  },
  spaces: {
    title: 'Einzelne Stellplätze mit Belegung',
    description: 'Ein Punkt je öffentlichem Stellplatz mit Sensor: belegt, frei oder unbekannt.',
    places: (view: View): readonly LatLon[] => view.index.spaces.map((space) => space.location),
    text({ index, present }: View, id: string) {
      const space = index.space.get(id as SpaceId);
      return space && spaceText(space, present.space(space.id));
    },
  },
} as const;
type CollectionId = keyof typeof collections;
const collectionIds = Object.keys(collections) as CollectionId[];

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

function toCollection(view: View, id: CollectionId) {
  const { title, description, places } = collections[id];
  const href = `${view.baseUrl}${root}/collections/${id}`;
  const extent = extentOf(places(view));
  return {
    id,
    title,
    description,
    itemType: 'feature',
    crs: ['http://www.opengis.net/def/crs/OGC/1.3/CRS84'],
    ...(extent ? { extent } : {}),
    links: [
      { href, rel: 'self', type: json },
      { href: `${href}/items`, rel: 'items', type: geoJson, title },
      licenceLink(view),
    ],
  };
}

const linkSchema = z.object({
  href: z.string(),
  rel: z.string(),
  type: z.string().optional(),
  title: z.string().optional(),
});
const formParameter = z.object({
  f: z.enum(['json']).optional().openapi({ description: 'only json is served' }),
});
const aDocument = {
  tag: 'OGC API Features',
  changes: 'static',
  mediaType: json,
  params: nothing,
  query: formParameter,
} as const;

const landingPage = defineResource({
  ...aDocument,
  path: root,
  summary: 'Landing page of OGC API Features',
  schema: z.object({ title: z.string(), description: z.string(), links: z.array(linkSchema) }),
  text(view) {
    const { baseUrl, settings } = view;
    const href = `${baseUrl}${root}`;
    return JSON.stringify({
      title: settings.name,
      description: settings.description,
      attribution: attributionOf(settings),
      links: [
        { href, rel: 'self', type: json },
        {
          href: `${baseUrl}/openapi.json`,
          rel: 'service-desc',
          type: 'application/vnd.oai.openapi+json;version=3.1',
        },
        { href: `${baseUrl}/docs`, rel: 'service-doc', type: 'text/html' },
        { href: `${href}/conformance`, rel: 'conformance', type: json },
        { href: `${href}/collections`, rel: 'data', type: json },
        licenceLink(view),
      ],
    });
  },
});

const conformance = defineResource({
  ...aDocument,
  path: `${root}/conformance`,
  summary: 'What of OGC API Features is implemented',
  schema: z.object({ conformsTo: z.array(z.url()) }),
  text: () =>
    JSON.stringify({
      conformsTo: ['core', 'geojson'].map(
        (part) => `http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/${part}`,
      ),
    }),
});

const collectionList = defineResource({
  ...aDocument,
  path: `${root}/collections`,
  summary: 'The collections',
  schema: z.object({ links: z.array(linkSchema), collections: z.array(z.looseObject({})) }),
  text: (view) =>
    JSON.stringify({
      links: [
        { href: `${view.baseUrl}${root}/collections`, rel: 'self', type: json },
        licenceLink(view),
      ],
      collections: collectionIds.map((id) => toCollection(view, id)),
    }),
});

const collectionParameter = z
  .enum(collectionIds)
  .openapi({ param: { name: 'collection', in: 'path' } });

const collection = defineResource({
  ...aDocument,
  path: `${root}/collections/{collection}`,
  summary: 'One collection',
  schema: z.looseObject({ id: z.string(), links: z.array(linkSchema) }),
  params: z.object({ collection: collectionParameter }),
  text: (view, query) => JSON.stringify(toCollection(view, query.collection)),
});

const itemsQuery = z.object({
  ...formParameter.shape,
  ...scopeParameters,
  updated_since: updatedSinceParameter,
  limit: limitParameter(largestPage, 1000),
  after: afterParameter,
});

function idsInScope(
  { index, present }: View,
  id: CollectionId,
  query: z.output<typeof itemsQuery>,
): readonly { readonly id: string }[] {
  return id === 'sites'
    ? sitesUpdatedSince(sitesInScope(index, query), present, query.updated_since)
    : spacesUpdatedSince(spacesInScope(index, query), present, query.updated_since);
}

const items = defineResource({
  tag: 'OGC API Features',
  changes: 'real-time',
  mediaType: geoJson,
  path: `${root}/collections/{collection}/items`,
  summary: 'Features of a collection with their status now',
  schema: z.looseObject({
    type: z.literal('FeatureCollection'),
    numberMatched: z.int(),
    numberReturned: z.int(),
    timeStamp: z.string(),
    links: z.array(linkSchema),
    features: z.array(z.looseObject({ type: z.literal('Feature'), id: z.string() })),
  }),
  params: z.object({ collection: collectionParameter }),
  query: itemsQuery,
  text(view, { collection: id, ...query }) {
    const path = `${root}/collections/${id}/items`;
    const all = idsInScope(view, id, query);
    const page = pageAfter(all, query.after, query.limit);
    const next = nextPath(path, query, 'after', page.lastId);
    const links: Link[] = [
      { href: view.baseUrl + pathWith(path, query), rel: 'self', type: geoJson },
      { href: `${view.baseUrl}${root}/collections/${id}`, rel: 'collection', type: json },
      licenceLink(view),
    ];
    if (next !== null) links.push({ href: view.baseUrl + next, rel: 'next', type: geoJson });
    const features = page.items.values().map((found) => collections[id].text(view, found.id) ?? '');
    const members = {
      type: 'FeatureCollection',
      timeStamp: toInstant(view.nowMs),
      attribution: attributionOf(view.settings),
      numberMatched: all.length,
      numberReturned: page.items.length,
      links,
    };
    return jsonWithList(members, 'features', features);
  },
});

const item = defineResource({
  tag: 'OGC API Features',
  changes: 'real-time',
  mediaType: geoJson,
  path: `${root}/collections/{collection}/items/{id}`,
  summary: 'One feature with its status now',
  schema: z.looseObject({ type: z.literal('Feature'), id: z.string() }),
  params: z.object({
    collection: collectionParameter,
    id: z
      .string()
      .min(1)
      .max(64)
      .openapi({ param: { name: 'id', in: 'path' } }),
  }),
  query: formParameter,
  text(view, { collection: collectionId, id }) {
    const feature = collections[collectionId].text(view, id);
    if (!feature) throw new AppError('not-found', `no feature '${id}' in ${collectionId}`);
    const parent = `${view.baseUrl}${root}/collections/${collectionId}`;
    const links: Link[] = [
      { href: `${parent}/items/${encodeURIComponent(id)}`, rel: 'self', type: geoJson },
      { href: parent, rel: 'collection', type: json },
      licenceLink(view),
    ];
    return `${feature.slice(0, -1)},"links":${JSON.stringify(links)}}`;
  },
});

/** The whole of OGC API Features. */
export const ogcFeatures = [landingPage, conformance, collectionList, collection, items, item];
