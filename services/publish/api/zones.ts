import { z } from '@hono/zod-openapi';
import { zoneListSchema, zoneSchema, type Zone, type ZoneList } from '../../contract/site.ts';
import { AppError } from '../../domain/errors.ts';
import type { ZoneId } from '../../domain/ids.ts';
import type { Zone as DomainZone } from '../../domain/site.ts';
import { idsOf, scopeParameters } from '../http/query.ts';
import { defineResource, nothing, type View } from '../http/resource.ts';
import { toCursor, toInstant, toLicence, toZone } from '../views.ts';
import { aDocument, aPlace } from './parking.ts';

const viewOf = ({ index, present }: View, zone: DomainZone): Zone =>
  toZone(zone, index.sitesOf(zone.id), (site) => present.site(site.id));

export const zones = defineResource({
  ...aDocument,
  path: '/api/v1/zones',
  summary: 'All zones with the sums of their sites now',
  schema: zoneListSchema,
  params: nothing,
  query: z.object({ municipality: scopeParameters.municipality }),
  text(view, { municipality }) {
    const municipalities = idsOf(municipality);
    const list: ZoneList = {
      publishedAt: toInstant(view.nowMs),
      cursor: toCursor(view.present),
      licence: toLicence(view.settings),
      items: view.index.inventory.zones
        .filter((zone) => !municipalities || municipalities.has(zone.municipalityId))
        .map((zone) => viewOf(view, zone)),
    };
    return JSON.stringify(list);
  },
});

export const zone = defineResource({
  ...aPlace,
  path: '/api/v1/zones/{id}',
  summary: 'One zone with the sums of its sites now',
  schema: zoneSchema,
  text(view, { id }) {
    const found = view.index.zone.get(id as ZoneId);
    if (found === undefined) throw new AppError('zone-not-found', `no zone '${id}'`);
    return JSON.stringify(viewOf(view, found));
  },
});
