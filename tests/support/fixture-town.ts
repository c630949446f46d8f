import type {
  Deployment,
  Site,
  SiteStatus,
  Space,
  Streets,
  Zone,
} from '../../services/contract/site.ts';

/** The time at which every fixture stands, unless the test moves it. */
export const fixtureNow = Date.parse('2026-11-21T13:32:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();

const centre = { lat: 49.41, lon: 8.69 };
const licence = {
  id: 'dl-de/by-2-0',
  name: 'Datenlizenz Deutschland – Namensnennung – Version 2.0',
  url: 'https://www.govdata.de/dl-de/by-2-0',
  attribution: 'Stadt Musterstadt',
  publisher: 'Stadt Musterstadt',
};

export const deployment: Deployment = {
  name: 'Musterstadt',
  description: 'Parkraum der Innenstadt',
  publisher: {
    name: 'Stadt Musterstadt',
    url: 'https://www.musterstadt.example',
    email: 'parken@musterstadt.example',
  },
  licence,
  attributions: ['© OpenStreetMap contributors (ODbL)'],
  timeZone: 'Europe/Berlin',
  isSimulated: false,
  legalPages: ['imprint', 'privacy', 'accessibility'],
  municipalities: [{ id: 'musterstadt', name: 'Musterstadt', ...centre }],
  map: { ...centre, zoom: 16, tiles: null },
};

const names = [
  'Hauptstraße',
  'Marktstraße',
  'Bahnhofstraße',
  'Schillerstraße',
  'Goethestraße',
  'Lindenweg',
  'Mühlgasse',
  'Kirchplatz',
  'Gartenstraße',
  'Bergstraße',
];
const sides = ['Nordseite', 'Südseite'] as const;

/** Degrees of latitude and longitude of metres in this town. */
const lat = (m: number): number => centre.lat + m / 111_200;
const lon = (m: number): number =>
  centre.lon + m / (111_200 * Math.cos((centre.lat * Math.PI) / 180));

const chanceOf = (ratio: number): SiteStatus['chance'] =>
  ratio >= 0.8 ? 'good' : ratio >= 0.4 ? 'some' : 'bad';

/** A status in which everything agrees; the fields given come on top. */
export function statusOf(
  id: string,
  total: number,
  vacant: number,
  change: Partial<SiteStatus> = {},
): SiteStatus {
  const ratio = Math.min(0.97, Math.max(0.02, vacant / 6));
  return {
    id,
    isClosed: false,
    numberOfSpaces: total,
    numberOfKnownSpaces: total,
    numberOfVacantSpaces: vacant,
    numberOfOccupiedSpaces: total - vacant,
    vacantFor: {},
    occupancyRatio: (total - vacant) / total,
    chanceRatio: ratio,
    chance: chanceOf(ratio),
    freshness: 'live',
    lastSeenAt: iso(fixtureNow - 60_000),
    lastChangedAt: iso(fixtureNow - 25 * 60_000),
    ...change,
  };
}

const plain = {
  municipalityId: 'musterstadt',
  zoneId: 'altstadt',
  stretchId: null,
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
} as const;

/** One kerb: blocks of 100 m, ten streets to the east and to the north, two sides each. */
function kerb(index: number): Site {
  const street = index % names.length;
  const block = Math.floor(index / (names.length * 2)) - 2;
  const side = Math.floor(index / names.length) % 2;
  const total = 8 + (index % 9);
  const vacant = (index * 7) % (total > 11 ? 7 : 5);
  const north = (street - 5) * 70 + (side === 0 ? 4 : -4);
  const west = block * 110 + 8;
  const id = `kerb-${index}`;
  const isDisabled = index % 6 === 0;
  const known = index % 5 === 1 ? total - 2 : total;
  return {
    ...plain,
    id,
    name: `${names[street]} ${block + 3} (${sides[side]})`,
    kind: 'on-street',
    lat: lat(north),
    lon: lon(west + 47),
    geometry: {
      type: 'LineString',
      coordinates: [
        [lon(west), lat(north)],
        [lon(west + 94), lat(north)],
      ],
    },
    hasFee: index % 3 !== 0,
    feeEurPerHour: index % 3 === 0 ? null : 1 + (index % 4) * 0.5,
    feeText: index % 3 === 1 ? 'Mo–Sa 8–18 Uhr' : null,
    maxStayMin: index % 4 === 0 ? 120 : null,
    numberOfSpacesFor: isDisabled ? { disabled: 1 } : {},
    status: statusOf(id, total, Math.min(vacant, known), {
      numberOfKnownSpaces: known,
      numberOfOccupiedSpaces: known - Math.min(vacant, known),
      vacantFor:
        isDisabled && known > 0 ? { disabled: { known: 1, vacant: vacant > 0 ? 1 : 0 } } : {},
      ...(index % 17 === 16 ? { chance: 'unknown', chanceRatio: null, freshness: 'stale' } : {}),
    }),
  };
}

function carPark(index: number, change: Partial<Site>): Site {
  const id = `car-park-${index}`;
  return {
    ...plain,
    id,
    name: `Parkhaus ${['Markt', 'Bahnhof', 'Stadtwerke', 'Theater'][index] ?? index}`,
    kind: 'car-park',
    lat: lat(-260 + index * 150),
    lon: lon(-190 + index * 130),
    geometry: { type: 'Point', coordinates: [lon(-190 + index * 130), lat(-260 + index * 150)] },
    address: `Ringstraße ${index + 1}, 12345 Musterstadt`,
    operator: 'Stadtwerke Musterstadt',
    openingHours: index === 0 ? '24/7' : 'Mo-Sa 06:00-22:00; Su,PH off',
    hasFee: true,
    feeEurPerHour: 2,
    feeText: 'Höchstsatz 12 € am Tag',
    maxHeightM: index === 1 ? null : 2,
    numberOfSpacesFor: { disabled: 3, charging: 4, family: 2 },
    status: statusOf(id, 97, 41 - index * 12, {
      vacantFor: { disabled: { known: 3, vacant: 1 }, charging: { known: 4, vacant: 2 } },
    }),
    ...change,
  };
}

/** 100 kerbs and four car parks, one of them closed. */
export function townSites(): Site[] {
  const kerbs = Array.from({ length: 100 }, (_, index) => kerb(index));
  const closed = { isClosed: true, chance: 'closed', chanceRatio: null } as const;
  return [
    ...kerbs,
    carPark(0, {}),
    carPark(1, { kind: 'underground', parkAndRide: 'train' }),
    carPark(2, {
      description: 'Wegen Bauarbeiten gesperrt',
      status: statusOf('car-park-2', 97, 0, { ...closed, numberOfVacantSpaces: null }),
    }),
    carPark(3, { hasFee: null, feeEurPerHour: null, feeText: null, openingHours: null }),
  ];
}

/** Spaces along the kerbs, 6 m apart, as many as the site says and with its counts. */
export function townSpaces(sites: readonly Site[]): Space[] {
  return sites.flatMap((site) => {
    const { geometry, status } = site;
    const [from, to] = geometry.type === 'LineString' ? geometry.coordinates : [];
    if (from === undefined || to === undefined) return [];
    return Array.from({ length: status.numberOfSpaces }, (_, at): Space => {
      const share = (at + 0.5) / status.numberOfSpaces;
      const isKnown = at < status.numberOfKnownSpaces;
      const isVacant = at < (status.numberOfVacantSpaces ?? 0);
      return {
        id: `${site.id}-${at}`,
        siteId: site.id,
        status: !isKnown ? 'unknown' : isVacant ? 'vacant' : 'occupied',
        freshness: isKnown ? 'live' : 'stale',
        since: status.lastChangedAt,
        lastSeenAt: status.lastSeenAt,
        lat: from[1] + (to[1] - from[1]) * share,
        lon: from[0] + (to[0] - from[0]) * share,
        headingDeg: 90,
        audience: at === 0 && site.numberOfSpacesFor.disabled !== undefined ? 'disabled' : null,
      };
    });
  });
}

/** The streets below the kerbs and six that cross them. */
export function townStreets(): Streets {
  const line = (name: string, roadClass: string, points: [number, number][]) => ({
    type: 'Feature' as const,
    id: `${name}-${points[0]?.join() ?? ''}`,
    properties: { name, roadClass },
    geometry: { type: 'LineString' as const, coordinates: points },
  });
  const along = names.map((name, street) =>
    line(name, street % 3 === 0 ? 'secondary' : 'residential', [
      [lon(-330), lat((street - 5) * 70)],
      [lon(330), lat((street - 5) * 70)],
    ]),
  );
  const across = Array.from({ length: 6 }, (_, at) =>
    line(`Querstraße ${at + 1}`, at === 2 ? 'primary' : 'residential', [
      [lon(-220 + at * 110), lat(-420)],
      [lon(-220 + at * 110), lat(320)],
    ]),
  );
  return { type: 'FeatureCollection', features: [...along, ...across] };
}

export const townZones: readonly Zone[] = [
  {
    id: 'altstadt',
    municipalityId: 'musterstadt',
    name: 'Altstadt',
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [lon(-340), lat(-430)],
          [lon(340), lat(-430)],
          [lon(340), lat(330)],
          [lon(-340), lat(330)],
          [lon(-340), lat(-430)],
        ],
      ],
    },
    numberOfSites: 104,
    numberOfSpaces: 1588,
    numberOfKnownSpaces: 1540,
    numberOfVacantSpaces: 312,
    occupancyRatio: 0.8,
    lastSeenAt: iso(fixtureNow - 60_000),
  },
];

export { licence };
