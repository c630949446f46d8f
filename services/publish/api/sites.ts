import { z } from '@hono/zod-openapi';
import { siteListSchema, siteSchema, type SiteList } from '../../contract/site.ts';
import { AppError } from '../../domain/errors.ts';
import type { SiteId } from '../../domain/ids.ts';
import type { SitePresent } from '../../domain/present.ts';
import type { ParkingSite } from '../../domain/site.ts';
import { rememberText } from '../feeds/remember.ts';
import { jsonWithList } from '../http/pieces.ts';
import {
  afterParameter,
  below,
  idParameter,
  limitParameter,
  nextPath,
  pageAfter,
  scopeParameters,
  sitesInScope,
  sitesUpdatedSince,
  updatedSinceParameter,
} from '../http/query.ts';
import { defineResource, nothing } from '../http/resource.ts';
import { toCursor, toInstant, toLicence, toSite } from '../views.ts';

const path = '/api/v1/sites';

const siteText = rememberText((found: ParkingSite, now: SitePresent | undefined) =>
  JSON.stringify(toSite(found, now)),
);

export const sites = defineResource({
  path,
  summary: 'All parking sites with their status now',
  tag: 'Parking',
  changes: 'real-time',
  mediaType: 'application/json',
  schema: siteListSchema,
  params: nothing,
  query: z.object({
    ...scopeParameters,
    updated_since: updatedSinceParameter,
    limit: limitParameter(1000, 1000),
    after: afterParameter,
  }),
  text({ index, present, settings, nowMs, baseUrl }, query) {
    const all = sitesUpdatedSince(sitesInScope(index, query), present, query.updated_since);
    const page = pageAfter(all, query.after, query.limit);
    const list: Omit<SiteList, 'items'> = {
      publishedAt: toInstant(nowMs),
      cursor: toCursor(present),
      licence: toLicence(settings),
      totalCount: all.length,
      next: nextPath(below(baseUrl, path), query, 'after', page.lastId),
    };
    const items = page.items.values().map((site) => siteText(site, present.site(site.id)));
    return jsonWithList(list, 'items', items);
  },
});

export const site = defineResource({
  path: `${path}/{id}`,
  summary: 'One parking site with its status now',
  tag: 'Parking',
  changes: 'real-time',
  mediaType: 'application/json',
  schema: siteSchema,
  params: idParameter,
  query: nothing,
  text({ index, present }, { id }) {
    const found = index.site.get(id as SiteId);
    if (found === undefined) throw new AppError('site-not-found', `no site '${id}'`);
    return siteText(found, present.site(found.id));
  },
});
