import type { Deployment } from './deployment.ts';
import { edgeTable, type EdgeTable } from './edge-table.ts';
import type { Edge, Routes } from './routes.ts';
import { allRoutes, driveSeconds } from './routes.ts';

/** A block with its kerb spaces; `spaces` are those that anybody may use. */
interface Stretch {
  readonly id: string;
  /** Index into `zones`; -1 outside all of them. */
  readonly zone: number;
  readonly lengthM: number;
  /** Its middle, metres east and north. */
  readonly x: number;
  readonly y: number;
  readonly spaces: readonly number[];
}

interface KerbSpace {
  /** `null` where the deployment does not know the single space: it has no sensor. */
  readonly id: string | null;
  readonly stretch: number;
  readonly audience: string | null;
}

export type CarParkUse = 'town' | 'commuters' | 'shoppers';

interface CarPark {
  readonly id: string;
  readonly zone: number;
  /** Nearest junction; -1 where there are no streets. */
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly numberOfSpaces: number;
  readonly use: CarParkUse;
}

/** The fixed world: streets, kerbs, car parks, and the ways between them. */
export interface City {
  readonly zones: readonly string[];
  readonly stretches: readonly Stretch[];
  readonly spaces: readonly KerbSpace[];
  readonly carParks: readonly CarPark[];
  readonly edges: readonly Edge[];
  /** The same as columns, for those who drive. */
  readonly edgeTable: EdgeTable;
  /** Whether an edge runs as its stretch is drawn. */
  readonly isAlongPoints: readonly boolean[];
  /** Edges that leave a junction. */
  readonly outEdges: readonly (readonly number[])[];
  /** Where cars come from and leave to: junctions of main roads at the border. */
  readonly entries: readonly number[];
  readonly routes: Routes;
  /** The walk between the middles of two stretches, metres. */
  walkM(from: number, to: number): number;
}

const metresPerDegree = 111_195;

/** Builds the world from a deployment. The same deployment gives the same world. */
export function buildCity(deployment: Deployment): City {
  const zones = deployment.zones.map(({ id }) => id);
  const zoneIndex = (id: string | null): number => (id === null ? -1 : zones.indexOf(id));
  const toXy = projection(deployment);
  const nodes = new Map<
    string,
    { readonly index: number; readonly x: number; readonly y: number }
  >();
  const node = (id: string, at: readonly [number, number]): number => {
    const known = nodes.get(id);
    if (known !== undefined) return known.index;
    nodes.set(id, { index: nodes.size, ...toXy(at) });
    return nodes.size - 1;
  };

  const edges = deployment.streets.flatMap((street, stretch): Edge[] => {
    const from = node(street.fromNode, street.positions[0]!);
    const to = node(street.toNode, street.positions.at(-1)!);
    const driveS = driveSeconds(street.roadClass, street.lengthM);
    const there: Edge = { from, to, stretch, lengthM: street.lengthM, driveS };
    const back: Edge = { ...there, from: to, to: from };
    if (street.oneway === 'with-points') return [there];
    if (street.oneway === 'against-points') return [back];
    return [there, back];
  });
  const isAlongPoints = edges.map(
    ({ from, stretch }) => from === nodes.get(deployment.streets[stretch]!.fromNode)?.index,
  );
  const outEdges: number[][] = Array.from({ length: nodes.size }, () => []);
  edges.forEach((edge, index) => outEdges[edge.from]!.push(index));

  const spaces = kerbSpaces(deployment);
  const spacesOf = new Map<number, number[]>();
  spaces.forEach(({ stretch, audience }, index) => {
    if (stretch < 0 || audience !== null) return;
    const list = spacesOf.get(stretch) ?? [];
    list.push(index);
    spacesOf.set(stretch, list);
  });
  const stretches = deployment.streets.map((street, index): Stretch => ({
    id: street.id,
    zone: zoneIndex(street.zone),
    lengthM: street.lengthM,
    ...middle(street.positions.map(toXy)),
    spaces: spacesOf.get(index) ?? [],
  }));
  const carParks = deployment.sites
    .filter(({ stretch, numberOfSpaces }) => stretch === null && numberOfSpaces > 0)
    .map((site): CarPark => {
      const at = toXy([site.lon, site.lat]);
      return {
        id: site.id,
        zone: zoneIndex(site.zone),
        node: nearest([...nodes.values()], at),
        ...at,
        numberOfSpaces: site.numberOfSpaces,
        use: useOf(site),
      };
    });
  return {
    zones,
    stretches,
    spaces,
    carParks,
    edges,
    isAlongPoints,
    edgeTable: edgeTable(edges, outEdges, stretches),
    outEdges,
    entries: borderJunctions(deployment, [...nodes.values()], nodes),
    routes: allRoutes(nodes.size, edges),
    walkM: walksBetween(stretches),
  };
}

