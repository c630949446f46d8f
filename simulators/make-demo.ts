/**
 * Writes `config/demo`: the real streets and car parks of Heidelberg's centre, with invented kerb
 * spaces, rules and sensors. The same sources give the same files.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { demoDeployment } from './make/demo-deployment.ts';
import { carParks, centres, quarters } from './make/demo-places.ts';
import type { Quarter } from './make/demo-places.ts';
import { installationsCsv } from './make/devices.ts';
import type { Planned } from './make/devices.ts';
import type { Feature } from './make/geojson.ts';
import { collectionText, feature } from './make/geojson.ts';
import { drawCapacities, placeSpaces } from './make/kerbs.ts';
import type { Position } from './make/plane.ts';
import { isInside, middle, planeAround, round } from './make/plane.ts';
import { blockNames, pickCounters } from './make/demo-streets.ts';
import type { Segment, StreetFeature } from './make/street-graph.ts';
import { cleanStreets, nameSegments } from './make/street-graph.ts';
import { chance, integer, randomFrom } from './random.ts';

const seed = 20_240_501;
/** Kerb spaces altogether, and the share of blocks whose spaces have a sensor. */
const kerb = { total: 1345, sensedRatio: 0.8 };
const plane = planeAround({ lat: 49.4085, lon: 8.69 });
const folder = fileURLToPath(new URL('../config/demo/', import.meta.url));
const source = (name: string): { features: (Feature & StreetFeature)[] } =>
  JSON.parse(readFileSync(new URL(`sources/${name}`, import.meta.url), 'utf8')) as ReturnType<
    typeof source
  >;

/** Every street has one model, as a town tenders by the street; the weight says how common it is. */
const models: readonly {
  readonly model: string;
  readonly weight: number;
  readonly occupiedBelowM?: number;
}[] = [
  { model: 'nwave-nps405', weight: 5 },
  { model: 'bosch-tps110', weight: 4 },
  { model: 'pni-placepod', weight: 3 },
  { model: 'moko-lw009', weight: 3 },
  { model: 'tekzitel-tekzipark', weight: 2 },
  { model: 'libelium-smart-parking', weight: 1 },
  { model: 'milesight-em400-mud', weight: 1, occupiedBelowM: 1.6 },
];
const modelPool = models.flatMap((entry) => Array.from({ length: entry.weight }, () => entry));

const quarterAt = (at: Position): Quarter | undefined =>
  quarters.find(({ outline }) => isInside(at, outline));
const middleOf = ({ positions }: Segment): Position => {
  const a = positions[(positions.length - 1) >> 1]!;
  const b = positions[positions.length >> 1]!;
  return [round((a[0] + b[0]) / 2, 6), round((a[1] + b[1]) / 2, 6)];
};

const segments = nameSegments(cleanStreets(source('heidelberg-streets.geojson').features, plane));
const names = blockNames(segments);
const capacities = drawCapacities(segments, centres.map(plane.toPoint), plane, {
  seed,
  total: kerb.total,
});
const zoneOf = new Map([...segments].map(([id, s]) => [id, quarterAt(middleOf(s))?.id ?? null]));

const planned: Planned[] = [];
const sensed: string[] = [];
const sites: Feature[] = [];
const spaces: Feature[] = [];

