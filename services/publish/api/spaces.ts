import { spaceListSchema, spaceSchema } from '../../contract/site.ts';
import { AppError } from '../../domain/errors.ts';
import type { SpaceId } from '../../domain/ids.ts';
import type { SpacePresent } from '../../domain/present.ts';
import type { ParkingSpace } from '../../domain/site.ts';
import { rememberText } from '../feeds/remember.ts';
import { spacesInScope, spacesUpdatedSince } from '../http/query.ts';
import { defineResource } from '../http/resource.ts';
import { toSpace } from '../views.ts';
import { aPlace, aPage, pageText } from './parking.ts';

const path = '/api/v1/spaces';

const spaceText = rememberText((found: ParkingSpace, present: SpacePresent | undefined) =>
  JSON.stringify(toSpace(found, present)),
);

export const spaces = defineResource({
  ...aPage,
  path,
  summary: 'All public parking spaces with their status now',
  schema: spaceListSchema,
  text(view, query) {
    const { index, present } = view;
    const all = spacesUpdatedSince(spacesInScope(index, query), present, query.updated_since);
    return pageText(view, path, query, all, (one) => spaceText(one, present.space(one.id)));
  },
});

export const space = defineResource({
  ...aPlace,
  path: `${path}/{id}`,
  summary: 'One public parking space with its status now',
  schema: spaceSchema,
  text({ index, present }, { id }) {
    const found = index.space.get(id as SpaceId);
    if (found === undefined) throw new AppError('space-not-found', `no space '${id}'`);
    return spaceText(found, present.space(found.id));
  },
});
