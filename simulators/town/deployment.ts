import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a deployment folder that the simulated world is made of. */
export interface Deployment {
  readonly name: string;
  readonly timeZone: string;
  readonly simulation: {
    readonly seed: number;
    readonly historyDays: number;
    readonly arrivalsPerHour: number;
    readonly measure: SimulatedMeasure | null;
    readonly guidance: SimulatedGuidance | null;
  };
  readonly zones: readonly { readonly id: string }[];
  readonly sites: readonly SimulatedSite[];
  readonly spaces: readonly SimulatedSpace[];
  readonly streets: readonly SimulatedStreet[];
  readonly installations: readonly SimulatedInstallation[];
}

/** As in `deployment.json`, `simulation.measure`; texts are passed on as they are. */
interface SimulatedMeasure {
  readonly id: string;
  readonly daysBeforeStart: number;
  readonly arrivalsFactor: number;
  readonly stayFactor: number;
  readonly zones: readonly string[];
  readonly [text: string]: unknown;
}

/** As in `deployment.json`, `simulation.guidance`. */
interface SimulatedGuidance {
  readonly id: string;
  readonly daysBeforeStart: number;
  /** Share of the drivers who ask, and of these who do as they are told. */
  readonly ratio: number;
  readonly obeyRatio: number;
  readonly [text: string]: unknown;
}

interface SimulatedSite {
  readonly id: string;
  readonly zone: string | null;
  readonly stretch: string | null;
  readonly kind: string;
  readonly parkAndRide: string | null;
  readonly maxStayMin: number | null;
  readonly numberOfSpaces: number;
  readonly lon: number;
  readonly lat: number;
}

interface SimulatedSpace {
  readonly id: string;
  readonly site: string;
  readonly audience: string | null;
}

interface SimulatedStreet {
  readonly id: string;
  readonly zone: string | null;
  readonly lengthM: number;
  readonly oneway: 'with-points' | 'against-points' | null;
  readonly roadClass: string;
  readonly fromNode: string;
  readonly toNode: string;
  readonly positions: readonly (readonly [number, number])[];
}

export interface SimulatedInstallation {
  readonly devEui: string;
  readonly model: string;
  /** `space`, `stretch` or `gate`, then what it watches. */
  readonly watches: readonly string[];
  readonly occupiedBelowM: number | null;
}

interface Feature {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly geometry: { readonly type: string; readonly coordinates: unknown };
}

/**
 * Reads a deployment folder. The product checks the files and names every mistake; here they are
 * believed, and a folder without streets is a place without driving.
 */
export function readDeployment(folder: string): Deployment {
  const deployment = readJson(folder, 'deployment.json') as {
    readonly name: string;
    readonly timeZone?: string;
    readonly simulation?: Partial<Deployment['simulation']>;
  };
  const features = (readJson(folder, 'sites.geojson') as { features: readonly Feature[] }).features;
  const streets = (readJson(folder, 'streets.geojson') as { features: readonly Feature[] })
    .features;
  const ofType = (type: string): Feature[] =>
    features.filter(({ properties }) => properties['type'] === type);
  return {
    name: deployment.name,
    timeZone: deployment.timeZone ?? 'Europe/Berlin',
    simulation: {
      seed: deployment.simulation?.seed ?? 1,
      historyDays: deployment.simulation?.historyDays ?? 28,
      arrivalsPerHour: deployment.simulation?.arrivalsPerHour ?? 600,
      measure: deployment.simulation?.measure ?? null,
      guidance: deployment.simulation?.guidance ?? null,
    },
    zones: ofType('zone').map(({ properties }) => ({ id: String(properties['id']) })),
    sites: ofType('site').map(toSite),
    spaces: ofType('space').map(({ properties }) => ({
      id: String(properties['id']),
      site: String(properties['site']),
      audience: (properties['audience'] ?? null) as string | null,
    })),
    streets: streets.map(toStreet),
    installations: toInstallations(readFileSync(join(folder, 'installations.csv'), 'utf8')),
  };
}

const readJson = (folder: string, name: string): unknown =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown;

function toSite({ properties, geometry }: Feature): SimulatedSite {
  const location = properties['location'] as { lat: number; lon: number } | undefined;
  const [lon, lat] = firstPosition(geometry.coordinates);
  return {
    id: String(properties['id']),
    zone: (properties['zone'] ?? null) as string | null,
    stretch: (properties['stretch'] ?? null) as string | null,
    kind: String(properties['kind']),
    parkAndRide: (properties['parkAndRide'] ?? null) as string | null,
    maxStayMin: (properties['maxStayMin'] ?? null) as number | null,
    numberOfSpaces: Number(properties['numberOfSpaces']),
    lon: location?.lon ?? lon,
    lat: location?.lat ?? lat,
  };
}

function firstPosition(coordinates: unknown): readonly [number, number] {
  let inner = coordinates as unknown[];
  while (Array.isArray(inner[0])) inner = inner[0] as unknown[];
  return [Number(inner[0]), Number(inner[1])];
}

const toStreet = ({ properties, geometry }: Feature): SimulatedStreet => ({
  id: String(properties['id']),
  zone: (properties['zone'] ?? null) as string | null,
  lengthM: Number(properties['lengthM']),
  oneway: (properties['oneway'] ?? null) as SimulatedStreet['oneway'],
  roadClass: String(properties['roadClass']),
  fromNode: String(properties['fromNode']),
  toNode: String(properties['toNode']),
  positions: geometry.coordinates as (readonly [number, number])[],
});

/** One device a line: no field of this file can hold a comma. */
function toInstallations(csv: string): SimulatedInstallation[] {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  const columns = (header ?? '').split(',');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const fields = line.split(',');
      const field = (name: string): string => fields[columns.indexOf(name)] ?? '';
      const below = field('occupiedBelowM');
      return {
        devEui: field('devEui').replaceAll(/[-: ]/g, '').toUpperCase(),
        model: field('model'),
        watches: field('watches').split(':'),
        occupiedBelowM: below === '' ? null : Number(below),
      };
    });
}
