/**
 * Writes `config/landkreis-boeblingen`: the county's real parking sites. Its devices are planned ones:
 * until real devices report under their EUI, every site is unknown; `--simulate` makes them live.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DeploymentInput } from '../config/schema.ts';
import type { CountySite, HerrenbergLot, SurveySite } from './make/county-sites.ts';
import { fromHerrenberg, fromSurvey } from './make/county-sites.ts';
import type { Planned } from './make/devices.ts';
import { installationsCsv } from './make/devices.ts';
import type { Feature } from './make/geojson.ts';
import { collectionText, feature } from './make/geojson.ts';
import { outlineAround } from './make/hull.ts';
import type { Position } from './make/plane.ts';
import { middle, planeAround } from './make/plane.ts';

/** Smaller sites are not worth a counter in each lane. */
const leastForGates = 5;
/** A space for disabled drivers is this wide (DIN 18040-3), metres. */
const disabledWidthM = 3.5;
const zoneAroundM = 300;

const folder = fileURLToPath(new URL('../config/landkreis-boeblingen/', import.meta.url));
const plane = planeAround({ lat: 48.68, lon: 8.95 });
const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`sources/${name}`, import.meta.url), 'utf8')) as unknown;
const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll(/[^a-z0-9]+/g, '-');

const sites: readonly CountySite[] = [
  ...fromSurvey(read('landkreis-boeblingen-sites.json') as SurveySite[]),
  ...fromHerrenberg((read('herrenberg-lots.json') as { lots: HerrenbergLot[] }).lots),
];
const municipalities = [...new Set(sites.map(({ municipality }) => municipality))].sort((a, b) =>
  a.localeCompare(b, 'de'),
);
const positionsOf = (municipality: string): Position[] =>
  sites.filter((site) => site.municipality === municipality).map(({ at }) => at);

const planned: Planned[] = [];
const siteFeatures: Feature[] = [];
const spaceFeatures: Feature[] = [];

for (const { municipality, at, properties, disabledAt } of sites) {
  const { id, kind, numberOfSpaces } = properties;
  const isSpacesOnly = disabledAt !== null && disabledAt.count === numberOfSpaces;
  const hasGates = !isSpacesOnly && kind !== 'on-street' && numberOfSpaces >= leastForGates;
  siteFeatures.push(
    feature('Point', at, {
      type: 'site',
      municipality: slug(municipality),
      zone: slug(municipality),
      counting: isSpacesOnly ? 'spaces' : hasGates ? 'balance' : 'none',
      ...properties,
    }),
  );
  if (hasGates) {
    for (const gate of ['in', 'out']) {
      planned.push({ model: 'nwave-ncc405', watches: `gate:${id}:${gate}` });
    }
  }
  for (let i = 0; i < (disabledAt?.count ?? 0); i++) {
    const first = plane.toPoint(disabledAt?.at ?? at);
    const spaceId = `${id.slice(0, 58)}.${i + 1}`;
    spaceFeatures.push(
      feature('Point', plane.toPosition({ x: first.x + i * disabledWidthM, y: first.y }), {
        type: 'space',
        id: spaceId,
        site: id,
        audience: 'disabled',
      }),
    );
    planned.push({ model: 'bosch-tps110', watches: `space:${spaceId}` });
  }
}

const deployment: DeploymentInput = {
  name: 'Landkreis Böblingen',
  description:
    'Parkplätze an Bahnhöfen und Haltestellen im Landkreis Böblingen und Parkplätze der Stadt Herrenberg.',
  publisher: {
    name: 'Landkreis Böblingen',
    url: 'https://example.org/landkreis-boeblingen',
    email: 'parken@example.org',
  },
  attributions: [
    'MobiData BW, NVBW – Nahverkehrsgesellschaft Baden-Württemberg mbH (dl-de/by-2-0)',
    'Stadt Herrenberg',
  ],
  municipalities: municipalities.map((name) => {
    const [lon, lat] = middle(positionsOf(name));
    return { id: slug(name), name, officialKey: null, centre: { lat, lon } };
  }),
  map: { centre: { lat: 48.68, lon: 8.95 }, zoom: 11 },
  goal: {
    baselineRatio: 0.3,
    baseline: 'assumed',
    baselineSource:
      'Literaturwert: Mittel ausgewählter Studien mit 8 bis 74 % (Shoup 2006); kein Messwert dieses Landkreises.',
    targetRatio: 0.15,
    deadline: '2030-12-31',
  },
};

const zones = municipalities.map((name) =>
  feature('Polygon', [outlineAround(positionsOf(name), zoneAroundM, plane)], {
    type: 'zone',
    id: slug(name),
    municipality: slug(name),
    name,
  }),
);

mkdirSync(folder, { recursive: true });
const write = (name: string, text: string): void => writeFileSync(`${folder}${name}`, text);
write('deployment.json', `${JSON.stringify(deployment, null, 2)}\n`);
write('sites.geojson', collectionText([...zones, ...siteFeatures, ...spaceFeatures]));
write('streets.geojson', collectionText([]));
write('installations.csv', installationsCsv(planned, 2, '2024-01-01T00:00:00Z'));
write('measures.json', '[]\n');
console.log(
  `config/landkreis-boeblingen: ${municipalities.length} municipalities, ${sites.length} sites, ${spaceFeatures.length} spaces, ${planned.length} planned devices`,
);
