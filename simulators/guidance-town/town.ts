import type { LatLon } from '../../services/domain/geometry.ts';
import { distanceM } from '../../services/domain/geometry.ts';
import {
  createPlaceNet,
  walkTo,
  type Place,
  type PlaceNet,
} from '../../services/domain/guidance/place.ts';
import {
  createStreetGraph,
  drivingSeconds,
  type Street,
  type StreetGraph,
} from '../../services/domain/street-graph.ts';
import { between, normal, randomFrom, uniform } from '../random.ts';
import { joinBlocks, middleOf, parseStreets } from './streets.ts';

/** One driving direction of a block. */
export interface Arc {
  readonly index: number;
  readonly block: number;
  readonly tail: number;
  readonly head: number;
  readonly seconds: number;
  readonly lengthM: number;
}

/** Streets, kerb spaces and car parks that every policy is tried on. Places are blocks with spaces, then car parks. */
export interface Town {
  readonly graph: StreetGraph;
  readonly net: PlaceNet;
  /** A car park's fee as time. */
  readonly feeS: number;
  readonly arcs: readonly Arc[];
  /** Arcs that leave a node. */
  readonly leaving: readonly (readonly Arc[])[];
  readonly blocks: readonly Street[];
  /** Place of a block; -1 where nobody may park. */
  readonly placeOf: Int32Array;
  readonly blockOf: Int32Array;
  readonly isDeadEnd: Uint8Array;
  readonly locations: readonly LatLon[];
  readonly nodeAt: readonly LatLon[];
  /** Nodes on the arterials where cars come in. */
  readonly entries: readonly number[];
  /** Nodes beside kerb spaces, one entry a space: where people go who go to no cluster. */
  readonly anywhere: readonly number[];
  /** Free-flow seconds from a node. */
  times(node: number): Float32Array;
  /** Metres on foot from a node. */
  walks(node: number): Float32Array;
  /** Metres on foot from a node to every place. */
  walksToPlaces(node: number): Float32Array;
}

/** Public car parks of Heidelberg's centre (OpenStreetMap, ODbL 1.0), and one that is invented. */
const carParks: readonly (LatLon & { readonly name: string; readonly spaces: number })[] = [
  { name: 'Kraus', lat: 49.411686, lon: 8.697228, spaces: 220 },
  { name: 'Landfriedgelände', lat: 49.406206, lon: 8.674956, spaces: 120 },
  { name: 'Poststraße', lat: 49.40777, lon: 8.68993, spaces: 592 },
  { name: 'Am Theater', lat: 49.409194, lon: 8.702368, spaces: 150 },
  { name: 'Friedrich-Ebert-Anlage', lat: 49.408474, lon: 8.698379, spaces: 186 },
  { name: 'Bahnhof (public access not verified)', lat: 49.4026, lon: 8.6783, spaces: 220 },
  { name: 'Neuenheim (invented)', lat: 49.4148, lon: 8.6915, spaces: 260 },
];

/** Where people want to go: 60 % to these, the rest anywhere. */
export const clusters: readonly (LatLon & { readonly name: string; readonly weight: number })[] = [
  { name: 'Bismarckplatz', lat: 49.4098, lon: 8.6935, weight: 0.28 },
  { name: 'University', lat: 49.4104, lon: 8.7062, weight: 0.25 },
  { name: 'Kornmarkt', lat: 49.4115, lon: 8.7105, weight: 0.22 },
  { name: 'Station', lat: 49.4045, lon: 8.677, weight: 0.05 },
  { name: 'Neuenheim', lat: 49.4147, lon: 8.692, weight: 0.2 },
];
/** Centres whose occupancy is reported. */
export const centres = clusters.slice(0, 3);

const parkingClasses = new Set(['residential', 'tertiary', 'living_street', 'unclassified']);
const kerbSpaces = 1_512;
/** Longer streets are country roads. */
const longestKerbM = 400;
/** Car park fee as time, unless another is tried. */
const usualFeeS = 240;

/** Invented kerb capacities: a density drawn a block, a fifth of it away from the two centres. */
function drawKerbs(blocks: readonly Street[], seed: number): readonly number[] {
  const random = randomFrom('kerb', seed);
  const shares = blocks.map((block) => {
    const density = Math.max(0.1, 1 + 0.5 * normal(random)) * (uniform(random) < 0.2 ? 0 : 1);
    if (!parkingClasses.has(block.roadClass) || block.lengthM > longestKerbM) return 0;
    const isCentral = centres
      .slice(0, 2)
      .some((centre) => distanceM(centre, middleOf(block)) <= 700);
    return density * block.lengthM * (isCentral ? 1 : 0.2);
  });
  const scale = kerbSpaces / shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => {
    const spaces = share * scale;
    return Math.min(40, Math.round(spaces));
  });
}

