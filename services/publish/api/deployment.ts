import { z } from '@hono/zod-openapi';
import {
  deploymentSchema,
  streetsSchema,
  type Deployment,
  type Streets,
} from '../../contract/site.ts';
import { municipalityOf } from '../../domain/municipality-of.ts';
import { legalPages } from '../http/legal.ts';
import { idsOf, scopeParameters } from '../http/query.ts';
import { defineResource, nothing } from '../http/resource.ts';
import { toGeometry, toLicence } from '../views.ts';

export const deployment = defineResource({
  path: '/api/v1/deployment',
  summary: 'Who publishes this, under which licence, and where the map begins',
  tag: 'Deployment',
  changes: 'static',
  mediaType: 'application/json',
  schema: deploymentSchema,
  params: nothing,
  query: nothing,
  text({ settings, isSimulated, index }) {
    const { map, publisher } = settings;
    const body: Deployment = {
      name: settings.name,
      description: settings.description,
      publisher: { name: publisher.name, url: publisher.url, email: publisher.email },
      licence: toLicence(settings),
      attributions: [...settings.attributions],
      timeZone: settings.timeZone,
      isSimulated,
      legalPages: legalPages
        .map(({ setting }) => setting)
        .filter((setting) => settings.legal[setting].trim() !== ''),
      municipalities: index.inventory.municipalities.map(({ id, name, centre }) => ({
        id,
        name,
        lat: centre.lat,
        lon: centre.lon,
      })),
      map: { lat: map.centre.lat, lon: map.centre.lon, zoom: map.zoom, tiles: map.tiles },
    };
    return JSON.stringify(body);
  },
});

export const streets = defineResource({
  path: '/api/v1/streets',
  summary: 'The streets, for a map without a tile server',
  tag: 'Deployment',
  changes: 'static',
  mediaType: 'application/geo+json',
  schema: streetsSchema,
  params: nothing,
  query: z.object({ municipality: scopeParameters.municipality }),
  text({ index: { inventory } }, { municipality }) {
    const asked = idsOf(municipality);
    const lies = municipalityOf(inventory);
    const stretches = asked
      ? inventory.stretches.filter((stretch) => asked.has(lies.stretch(stretch) ?? ''))
      : inventory.stretches;
    const body: Streets = {
      type: 'FeatureCollection',
      features: stretches.map((stretch) => ({
        type: 'Feature',
        id: stretch.id,
        properties: { name: stretch.name, roadClass: stretch.roadClass },
        geometry: toGeometry({ kind: 'line', points: stretch.points }),
      })),
    };
    return JSON.stringify(body);
  },
});