for (const [id, count] of capacities) {
  const segment = segments.get(id)!;
  const quarter = quarterAt(middleOf(segment));
  const random = randomFrom(seed, 'spaces', id);
  const isSensed = chance(random, kerb.sensedRatio);
  const placed = placeSpaces(segment, count, quarter?.residentRatio ?? 0, plane, random);
  const kept: Record<string, number> = {};
  for (const { audience } of placed)
    if (audience !== null) kept[audience] = (kept[audience] ?? 0) + 1;
  const siteId = `kerb-${id}`;
  sites.push(
    feature('LineString', segment.positions, {
      type: 'site',
      id: siteId,
      municipality: 'heidelberg',
      zone: quarter?.id ?? null,
      stretch: id,
      name: names.get(id) ?? segment.name,
      kind: 'on-street',
      counting: isSensed ? 'spaces' : 'none',
      location: { lat: middleOf(segment)[1], lon: middleOf(segment)[0] },
      numberOfSpaces: count,
      numberOfSpacesFor: kept,
      openingHours:
        segment.name === 'Friedrich-Ebert-Platz'
          ? 'Mo,We-Th,Sa-Su 00:00-24:00; Tu,Fr 15:00-24:00'
          : '24/7',
      hasFee: quarter?.hasFee ?? null,
      feeText: quarter?.feeText ?? null,
      feeEurPerHour: quarter?.feeEurPerHour ?? null,
      maxStayMin: quarter?.maxStayMin ?? null,
    }),
  );
  if (!isSensed) continue;
  sensed.push(id);
  const { model, occupiedBelowM } =
    modelPool[integer(randomFrom(seed, 'model', segment.name), modelPool.length)]!;
  placed.forEach(({ position, headingDeg, audience }, i) => {
    const spaceId = `${id}.${(i + 1).toString().padStart(2, '0')}`;
    spaces.push(
      feature('Point', position, {
        type: 'space',
        id: spaceId,
        site: siteId,
        headingDeg,
        audience,
      }),
    );
    planned.push({
      model,
      watches: `space:${spaceId}`,
      ...(occupiedBelowM !== undefined && { occupiedBelowM }),
    });
  });
}

for (const { properties, geometry } of source('heidelberg-car-parks.geojson').features) {
  const facts = carParks[Number((properties as Record<string, unknown>)['way'])];
  if (facts === undefined) continue;
  const outline = (geometry.coordinates as unknown as Position[][])[0]!;
  const [lon, lat] = middle(outline.slice(1));
  sites.push(
    feature('Polygon', geometry.coordinates, {
      type: 'site',
      id: facts.id,
      municipality: 'heidelberg',
      zone: quarterAt([lon, lat])?.id ?? null,
      name: facts.name,
      kind: facts.kind,
      counting: 'balance',
      location: { lat, lon },
      numberOfSpaces: Number((properties as Record<string, unknown>)['capacity']),
      numberOfSpacesFor: {
        disabled: facts.disabled,
        ...(facts.charging > 0 && { charging: facts.charging }),
      },
      operator: (properties as Record<string, string>)['operator'] ?? null,
      openingHours: facts.openingHours,
      hasFee: true,
      feeText: facts.feeText,
      feeEurPerHour: facts.feeEurPerHour,
      maxHeightM: facts.maxHeightM,
      url: `https://www.openstreetmap.org/way/${String((properties as Record<string, unknown>)['way'])}`,
    }),
  );
  for (const gate of ['in', 'out']) {
    planned.push({ model: 'nwave-ncc405', watches: `gate:${facts.id}:${gate}` });
  }
}

pickCounters(segments, capacities, sensed, zoneOf, plane).forEach((id, i) =>
  planned.push({ model: i % 3 === 2 ? 'parametric-tcr' : 'pmx-tcr', watches: `stretch:${id}` }),
);

const zones = quarters.map(({ id, name, outline }) =>
  feature('Polygon', [[...outline, outline[0]]], {
    type: 'zone',
    id,
    municipality: 'heidelberg',
    name,
  }),
);
const streets = [...segments].map(([id, segment]) =>
  feature('LineString', segment.positions, {
    id,
    zone: zoneOf.get(id) ?? null,
    name: segment.name,
    lengthM: round(segment.lengthM, 1),
    oneway: segment.isOneway ? 'with-points' : null,
    roadClass: segment.roadClass,
    fromNode: segment.from,
    toNode: segment.to,
    numberOfSpaces: capacities.get(id) ?? 0,
    maxSpeedKmh: segment.maxSpeedKmh,
  }),
);

mkdirSync(folder, { recursive: true });
const write = (name: string, text: string): void => writeFileSync(`${folder}${name}`, text);
write('deployment.json', `${JSON.stringify(demoDeployment, null, 2)}\n`);
write('sites.geojson', collectionText([...zones, ...sites, ...spaces]));
write('streets.geojson', collectionText(streets));
write('installations.csv', installationsCsv(planned, 1, '2024-01-01T00:00:00Z'));
write('measures.json', '[]\n');
console.log(
  `config/demo: ${streets.length} streets, ${sites.length} sites, ${spaces.length} spaces, ${planned.length} devices`,
);
