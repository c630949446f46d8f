import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import { isInBox, type BoundingBox } from '../../domain/geometry.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Present } from '../../domain/present.ts';
import type { ParkingSite, ParkingSpace } from '../../domain/site.ts';
import type { InventoryIndex } from '../inventory-index.ts';

const isBox = (text: string): boolean => {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [minLon = 0, minLat = 0, maxLon = 0, maxLat = 0] = numbers;
  return (
    numbers.length === 4 &&
    numbers.every(Number.isFinite) &&
    minLat <= maxLat &&
    [minLon, maxLon].every((lon) => Math.abs(lon) <= 180) &&
    [minLat, maxLat].every((lat) => Math.abs(lat) <= 90)
  );
};

const bboxParameter = z
  .string()
  .refine(isBox, 'four numbers in degrees, the south before the north: minLon,minLat,maxLon,maxLat')
  .optional()
  .openapi({
    description:
      'minLon,minLat,maxLon,maxLat in degrees; a west greater than the east crosses the antimeridian',
    example: '8.68,48.59,8.9,48.7',
  });

export const idList = (what: string) =>
  z
    .string()
    .max(2000)
    .optional()
    .openapi({ description: `id of a ${what}; several separated by commas` });

/** How a list may be narrowed; every feed takes `municipality`. */
export const scopeParameters = {
  bbox: bboxParameter,
  municipality: idList('municipality'),
  zone: idList('zone'),
  site: idList('site'),
};

/**
 * Larger values, however long, are treated as the largest allowed: they are no mistake (OGC 17-069r4,
 * /req/core/fc-limit-response-1, C).
 */
export const limitParameter = (largest: number, usual: number) =>
  z
    .preprocess(
      (text) => Math.min(Number(text), largest),
      z.int('a whole number from 1').min(1, 'a whole number from 1'),
    )
    .default(usual)
    .openapi({
      type: 'integer',
      minimum: 1,
      default: usual,
      description: `items a page; more than ${largest} is treated as ${largest}`,
    });

export const afterParameter = z
  .string()
  .max(64)
  .optional()
  .openapi({ description: 'id of the last item of the page before; taken from `next`' });

export const updatedSinceParameter = z.iso
  .datetime({ offset: true, error: 'a time as in 2026-12-01T08:00:00Z' })
  .optional()
  .openapi({ description: 'only what was heard of at or after this time (ISO 8601)' });

export const idParameter = z.object({
  id: z
    .string()
    .min(1)
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' } }),
});

/** The corner order of GeoJSON and OGC API Features; the text was checked by `bboxParameter`. */
function toBox(bbox: string): BoundingBox {
  const [minLon = 0, minLat = 0, maxLon = 0, maxLat = 0] = bbox.split(',').map(Number);
  return { minLon, minLat, maxLon, maxLat };
}

export interface Scope {
  readonly bbox?: string | undefined;
  readonly municipality?: string | undefined;
  readonly zone?: string | undefined;
  readonly site?: string | undefined;
}

/** The ids of a comma-separated list; `undefined` narrows nothing. */
export const idsOf = (list: string | undefined): ReadonlySet<string> | undefined =>
  list === undefined ? undefined : new Set(list.split(',').map((id) => id.trim()));

/** Sites in a scope, ordered by id; the box speaks of where a car is sent to. */
export function sitesInScope(index: InventoryIndex, scope: Scope): readonly ParkingSite[] {
  const box = scope.bbox === undefined ? undefined : toBox(scope.bbox);
  const municipalities = idsOf(scope.municipality);
  const zones = idsOf(scope.zone);
  const sites = idsOf(scope.site);
  if (!box && !municipalities && !zones && !sites) return index.sites;
  return index.sites.filter(
    (site) =>
      (!municipalities || municipalities.has(site.municipalityId)) &&
      (!zones || (site.zoneId !== null && zones.has(site.zoneId))) &&
      (!sites || sites.has(site.id)) &&
      (!box || isInBox(site.location, box)),
  );
}

/** Sites in a scope for formats that cannot say "none"; throws `not-found` instead. */
export function someSitesInScope(index: InventoryIndex, scope: Scope): readonly ParkingSite[] {
  const sites = sitesInScope(index, scope);
  if (sites.length === 0) throw new AppError('not-found', 'no site in this scope');
  return sites;
}

/** Spaces in a scope, ordered by id; the box speaks of the space itself. */
export function spacesInScope(index: InventoryIndex, scope: Scope): readonly ParkingSpace[] {
  const { bbox, ...ofSite } = scope;
  const isNarrowed = Object.values(ofSite).some((list) => list !== undefined);
  const sites = isNarrowed
    ? new Set(sitesInScope(index, { ...ofSite, bbox: undefined }).map((site) => site.id))
    : undefined;
  const box = bbox === undefined ? undefined : toBox(bbox);
  if (!sites && !box) return index.spaces;
  return index.spaces.filter(
    (space) => (!sites || sites.has(space.siteId)) && (!box || isInBox(space.location, box)),
  );
}

/** What was never heard of was not heard of since then. */
function heardSince<Item>(
  items: readonly Item[],
  updatedSince: string | undefined,
  lastSeenMs: (item: Item) => EpochMs | null | undefined,
): readonly Item[] {
  if (updatedSince === undefined) return items;
  const since = Date.parse(updatedSince);
  return items.filter((item) => (lastSeenMs(item) ?? -Infinity) >= since);
}

export const sitesUpdatedSince = (
  sites: readonly ParkingSite[],
  present: Present,
  updatedSince: string | undefined,
): readonly ParkingSite[] =>
  heardSince(sites, updatedSince, (site) => present.site(site.id)?.lastSeenMs);

export const spacesUpdatedSince = (
  spaces: readonly ParkingSpace[],
  present: Present,
  updatedSince: string | undefined,
): readonly ParkingSpace[] =>
  heardSince(spaces, updatedSince, (space) => present.space(space.id)?.lastSeenMs);

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Pass it as the start of the next page; `undefined` on the last one. */
  readonly lastId: string | undefined;
}

/** One page of a list ordered by id; an id that is gone meanwhile still has its place in the order. */
export function pageAfter<Item extends { readonly id: string }>(
  items: readonly Item[],
  after: string | undefined,
  limit: number,
): Page<Item> {
  const start = after === undefined ? 0 : firstAfter(items, after);
  const page = items.slice(start, start + limit);
  const isLast = start + page.length >= items.length;
  return { items: page, lastId: isLast ? undefined : page.at(-1)?.id };
}

function firstAfter(items: readonly { readonly id: string }[], id: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle]?.id ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with the parameters that are set. */
export function pathWith(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/** A path of ours as readers have to ask for it where the server lies below a path of a public host. */
export const below = (baseUrl: string, path: string): string =>
  (URL.parse(baseUrl)?.pathname.replace(/\/$/, '') ?? '') + path;

/** The path of the next page: the same question with another start; `null` after the last page. */
export const nextPath = (
  path: string,
  query: Query,
  startName: string,
  lastId: string | undefined,
): string | null =>
  lastId === undefined ? null : pathWith(path, { ...query, [startName]: lastId });
