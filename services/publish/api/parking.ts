/** What sites, spaces and zones have in common as documents. */
import { z } from '@hono/zod-openapi';
import type { SiteList, SpaceList } from '../../contract/site.ts';
import { jsonWithList, type Text } from '../http/pieces.ts';
import {
  afterParameter,
  below,
  idParameter,
  limitParameter,
  nextPath,
  pageAfter,
  scopeParameters,
  updatedSinceParameter,
} from '../http/query.ts';
import { nothing, type View } from '../http/resource.ts';
import { toCursor, toInstant, toLicence } from '../views.ts';

export const aDocument = {
  tag: 'Parking',
  changes: 'real-time',
  mediaType: 'application/json',
} as const;

/** One of them, by its id. */
export const aPlace = { ...aDocument, params: idParameter, query: nothing } as const;

/** All in a scope, page by page. */
export const aPage = {
  ...aDocument,
  params: nothing,
  query: z.object({
    ...scopeParameters,
    updated_since: updatedSinceParameter,
    limit: limitParameter(1000, 1000),
    after: afterParameter,
  }),
} as const;

/** The page that a query asks for of all that is in its scope, ordered by id. */
export function pageText<Item extends { readonly id: string }>(
  { present, settings, nowMs, baseUrl }: View,
  path: string,
  query: z.output<typeof aPage.query>,
  all: readonly Item[],
  itemText: (item: Item) => string,
): Text {
  const page = pageAfter(all, query.after, query.limit);
  const head: Omit<SiteList | SpaceList, 'items'> = {
    publishedAt: toInstant(nowMs),
    cursor: toCursor(present),
    licence: toLicence(settings),
    totalCount: all.length,
    next: nextPath(below(baseUrl, path), query, 'after', page.lastId),
  };
  return jsonWithList(head, 'items', page.items.values().map(itemText));
}
