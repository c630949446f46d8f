import type { Plane, Position } from './plane.ts';
import { lengthM, round } from './plane.ts';

/** A piece of street between two junctions. */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly roadClass: string;
  readonly isOneway: boolean;
  readonly maxSpeedKmh: number | null;
  readonly positions: readonly Position[];
  readonly lengthM: number;
}

/** An edge of the OSM extract. */
export interface StreetFeature {
  readonly properties: {
    readonly u: number;
    readonly v: number;
    readonly oneway: string;
    readonly highway: string;
    readonly name?: string;
    readonly maxspeed?: string;
  };
  readonly geometry: { readonly coordinates: readonly Position[] };
}

/**
 * Makes the extract a graph to drive on: dead ends that are only access ways are dropped, then
 * everything from which one cannot get everywhere and back, then nodes where nothing meets are
 * merged away, so that a segment is what people call a block.
 */
export function cleanStreets(features: readonly StreetFeature[], plane: Plane): Segment[] {
  const segments = features.map((feature) => toSegment(feature, plane));
  const reachable = keepLargestComponent(dropAccessStubs(segments));
  return mergeChains(reachable, plane).filter((segment) => segment.from !== segment.to);
}

function toSegment({ properties, geometry }: StreetFeature, plane: Plane): Segment {
  const speed = Number(properties.maxspeed);
  return {
    from: `n${properties.u}`,
    to: `n${properties.v}`,
    name: properties.name ?? '',
    roadClass: properties.highway,
    isOneway: properties.oneway === 'yes',
    maxSpeedKmh: Number.isFinite(speed) && speed > 0 ? speed : null,
    positions: geometry.coordinates,
    lengthM: lengthM(geometry.coordinates.map(plane.toPoint)),
  };
}

/** Segments at each node. */
function incidence(segments: readonly Segment[]): Map<string, Segment[]> {
  const at = new Map<string, Segment[]>();
  for (const segment of segments) {
    for (const node of [segment.from, segment.to]) {
      const list = at.get(node);
      if (list === undefined) at.set(node, [segment]);
      else list.push(segment);
    }
  }
  return at;
}

function dropAccessStubs(segments: readonly Segment[]): Segment[] {
  let kept = [...segments];
  for (;;) {
    const at = incidence(kept);
    const next = kept.filter(
      ({ roadClass, from, to }) =>
        roadClass !== 'service' || (at.get(from)?.length !== 1 && at.get(to)?.length !== 1),
    );
    if (next.length === kept.length) return kept;
    kept = next;
  }
}

/** Nodes that can be reached from `start`, against the driving direction if asked. */
function reach(segments: readonly Segment[], start: string, against: 'with' | 'against') {
  const next = new Map<string, string[]>();
  const link = (a: string, b: string): void => {
    const list = next.get(a);
    if (list === undefined) next.set(a, [b]);
    else list.push(b);
  };
  for (const { from, to, isOneway } of segments) {
    if (!isOneway || against === 'with') link(from, to);
    if (!isOneway || against === 'against') link(to, from);
  }
  const seen = new Set([start]);
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const other of next.get(node) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
  return seen;
}

/** The strongly connected part with the most nodes. */
function keepLargestComponent(segments: readonly Segment[]): Segment[] {
  const nodes = new Set(segments.flatMap(({ from, to }) => [from, to]));
  let best = new Set<string>();
  const done = new Set<string>();
  for (const node of nodes) {
    if (done.has(node)) continue;
    const back = reach(segments, node, 'against');
    const component = [...reach(segments, node, 'with')].filter((other) => back.has(other));
    for (const other of component) done.add(other);
    if (component.length > best.size) best = new Set(component);
  }
  return segments.filter(({ from, to }) => best.has(from) && best.has(to));
}

/** Joins two segments that meet at a node where nothing else does, if they are the same street. */
function mergeChains(segments: readonly Segment[], plane: Plane): Segment[] {
  const kept = new Set(segments);
  const at = incidence(segments);
  for (const [node, here] of at) {
    if (here.length !== 2) continue;
    const joined = join(here[0]!, here[1]!, node, plane);
    if (joined === undefined) continue;
    for (const old of here) {
      kept.delete(old);
      const list = at.get(old.from === node ? old.to : old.from) ?? [];
      list[list.indexOf(old)] = joined;
    }
    kept.add(joined);
    at.set(node, []);
  }
  return [...kept];
}

function join(a: Segment, b: Segment, node: string, plane: Plane): Segment | undefined {
  const sameStreet =
    a.name === b.name && a.roadClass === b.roadClass && a.isOneway === b.isOneway && a !== b;
  if (!sameStreet) return undefined;
  const first = a.to === node ? a : b.to === node ? b : a.isOneway ? undefined : reversed(a);
  if (first === undefined) return undefined;
  const other = first === b ? a : b;
  const second = other.from === node ? other : other.isOneway ? undefined : reversed(other);
  if (second === undefined || first.from === second.to) return undefined;
  const positions = [...first.positions, ...second.positions.slice(1)];
  return {
    ...first,
    to: second.to,
    positions,
    lengthM: lengthM(positions.map(plane.toPoint)),
    maxSpeedKmh: first.maxSpeedKmh ?? second.maxSpeedKmh,
  };
}

const reversed = (segment: Segment): Segment => ({
  ...segment,
  from: segment.to,
  to: segment.from,
  positions: [...segment.positions].reverse(),
});

/** A stable, readable identifier of each segment: the street's name and a number from west to east. */
export function nameSegments(segments: readonly Segment[]): Map<string, Segment> {
  const ordered = [...segments].sort(
    (a, b) =>
      slug(a).localeCompare(slug(b), 'en') ||
      westOf(a) - westOf(b) ||
      round(a.lengthM - b.lengthM, 3),
  );
  const used = new Map<string, number>();
  return new Map(
    ordered.map((segment) => {
      const base = slug(segment);
      const number = (used.get(base) ?? 0) + 1;
      used.set(base, number);
      return [`${base}-${number}`, segment];
    }),
  );
}

const westOf = ({ positions }: Segment): number => positions[positions.length >> 1]?.[0] ?? 0;

const slug = ({ name, roadClass }: Segment): string =>
  (name === '' ? roadClass : name)
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
