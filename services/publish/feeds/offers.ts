/** What the catalogue offers: datasets for people to find, each with the addresses where it is. */

/** IRIs of the EU file type vocabulary end so. */
type FileType = 'JSON' | 'XML' | 'GEOJSON' | 'CSV' | 'PARQUET';

interface Distribution {
  readonly path: string;
  readonly title: string;
  readonly format: FileType;
  readonly mediaType: string;
  /** A word of the mobility data standard vocabulary (mobilityDCAT-AP 1.1). */
  readonly standard: 'datex-II' | 'other';
}

export interface Dataset {
  readonly id: string;
  readonly title: { readonly de: string; readonly en: string };
  readonly description: { readonly de: string; readonly en: string };
  readonly keywords: readonly string[];
  /** A word of the mobility theme vocabulary (mobilityDCAT-AP 1.1). */
  readonly theme: 'car-parking-locations-and-conditions' | 'car-parking-availability';
  /** A word of the EU frequency vocabulary. */
  readonly frequency: 'IRREG' | 'UPDATE_CONT' | 'DAILY';
  readonly distributions: readonly Distribution[];
  /** Whether its addresses answer for some of several municipalities together; they do unless said. */
  readonly answersForSeveral?: boolean;
}

const json = { format: 'JSON', mediaType: 'application/json', standard: 'other' } as const;
const geoJson = {
  format: 'GEOJSON',
  mediaType: 'application/geo+json',
  standard: 'other',
} as const;
const datex = { format: 'XML', mediaType: 'application/xml', standard: 'datex-II' } as const;

const keywords = ['Parken', 'Parkplatz', 'Parkhaus', 'Stellplatz', 'Verkehr', 'LoRaWAN'];

export const datasets: readonly Dataset[] = [
  {
    id: 'static',
    title: { de: 'Parkplätze: Lage und Bedingungen', en: 'Parking: locations and conditions' },
    description: {
      de: 'Lage, Größe, Gebühren, Öffnungszeiten und Höhenbegrenzung der Parkplätze, Parkhäuser und bewirtschafteten Straßenabschnitte.',
      en: 'Location, size, fees, opening hours and height limits of parking sites, car parks and managed kerbs.',
    },
    keywords: [...keywords, 'Gebühren', 'Öffnungszeiten'],
    theme: 'car-parking-locations-and-conditions',
    frequency: 'IRREG',
    distributions: [
      { path: '/datex2/v3/table.xml', title: 'DATEX II 3.6 ParkingTablePublication', ...datex },
      { path: '/datex2/v2/table.xml', title: 'DATEX II 2.3 ParkingTablePublication', ...datex },
    ],
  },
  {
    id: 'real-time',
    title: { de: 'Parkplätze: Belegung in Echtzeit', en: 'Parking: occupancy in real time' },
    description: {
      de: 'Freie und belegte Stellplätze, von Sensoren gezählt, höchstens wenige Sekunden alt. Unbekanntes ist als unbekannt gekennzeichnet.',
      en: 'Vacant and occupied spaces as counted by sensors, a few seconds old at most. What is not known is marked as unknown.',
    },
    keywords: [...keywords, 'Echtzeit', 'Belegung', 'freie Parkplätze'],
    theme: 'car-parking-availability',
    frequency: 'UPDATE_CONT',
    distributions: [
      { path: '/api/public/v3/parking-sites', title: 'ParkAPI v3: Parkplätze', ...json },
      { path: '/api/public/v3/parking-spots', title: 'ParkAPI v3: Stellplätze', ...json },
      { path: '/parkapi/v1', title: 'ParkAPI v1', ...json },
      { path: '/datex2/v3/status.xml', title: 'DATEX II 3.6 ParkingStatusPublication', ...datex },
      { path: '/datex2/v2/status.xml', title: 'DATEX II 2.3 ParkingStatusPublication', ...datex },
      {
        path: '/ogc/collections/sites/items',
        title: 'OGC API Features: Parkplätze',
        ...geoJson,
      },
      {
        path: '/ogc/collections/spaces/items',
        title: 'OGC API Features: Stellplätze',
        ...geoJson,
      },
      { path: '/api/v1/sites', title: 'Parklotse-API: Parkplätze', ...json },
      { path: '/api/v1/spaces', title: 'Parklotse-API: Stellplätze', ...json },
      { path: '/api/v1/zones', title: 'Parklotse-API: Zonen', ...json },
    ],
  },
  {
    id: 'history',
    title: { de: 'Parkplätze: Belegung bisher', en: 'Parking: past occupancy' },
    description: {
      de: 'Belegung, Ankünfte und Abfahrten in Viertelstunden als Dateien je Tag und Monat.',
      en: 'Occupancy, arrivals and departures by quarter hour, a file a day and a month.',
    },
    keywords: [...keywords, 'Zeitreihe', 'Historie'],
    theme: 'car-parking-availability',
    frequency: 'DAILY',
    distributions: [{ path: '/api/v1/history', title: 'Verzeichnis der Dateien', ...json }],
  },
  {
    id: 'indicators',
    title: { de: 'Parksuchverkehr: Kennzahlen', en: 'Parking search traffic: indicators' },
    description: {
      de: 'Anteil des Parksuchverkehrs mit Unsicherheit und Stand auf dem Weg zum Ziel.',
      en: 'Share of traffic searching for parking, with its uncertainty, and progress towards the goal.',
    },
    keywords: [...keywords, 'Parksuchverkehr', 'Kennzahlen'],
    theme: 'car-parking-availability',
    frequency: 'DAILY',
    answersForSeveral: false,
    distributions: [{ path: '/api/v1/goal', title: 'Stand auf dem Weg zum Ziel', ...json }],
  },
];

/** Addresses that answer questions about the real-time dataset rather than being a file of it. */
export const services = [
  { id: 'park-api', title: 'ParkAPI v3', path: '/api/public/v3/parking-sites' },
  { id: 'ogc-api', title: 'OGC API Features', path: '/ogc' },
  { id: 'parklotse-api', title: 'Parklotse-API', path: '/api/v1/sites' },
] as const;