/** A walk is longer than the straight line; factor for dense street grids. */
const detour = 1.25;

/** Worked out anew whenever it is asked: a table of all is megabytes, and slower to look into. */
function walksBetween(stretches: readonly Stretch[]): City['walkM'] {
  const xs = Float64Array.from(stretches, ({ x }) => x);
  const ys = Float64Array.from(stretches, ({ y }) => y);
  return (from, to) => {
    const [dx, dy] = [xs[from]! - xs[to]!, ys[from]! - ys[to]!];
    return Math.sqrt(dx * dx + dy * dy) * detour;
  };
}

function projection(deployment: Deployment) {
  const at = deployment.sites[0] ?? { lon: 0, lat: 0 };
  const perLon = metresPerDegree * Math.cos((at.lat * Math.PI) / 180);
  return ([lon, lat]: readonly [number, number]): { readonly x: number; readonly y: number } => ({
    x: (lon - at.lon) * perLon,
    y: (lat - at.lat) * metresPerDegree,
  });
}

/** Every space at a kerb or watched on its own: the known ones first, then those without a sensor. */
function kerbSpaces(deployment: Deployment): KerbSpace[] {
  const stretchIndex = new Map(deployment.streets.map(({ id }, index) => [id, index]));
  const siteStretch = new Map(
    deployment.sites.map(({ id, stretch }) => [
      id,
      stretch === null ? -1 : (stretchIndex.get(stretch) ?? -1),
    ]),
  );
  const known = deployment.spaces.map(({ id, site, audience }): KerbSpace => ({
    id,
    audience,
    stretch: siteStretch.get(site) ?? -1,
  }));
  const described = new Set(deployment.spaces.map(({ site }) => site));
  const unknown = deployment.sites
    .filter(({ id, stretch }) => stretch !== null && !described.has(id))
    .flatMap(({ id, numberOfSpaces }) =>
      Array.from({ length: numberOfSpaces }, (): KerbSpace => ({
        id: null,
        audience: null,
        stretch: siteStretch.get(id) ?? -1,
      })),
    );
  return [...known, ...unknown];
}

const useOf = (site: Deployment['sites'][number]): CarParkUse =>
  site.parkAndRide !== null
    ? 'commuters'
    : site.maxStayMin !== null && site.maxStayMin <= 240
      ? 'shoppers'
      : 'town';

interface Xy {
  readonly x: number;
  readonly y: number;
}

const middle = (points: readonly Xy[]): Xy => {
  const a = points[(points.length - 1) >> 1]!;
  const b = points[points.length >> 1]!;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
};

function nearest(nodes: readonly (Xy & { readonly index: number })[], at: Xy): number {
  let best = -1;
  let bestM = Infinity;
  for (const { index, x, y } of nodes) {
    const gap = Math.hypot(x - at.x, y - at.y);
    if (gap < bestM) [best, bestM] = [index, gap];
  }
  return best;
}

/** Ten junctions of main roads, spread around the border: one in each direction from the middle. */
function borderJunctions(
  deployment: Deployment,
  nodes: readonly (Xy & { readonly index: number })[],
  byId: ReadonlyMap<string, { readonly index: number }>,
): number[] {
  const main = new Set(
    deployment.streets
      .filter(({ roadClass }) => /^(primary|secondary)/.test(roadClass))
      .flatMap(({ fromNode, toNode }) => [fromNode, toNode])
      .map((id) => byId.get(id)?.index ?? -1),
  );
  const sectors = 10;
  const mean = {
    x: nodes.reduce((sum, { x }) => sum + x, 0) / Math.max(1, nodes.length),
    y: nodes.reduce((sum, { y }) => sum + y, 0) / Math.max(1, nodes.length),
  };
  const far = new Map<number, { readonly index: number; readonly distance: number }>();
  for (const { index, x, y } of nodes) {
    if (!main.has(index)) continue;
    const angle = Math.atan2(y - mean.y, x - mean.x) / (2 * Math.PI) + 0.5;
    const sector = Math.min(sectors - 1, Math.floor(angle * sectors));
    const distance = Math.hypot(x - mean.x, y - mean.y);
    if (distance > (far.get(sector)?.distance ?? 0)) far.set(sector, { index, distance });
  }
  return [...far.entries()].sort(([a], [b]) => a - b).map(([, { index }]) => index);
}
