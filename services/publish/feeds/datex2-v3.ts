/** DATEX II 3.6, Parking publications, as Mobilithek takes them: a site is a `Place`. */
import { z } from '@hono/zod-openapi';
import type { EpochMs } from '../../domain/ids.ts';
import type { SitePresent } from '../../domain/present.ts';
import type { ParkingSite } from '../../domain/site.ts';
import { scopeParameters, someSitesInScope } from '../http/query.ts';
import { defineResource, nothing, type View } from '../http/resource.ts';
import { attributionOf } from '../settings.ts';
import { degrees, toInstant } from '../views.ts';
import { confirmedAtMs, countOf, fillingOf, vacantForDrivers, type IsOpen } from './counts.ts';
import { rememberText, timeMark, withTime } from './remember.ts';
import { itemsHere, toXml, xmlDocument, xmlText, type XmlValue } from './xml.ts';

const layouts = {
  'on-street': 'layBy',
  ground: 'openSpace',
  underground: 'building',
  'car-park': 'building',
} as const;

const structures = {
  'on-street': 'onStreet',
  ground: 'offStreetSurface',
  underground: 'offStreetStructure',
  'car-park': 'offStreetStructure',
} as const;

const inGerman = (text: string): XmlValue => ({
  'com:values': { 'com:value': { '@lang': 'de', '#': xmlText(text) } },
});

const tableId = 'parking-table';
/** References name a version; ids of ours never change their meaning. */
const version = '1';
/** Simulated numbers must not steer anybody. */
const header = (view: View): XmlValue => ({
  'com:confidentiality': 'noRestriction',
  'com:informationStatus': view.isSimulated ? 'test' : 'real',
});

const envelope = (view: View, type: string, publication: XmlValue): Record<string, XmlValue> => ({
  'd2:payload': {
    '@xmlns:d2': 'http://datex2.eu/schema/3/d2Payload',
    '@xmlns:com': 'http://datex2.eu/schema/3/common',
    '@xmlns:fac': 'http://datex2.eu/schema/3/facilities',
    '@xmlns:loc': 'http://datex2.eu/schema/3/locationReferencing',
    '@xmlns:prk': 'http://datex2.eu/schema/3/parking',
    '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    '@xsi:type': type,
    '@lang': 'de',
    '@modelBaseVersion': '3',
    'com:feedDescription': inGerman(
      `${view.settings.name}. ${attributionOf(view.settings)}, ${view.settings.licence.name}, ${view.settings.licence.url}`,
    ),
    'com:publicationTime': toInstant(view.nowMs),
    'com:publicationCreator': {
      'com:country': 'de',
      'com:nationalIdentifier': xmlText(view.settings.publisher.name),
    },
    ...(publication as Record<string, XmlValue>),
  },
});

const disabledAssignment = (numberOfSpaces: number | undefined): XmlValue =>
  numberOfSpaces === undefined
    ? undefined
    : {
        'prk:assignment': {
          'prk:applicableFor': {
            'fac:qualification': {
              'fac:userQualification': { 'fac:userGroup': 'personsWithDisabilities' },
            },
          },
        },
      };

const toPlace = rememberText((site: ParkingSite, inventoryAtMs: EpochMs) =>
  toXml('prk:hierarchyElementGeneral', {
    '@xsi:type': 'prk:Place',
    '@id': site.id,
    '@version': version,
    'fac:name': inGerman(site.name),
    'fac:lastUpdated': toInstant(inventoryAtMs),
    'fac:description': site.description === null ? undefined : inGerman(site.description),
    'fac:additionalInformation': [site.address, site.openingHours, site.feeText]
      .filter((text) => text !== null)
      .map(inGerman),
    'fac:informationWebsite': site.url === null ? undefined : { 'com:urlLinkAddress': site.url },
    'fac:operatingHours':
      site.openingHours === '24/7' ? { '@xsi:type': 'fac:OpenAllHours' } : undefined,
    'fac:locationReference': {
      '@xsi:type': 'loc:PointLocation',
      'loc:pointByCoordinates': {
        'loc:pointCoordinates': {
          'loc:latitude': degrees(site.location.lat),
          'loc:longitude': degrees(site.location.lon),
        },
      },
    },
    'fac:rates': site.hasFee === false ? { '@xsi:type': 'fac:FreeOfCharge' } : undefined,
    'fac:dimension': site.maxHeightM === null ? undefined : { 'fac:height': site.maxHeightM },
    'prk:layer': 0,
    'prk:type': 'place',
    'prk:supply': { 'prk:quantity': site.numberOfSpaces, 'prk:viewType': 'vehicleView' },
    'prk:layout': layouts[site.kind],
    'prk:commonComponents': {
      'prk:characteristics': {
        'prk:structureType': structures[site.kind],
        'prk:spacesTotal': site.numberOfSpaces,
      },
      'prk:additionalCharacteristics': disabledAssignment(site.numberOfSpacesFor.disabled),
    },
  }),
);

