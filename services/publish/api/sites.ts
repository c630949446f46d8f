import { siteListSchema, siteSchema } from '../../contract/site.ts';
import { AppError } from '../../domain/errors.ts';
import type { SiteId } from '../../domain/ids.ts';
import type { SitePresent } from '../../domain/present.ts';
import type { ParkingSite } from '../../domain/site.ts';
import { rememberText } from '../feeds/remember.ts';
import { sitesInScope, sitesUpdatedSince } from '../http/query.ts';
import { defineResource } from '../http/resource.ts';
import { toSite } from '../views.ts';
import { aPlace, aPage, pageText } from './parking.ts';

const path = '/api/v1/sites';

const siteText = rememberText((found: ParkingSite, present: SitePresent | undefined) =>
  JSON.stringify(toSite(found, present)),
);

export const sites = defineResource({
  ...aPage,
  path,
  summary: 'All parking sites with their status now',
  schema: siteListSchema,
  text(view, query) {
    const { index, present } = view;
    const all = sitesUpdatedSince(sitesInScope(index, query), present, query.updated_since);
    return pageText(view, path, query, all, (one) => siteText(one, present.site(one.id)));
  },
});

export const site = defineResource({
  ...aPlace,
  path: `${path}/{id}`,
  summary: 'One parking site with its status now',
  schema: siteSchema,
  text({ index, present }, { id }) {
    const found = index.site.get(id as SiteId);
    if (found === undefined) throw new AppError('site-not-found', `no site '${id}'`);
    return siteText(found, present.site(found.id));
  },
});
