/**
 * ParkAPI v1 (offenesdresden/ParkAPI), the form OpenTripPlanner, stadtnavi and the ParkenDD apps read:
 * a city is a municipality, a lot is a site.
 */
import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/errors.ts';
import type { EpochMs, MunicipalityId } from '../../domain/ids.ts';
import type { SitePresent } from '../../domain/present.ts';
import type { ParkingSite } from '../../domain/site.ts';
import { jsonWithList } from '../http/pieces.ts';
import { idsOf, scopeParameters } from '../http/query.ts';
import { defineResource, nothing } from '../http/resource.ts';
import { attributionOf, type PublishSettings } from '../settings.ts';
import { degrees, toInstant } from '../views.ts';
import { confirmedAtMs, countOf, vacantForDrivers, type IsOpen } from './counts.ts';
import { rememberText } from './remember.ts';

const lotTypes = {
  'on-street': 'Straßenrand',
  ground: 'Parkplatz',
  underground: 'Tiefgarage',
  'car-park': 'Parkhaus',
} as const;

const lotType = (site: ParkingSite): string => {
  if (site.parkAndRide === 'carpool') return 'Park-Carpool';
  return site.parkAndRide === null ? lotTypes[site.kind] : 'Park-Ride';
};

/** ParkAPI v1 writes UTC without saying so; its apps read exactly this form. */
const toPlainInstant = (atMs: EpochMs): string => toInstant(atMs).replace(/Z$/, '');

const license = (settings: PublishSettings) => ({
  license: settings.licence.name,
  url: settings.licence.url,
  contributor: attributionOf(settings),
});

function disabledFields(site: ParkingSite, present: SitePresent | undefined, isOpen: IsOpen) {
  const total = site.numberOfSpacesFor.disabled;
  const live = present?.vacantFor.disabled;
  return {
    ...(total === undefined ? {} : { 'total:disabled': total }),
    ...(live === undefined ? {} : { 'free:disabled': vacantForDrivers(isOpen, live.vacant) }),
  };
}

function toLot(site: ParkingSite, present: SitePresent | undefined, isOpen: IsOpen) {
  const count = countOf(site, present);
  const free = count === null ? {} : { free: vacantForDrivers(isOpen, count.numberOfVacantSpaces) };
  const openState = count === null ? 'nodata' : 'open';
  return {
    id: site.id,
    name: site.name,
    coords: { lat: degrees(site.location.lat), lng: degrees(site.location.lon) },
    // A lot without a state makes OpenTripPlanner drop the whole document.
    state: isOpen === false ? 'closed' : openState,
    // The size of the site also while some of its spaces are unknown: readers treat it as fixed.
    total: site.numberOfSpaces,
    ...free,
    ...disabledFields(site, present, isOpen),
    lot_type: lotType(site),
    ...(site.address === null ? {} : { address: site.address }),
    ...(site.openingHours === null ? {} : { opening_hours: site.openingHours }),
    ...(site.feeText === null ? {} : { fee_hours: site.feeText }),
    ...(site.url === null ? {} : { url: site.url }),
    ...(site.description === null ? {} : { notes: { de: site.description } }),
    forecast: false,
  };
}

const lotText = rememberText(
  (site: ParkingSite, present: SitePresent | undefined, isOpen: IsOpen) =>
    JSON.stringify(toLot(site, present, isOpen)),
);

export const parkApiV1Index = defineResource({
  path: '/parkapi/v1',
  summary: 'ParkAPI v1: the cities',
  tag: 'Open data',
  changes: 'static',
  mediaType: 'application/json',
  schema: z.object({
    api_version: z.string(),
    server_version: z.string(),
    reference: z.string(),
    cities: z.record(z.string(), z.string()),
  }),
  params: nothing,
  query: z.object({ municipality: scopeParameters.municipality }),
  text({ index, baseUrl, settings }, { municipality }) {
    const asked = idsOf(municipality);
    const withSites = new Set(index.sites.map((site) => site.municipalityId));
    const cities = index.inventory.municipalities.filter(
      ({ id }) => withSites.has(id) && (!asked || asked.has(id)),
    );
    return JSON.stringify({
      api_version: '1.0',
      server_version: '1.0.0',
      reference: `${baseUrl}/docs`,
      cities: Object.fromEntries(cities.map(({ id, name }) => [name, id])),
      data_license: license(settings),
    });
  },
});

export const parkApiV1City = defineResource({
  path: '/parkapi/v1/{city}',
  summary: 'ParkAPI v1: the lots of a city',
  tag: 'Open data',
  changes: 'real-time',
  mediaType: 'application/json',
  schema: z.object({
    last_updated: z.string(),
    last_downloaded: z.string(),
    lots: z.array(z.looseObject({ id: z.string(), state: z.string(), total: z.int() })),
  }),
  params: z.object({
    city: z
      .string()
      .min(1)
      .max(64)
      .openapi({ param: { name: 'city', in: 'path' } }),
  }),
  query: nothing,
  text({ index, present, settings, nowMs, inventoryAtMs, isOpen }, { city }) {
    const municipality = index.municipality.get(city as MunicipalityId);
    const sites = index.sites.filter((site) => site.municipalityId === municipality?.id);
    if (!municipality || sites.length === 0) throw new AppError('not-found', `no city '${city}'`);
    const newest = sites.reduce(
      (atMs, { id }) => Math.max(atMs, confirmedAtMs(present.site(id), nowMs) ?? 0),
      0,
    );
    const head = {
      last_updated: toPlainInstant(newest === 0 ? inventoryAtMs : newest),
      last_downloaded: toPlainInstant(nowMs),
      data_source: settings.publisher.url,
      data_license: license(settings),
    };
    const lots = sites.values().map((site) => lotText(site, present.site(site.id), isOpen(site)));
    return jsonWithList(head, 'lots', lots);
  },
});
