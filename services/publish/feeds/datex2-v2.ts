/**
 * DATEX II 2.3 with the parking extension (DATEXIISchema_2_2_3): the form that ParkAPI's Mobilithek
 * reader parses. Beyond the schema it needs a layout, a German name and both numbers of a status.
 */
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
  'on-street': 'openSpace',
  ground: 'singleLevel',
  underground: 'underground',
  'car-park': 'multiStorey',
} as const;

const detections = {
  spaces: 'singleSpaceDetection',
  balance: 'balancing',
  none: 'none',
} as const;

const inGerman = (text: string): XmlValue => ({
  values: { value: { '@lang': 'de', '#': xmlText(text) } },
});

const supplier = (view: View): XmlValue => ({
  country: 'de',
  nationalIdentifier: xmlText(view.settings.publisher.name),
});

/** Simulated numbers must not steer anybody. */
const header = (view: View): XmlValue => ({
  confidentiality: 'noRestriction',
  informationStatus: view.isSimulated ? 'test' : 'real',
});

const tableId = 'parking-table';
/** References name a version; ids of ours never change their meaning. */
const version = '1';

function envelope(view: View, name: string, publication: XmlValue): Record<string, XmlValue> {
  return {
    d2LogicalModel: {
      '@xmlns': 'http://datex2.eu/schema/2/2_0',
      '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      '@modelBaseVersion': '2',
      exchange: { supplierIdentification: supplier(view) },
      payloadPublication: {
        '@xsi:type': 'GenericPublication',
        '@lang': 'de',
        feedDescription: inGerman(
          `${view.settings.name}. ${attributionOf(view.settings)}, ${view.settings.licence.name}, ${view.settings.licence.url}`,
        ),
        publicationTime: toInstant(view.nowMs),
        publicationCreator: supplier(view),
        genericPublicationName: name,
        genericPublicationExtension: publication,
      },
    },
  };
}

const toRecord = rememberText((site: ParkingSite, inventoryAtMs: EpochMs) =>
  toXml('parkingRecord', {
    '@xsi:type': 'UrbanParkingSite',
    '@id': site.id,
    '@version': version,
    parkingName: inGerman(site.name),
    parkingDescription: site.description === null ? undefined : inGerman(site.description),
    parkingRecordVersionTime: toInstant(inventoryAtMs),
    parkingNumberOfSpaces: site.numberOfSpaces,
    maximumParkingDuration: site.maxStayMin === null ? undefined : site.maxStayMin * 60,
    urlLinkAddress: site.url ?? undefined,
    parkingOccupanyDetectionType: detections[site.counting],
    operator:
      site.operator === null
        ? undefined
        : {
            '@xsi:type': 'ContactDetails',
            '@id': `${site.id}-operator`,
            '@version': version,
            contactOrganisationName: inGerman(site.operator),
          },
    parkingLocation: {
      '@xsi:type': 'Point',
      pointByCoordinates: {
        pointCoordinates: {
          latitude: degrees(site.location.lat),
          longitude: degrees(site.location.lon),
        },
      },
    },
    assignedParkingAmongOthers:
      site.numberOfSpacesFor.disabled === undefined ? undefined : { applicableForUser: 'disabled' },
    tariffsAndPayment:
      site.hasFee === null
        ? undefined
        : {
            paymentAdditionalDescription:
              site.feeText === null ? undefined : inGerman(site.feeText),
            freeOfCharge: !site.hasFee,
          },
    parkingRecordDimension:
      site.maxHeightM === null ? undefined : { dimensionHeight: site.maxHeightM },
    parkingLayout: layouts[site.kind],
    parkingSiteAddress:
      site.address === null
        ? undefined
        : {
            '@xsi:type': 'ContactDetails',
            '@id': `${site.id}-address`,
            '@version': version,
            contactDetailsAddress: inGerman(site.address),
          },
    openingTimes: site.openingHours === '24/7' ? { available24hours: true } : undefined,
    urbanParkingSiteType: site.kind === 'on-street' ? 'onStreetParking' : 'offStreetParking',
  }),
);

const statusOf = rememberText(
  (site: ParkingSite, present: SitePresent | undefined, isOpen: IsOpen) => {
    const count = countOf(site, present);
    return toXml('parkingRecordStatus', {
      '@xsi:type': 'ParkingSiteStatus',
      parkingRecordReference: {
        '@targetClass': 'ParkingRecord',
        '@id': site.id,
        '@version': version,
      },
      parkingStatusOriginTime: timeMark,
      parkingOccupancy: count
        ? {
            parkingNumberOfSpacesOverride: count.numberOfSpaces,
            parkingNumberOfVacantSpaces: vacantForDrivers(isOpen, count.numberOfVacantSpaces),
            parkingNumberOfOccupiedSpaces:
              isOpen === false ? undefined : count.numberOfOccupiedSpaces,
          }
        : {},
      parkingSiteStatus: count ? fillingOf(isOpen, count) : 'unknown',
      parkingSiteOpeningStatus: isOpen === null ? undefined : isOpen ? 'open' : 'closed',
    });
  },
);

const statusNow = (view: View, site: ParkingSite, present: SitePresent | undefined): string => {
  const atMs = confirmedAtMs(present, view.nowMs) ?? view.nowMs;
  return withTime(statusOf(site, present, view.isOpen(site)), toInstant(atMs));
};

const aPublication = {
  tag: 'Open data',
  mediaType: 'application/xml',
  schema: z.string().openapi({ description: 'DATEX II 2.3, d2LogicalModel' }),
  params: nothing,
  query: z.object(scopeParameters),
  absent: 'There is no site in this scope, and the format cannot tell of none',
} as const;

export const datex2V2Table = defineResource({
  ...aPublication,
  path: '/datex2/v2/table.xml',
  summary: 'DATEX II 2.3 ParkingTablePublication: the sites',
  changes: 'static',
  text(view, scope) {
    const records = someSitesInScope(view.index, scope)
      .values()
      .map((site) => toRecord(site, view.inventoryAtMs));
    return xmlDocument(
      envelope(view, 'ParkingTablePublication', {
        parkingTablePublication: {
          headerInformation: header(view),
          parkingTable: {
            '@id': tableId,
            '@version': version,
            parkingTableName: inGerman(view.settings.name),
            parkingTableVersionTime: toInstant(view.inventoryAtMs),
            ...itemsHere,
          },
        },
      }),
      records,
    );
  },
});

/**
 * Only sites with a number are listed: the reader takes a status without one for broken. While no site
 * at all has one, all are listed as unknown, because the schema wants at least one and 0 would be a lie.
 */
export const datex2V2Status = defineResource({
  ...aPublication,
  path: '/datex2/v2/status.xml',
  summary: 'DATEX II 2.3 ParkingStatusPublication: occupancy now',
  changes: 'real-time',
  text(view, scope) {
    const all = someSitesInScope(view.index, scope);
    const counted = all.filter((site) => countOf(site, view.present.site(site.id)) !== null);
    const statuses =
      counted.length > 0
        ? counted.values().map((site) => statusNow(view, site, view.present.site(site.id)))
        : all.values().map((site) => statusNow(view, site, undefined));
    return xmlDocument(
      envelope(view, 'ParkingStatusPublication', {
        parkingStatusPublication: {
          parkingTableReference: {
            '@targetClass': 'ParkingTable',
            '@id': tableId,
            '@version': version,
          },
          headerInformation: header(view),
          ...itemsHere,
        },
      }),
      statuses,
    );
  },
});
