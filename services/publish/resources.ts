import { deployment, streets } from './api/deployment.ts';
import { site, sites } from './api/sites.ts';
import { space, spaces } from './api/spaces.ts';
import { zone, zones } from './api/zones.ts';
import { catalogue } from './feeds/catalogue.ts';
import { datex2V2Status, datex2V2Table } from './feeds/datex2-v2.ts';
import { datex2V3Status, datex2V3Table } from './feeds/datex2-v3.ts';
import { ogcFeatures } from './feeds/ogc-features.ts';
import { parkApiV1City, parkApiV1Index } from './feeds/parkapi-v1.ts';
import { parkApiSites, parkApiSpots } from './feeds/parkapi-v3.ts';
import type { Resource } from './http/resource.ts';

/** Everything that is published as a document: adding one is one file and one line. */
export const resources: readonly Resource[] = [
  deployment,
  streets,
  sites,
  site,
  spaces,
  space,
  zones,
  zone,
  parkApiSites,
  parkApiSpots,
  parkApiV1Index,
  parkApiV1City,
  datex2V3Table,
  datex2V3Status,
  datex2V2Table,
  datex2V2Status,
  ...ogcFeatures,
  ...catalogue,
];

/** Where requests are counted an address: everything but pages, health and webhooks. */
export const limitedPaths: readonly string[] = [
  '/api/*',
  '/openapi.json',
  '/docs',
  '/parkapi/*',
  '/datex2/*',
  '/ogc/*',
  '/catalog.ttl',
  '/catalog.rdf',
  '/catalog.jsonld',
];
