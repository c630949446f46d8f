import { z } from '@hono/zod-openapi';
import { spaceListSchema, spaceSchema, type SpaceList } from '../../contract/site.ts';
import { AppError } from '../../domain/errors.ts';
import type { SpaceId } from '../../domain/ids.ts';
import type { SpacePresent } from '../../domain/present.ts';
import type { ParkingSpace } from '../../domain/site.ts';
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
  spacesInScope,
  spacesUpdatedSince,
  updatedSinceParameter,
} from '../http/query.ts';
import { defineResource, nothing } from '../http/resource.ts';
import { toCursor, toInstant, toLicence, toSpace } from '../views.ts';

const path = '/api/v1/spaces';

const spaceText = rememberText((found: ParkingSpace, now: SpacePresent | undefined) =>
  JSON.stringify(toSpace(found, now)),
);

export const spaces = defineResource({
  path,
  summary: 'All public parking spaces with their status now',
  tag: 'Parking',
  changes: 'real-time',
  mediaType: 'application/json',
  schema: spaceListSchema,
  params: nothing,
  query: z.object({
    ...scopeParameters,
    updated_since: updatedSinceParameter,
    limit: limitParameter(1000, 1000),
    after: afterParameter,
  }),
  text({ index, present, settings, nowMs, baseUrl }, query) {
    const all = spacesUpdatedSince(spacesInScope(index, query), present, query.updated_since);
    const page = pageAfter(all, query.after, query.limit);
    const list: Omit<SpaceList, 'items'> = {
      publishedAt: toInstant(nowMs),
      cursor: toCursor(present),
      licence: toLicence(settings),
      totalCount: all.length,
      next: nextPath(below(baseUrl, path), query, 'after', page.lastId),
    };
    const items = page.items.values().map((space) => spaceText(space, present.space(space.id)));
    return jsonWithList(list, 'items', items);
  },
});

export const space = defineResource({
  path: `${path}/{id}`,
  summary: 'One public parking space with its status now',
  tag: 'Parking',
  changes: 'real-time',
  mediaType: 'application/json',
  schema: spaceSchema,
  params: idParameter,
  query: nothing,
  text({ index, present }, { id }) {
    const found = index.space.get(id as SpaceId);
    if (found === undefined) throw new AppError('space-not-found', `no space '${id}'`);
    return spaceText(found, present.space(found.id));
  },
});