/** Eight junctions of main roads near the border, spread around the compass. */
function findEntries(blocks: readonly Street[], graph: StreetGraph, nodeAt: readonly LatLon[]) {
  const middle = { lat: 49.4085, lon: 8.692 };
  const arterial = new Set(['primary', 'secondary']);
  const nodes = blocks
    .filter(({ roadClass }) => arterial.has(roadClass))
    .flatMap(({ fromNode, toNode }) => [graph.node(fromNode) ?? 0, graph.node(toNode) ?? 0]);
  const sector = (at: LatLon): number =>
    Math.floor(
      ((Math.atan2(at.lat - middle.lat, (at.lon - middle.lon) * 0.65) / Math.PI + 1) * 4) % 8,
    );
  return Array.from({ length: 8 }, (_, wanted) => {
    let best = { node: -1, apartM: 0 };
    for (const node of nodes) {
      const at = nodeAt[node] ?? middle;
      const apartM = distanceM(at, middle);
      if (sector(at) === wanted && apartM > best.apartM) best = { node, apartM };
    }
    return best.node;
  }).filter((node) => node >= 0);
}

const cached = <Value>(make: (node: number) => Value): ((node: number) => Value) => {
  const known = new Map<number, Value>();
  return (node) => {
    const value = known.get(node) ?? make(node);
    known.set(node, value);
    return value;
  };
};

/** The town of an OpenStreetMap extract, with kerbs drawn by `seed`; `feeS` is a car park's fee as time. */
export function createTown(streetsText: string, seed: number, feeS = usualFeeS): Town {
  const raw = parseStreets(streetsText);
  const whole = createStreetGraph(raw);
  const drivable = raw.filter(({ id }) => (whole.wholeStretch(id)?.passages.length ?? 0) > 0);
  const blocks = joinBlocks(drivable);
  const graph = createStreetGraph(blocks);
  const spaces = drawKerbs(blocks, seed);

  const nodeAt: LatLon[] = [];
  const arcs: Arc[] = [];
  const leaving: Arc[][] = Array.from({ length: graph.nodeCount }, () => []);
  blocks.forEach((street, block) => {
    const seconds = drivingSeconds(street);
    const ends = [graph.node(street.fromNode) ?? 0, graph.node(street.toNode) ?? 0] as const;
    nodeAt[ends[0]] = street.points[0] ?? middleOf(street);
    nodeAt[ends[1]] = street.points.at(-1) ?? middleOf(street);
    for (const { tail, head } of graph.wholeStretch(street.id)?.passages ?? []) {
      const arc = { index: arcs.length, block, tail, head, seconds, lengthM: street.lengthM };
      arcs.push(arc);
      leaving[tail]?.push(arc);
    }
  });

  const places: Place[] = [];
  const locations: LatLon[] = [];
  const blockOf: number[] = [];
  const placeOf = new Int32Array(blocks.length).fill(-1);
  blocks.forEach((street, block) => {
    const numberOfSpaces = spaces[block] ?? 0;
    const whole = graph.wholeStretch(street.id);
    if (numberOfSpaces === 0 || whole === undefined) return;
    placeOf[block] = places.length;
    blockOf.push(block);
    locations.push(middleOf(street));
    places.push({ kind: 'kerb', numberOfSpaces, feeS: 0, ...whole });
  });
  for (const carPark of carParks) {
    const at = graph.position(carPark, 'drive', 500);
    const whole = at && graph.wholeStretch(at.stretchId);
    if (at === undefined || whole === undefined) continue;
    blockOf.push(blocks.findIndex(({ id }) => id === at.stretchId));
    locations.push(carPark);
    places.push({ kind: 'car-park', numberOfSpaces: carPark.spaces, feeS, ...whole });
  }
  const degree = new Int32Array(graph.nodeCount);
  for (const { fromNode, toNode } of blocks)
    for (const id of [fromNode, toNode]) {
      const node = graph.node(id) ?? 0;
      degree[node] = (degree[node] ?? 0) + 1;
    }
  const net = createPlaceNet(graph, places);
  const walks = cached((node) => graph.walkFrom([{ node, cost: 0 }], 9_000));
  return {
    graph,
    net,
    feeS,
    arcs,
    leaving,
    blocks,
    placeOf,
    blockOf: Int32Array.from(blockOf),
    isDeadEnd: Uint8Array.from(blocks, ({ fromNode, toNode }) =>
      [fromNode, toNode].some((id) => degree[graph.node(id) ?? 0] === 1) ? 1 : 0,
    ),
    locations,
    nodeAt,
    anywhere: blocks.flatMap(({ fromNode }, block) =>
      Array.from({ length: spaces[block] ?? 0 }, () => graph.node(fromNode) ?? 0),
    ),
    entries: findEntries(blocks, graph, nodeAt),
    times: (node) => graph.driveFrom([{ node, cost: 0 }]),
    walks,
    walksToPlaces: cached((node) =>
      Float32Array.from(places, (place) => walkTo(walks(node), place)),
    ),
  };
}

/** The node nearest to a point drawn around a centre. */
export function drawNode(
  town: Town,
  centre: LatLon,
  spreadM: number,
  random: { state: number },
): number {
  const metresPerDegree = 111_195;
  const at = {
    lat: centre.lat + (spreadM * normal(random)) / metresPerDegree,
    lon: centre.lon + (spreadM * normal(random)) / (metresPerDegree * 0.65),
  };
  const street = town.graph.position(at, 'walk', 2_000);
  const [a, b] = street?.walkEnds ?? [];
  if (a === undefined || b === undefined) return Math.floor(between(random, 0, town.nodeAt.length));
  return a.cost <= b.cost ? a.node : b.node;
}
