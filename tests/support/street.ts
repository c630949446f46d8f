import { toMunicipalityId, toSiteId, toStretchId, toZoneId } from '../../services/domain/ids.ts';
import type { Inventory } from '../../services/domain/site.ts';
import { spaceA } from '../contract/history-store-rows.ts';

const at = { lat: 49.41, lon: 8.69 };
const municipalityId = toMunicipalityId('town');
const zoneId = toZoneId('zone-1');
const stretchId = toStretchId('stretch-1');
const siteId = toSiteId('kerb-1');

/** One zone with one counted street, one kerb and one space. */
export const street: Inventory = {
  municipalities: [{ id: municipalityId, name: 'Town', officialKey: null, centre: at }],
  zones: [{ id: zoneId, municipalityId, name: 'Zone', outline: [] }],
  stretches: [
    {
      id: stretchId,
      zoneId,
      name: 'Street',
      lengthM: 100,
      points: [at, at],
      oneway: null,
      roadClass: 'residential',
      fromNode: '1',
      toNode: '2',
      numberOfSpaces: 1,
      maxSpeedKmh: null,
    },
  ],
  sites: [
    {
      id: siteId,
      municipalityId,
      zoneId,
      stretchId,
      name: 'Kerb',
      kind: 'on-street',
      counting: 'spaces',
      location: at,
      shape: { kind: 'point', at },
      numberOfSpaces: 1,
      numberOfSpacesFor: {},
      address: null,
      operator: null,
      openingHours: null,
      hasFee: null,
      feeText: null,
      feeEurPerHour: null,
      maxStayMin: null,
      maxHeightM: null,
      parkAndRide: null,
      description: null,
      url: null,
      isClosed: false,
    },
  ],
  spaces: [
    { id: spaceA, siteId, location: at, headingDeg: null, audience: null, visibility: 'public' },
  ],
  installations: [],
};
