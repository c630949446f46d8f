/** OGC API – Features – Part 1: Core (OGC 17-069r4): what QGIS and Masterportal open as a layer. */
import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import { jsonWithList } from '../http/pieces.ts';
import {
  afterParameter,
  idParameter,
  limitParameter,
  nextPath,
  pageAfter,
  pathWith,
  scopeParameters,
  sitesInScope,
  sitesUpdatedSince,
  spacesInScope,
  spacesUpdatedSince,
  updatedSinceParameter,
} from '../http/query.ts';
import { defineResource, nothing, type View } from '../http/resource.ts';
import { attributionOf } from '../settings.ts';
import { toInstant } from '../views.ts';
import {
  collectionIds,
  collections,
  geoJson,
  hrefOf,
  json,
  licenceLink,
  root,
  toCollection,
  type CollectionId,
  type Link,
} from './ogc-collections.ts';

/** The largest page OGC 17-069r4 suggests (requirement 16). */
const largestPage = 10_000;

const linkSchema = z.object({
  href: z.string(),
  rel: z.string(),
  type: z.string().optional(),
  title: z.string().optional(),
});
/** A parameter that is not described is refused (requirement 8). */
const formParameter = z.strictObject({
  f: z.enum(['json']).optional().openapi({ description: 'only json is served' }),
});
const partQuery = z.strictObject({
  ...formParameter.shape,
  municipality: scopeParameters.municipality,
});
const aDocument = {
  tag: 'OGC API Features',
  changes: 'static',
  mediaType: json,
  params: nothing,
  query: partQuery,
} as const;

const landingPage = defineResource({
  ...aDocument,
  path: root,
  summary: 'Landing page of OGC API Features',
  schema: z.object({ title: z.string(), description: z.string(), links: z.array(linkSchema) }),
  text(view, part) {
    const { baseUrl, settings } = view;
    return JSON.stringify({
      title: settings.name,
      description: settings.description,
      attribution: attributionOf(settings),
      links: [
        { href: hrefOf(view, '', part), rel: 'self', type: json },
        {
          href: `${baseUrl}/openapi.json`,
          rel: 'service-desc',
          type: 'application/vnd.oai.openapi+json;version=3.1',
        },
        { href: `${baseUrl}/docs`, rel: 'service-doc', type: 'text/html' },
        { href: `${baseUrl}${root}/conformance`, rel: 'conformance', type: json },
        { href: hrefOf(view, '/collections', part), rel: 'data', type: json },
        licenceLink(view),
      ],
    });
  },
});

const conformance = defineResource({
  ...aDocument,
  path: `${root}/conformance`,
  summary: 'What of OGC API Features is implemented',
  query: formParameter,
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
  text: (view, part) =>
    JSON.stringify({
      links: [
        { href: hrefOf(view, '/collections', part), rel: 'self', type: json },
        licenceLink(view),
      ],
      collections: collectionIds.map((id) => toCollection(view, id, part)),
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
  text: (view, { collection: id, ...part }) => JSON.stringify(toCollection(view, id, part)),
});

const momentSchema = z.iso.datetime({ offset: true });
const isMoment = (text: string): boolean => momentSchema.safeParse(text).success;
/** A moment, or two with a slash between, `..` or nothing for an open end (requirement 25). */
function isDatetime(text: string): boolean {
  const [from = '', to, ...more] = text.split('/');
  if (to === undefined) return isMoment(from);
  return more.length === 0 && [from, to].every((end) => ['', '..'].includes(end) || isMoment(end));
}

const itemsQuery = z.strictObject({
  ...formParameter.shape,
  ...scopeParameters,
  datetime: z
    .string()
    .refine(isDatetime, 'a time as in 2026-12-01T08:00:00Z, or two with a slash between')
    .optional()
    .openapi({ description: 'narrows nothing: every feature is as of now and has no other time' }),
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
      { href: hrefOf(view, `/collections/${id}`, query), rel: 'collection', type: json },
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
  params: z.object({ collection: collectionParameter, ...idParameter.shape }),
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