const statusOf = rememberText(
  (site: ParkingSite, present: SitePresent | undefined, isOpen: IsOpen) => {
    const count = countOf(site, present);
    const closedStatus = site.isClosed ? 'temporarilyClosed' : 'closed';
    return toXml('prk:parkingStatusInformation', {
      '@xsi:type': 'prk:PlaceStatus',
      'fac:reference': {
        '@targetClass': 'fac:FacilityObject',
        '@id': site.id,
        '@version': version,
      },
      'fac:lastUpdated': typeof present?.lastSeenMs === 'number' ? timeMark : undefined,
      'fac:openingStatus': isOpen === null ? undefined : isOpen ? 'open' : closedStatus,
      'prk:occupancy': count
        ? {
            'prk:numberOfSpacesOverride': count.numberOfSpaces,
            'prk:numberOfVacantSpaces': vacantForDrivers(isOpen, count.numberOfVacantSpaces),
            'prk:numberOfOccupiedSpaces':
              isOpen === false ? undefined : count.numberOfOccupiedSpaces,
          }
        : undefined,
      'prk:status': count ? fillingOf(isOpen, count) : 'unknown',
    });
  },
);

const statusNow = (view: View, site: ParkingSite): string => {
  const present = view.present.site(site.id);
  const atMs = confirmedAtMs(present, view.nowMs) ?? view.nowMs;
  return withTime(statusOf(site, present, view.isOpen(site)), toInstant(atMs));
};

const aPublication = {
  tag: 'Open data',
  mediaType: 'application/xml',
  schema: z.string().openapi({ description: 'DATEX II 3.6, d2:payload' }),
  params: nothing,
  query: z.object(scopeParameters),
  absent: 'There is no site in this scope, and the format cannot tell of none',
} as const;

export const datex2V3Table = defineResource({
  ...aPublication,
  path: '/datex2/v3/table.xml',
  summary: 'DATEX II 3.6 ParkingTablePublication: the sites',
  changes: 'static',
  text: (view, scope) =>
    xmlDocument(
      envelope(view, 'prk:ParkingTablePublication', {
        'prk:headerInformation': header(view),
        'prk:parkingTable': {
          '@id': tableId,
          '@version': version,
          'prk:name': inGerman(view.settings.name),
          'prk:versionTime': toInstant(view.inventoryAtMs),
          ...itemsHere,
        },
      }),
      someSitesInScope(view.index, scope)
        .values()
        .map((site) => toPlace(site, view.inventoryAtMs)),
    ),
});

export const datex2V3Status = defineResource({
  ...aPublication,
  path: '/datex2/v3/status.xml',
  summary: 'DATEX II 3.6 ParkingStatusPublication: occupancy now',
  changes: 'real-time',
  text: (view, scope) =>
    xmlDocument(
      envelope(view, 'prk:ParkingStatusPublication', {
        'prk:parkingTableReference': {
          '@targetClass': 'prk:ParkingTable',
          '@id': tableId,
          '@version': version,
        },
        'prk:headerInformation': header(view),
        ...itemsHere,
      }),
      someSitesInScope(view.index, scope)
        .values()
        .map((site) => statusNow(view, site)),
    ),
});
