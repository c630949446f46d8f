import { toStretchId } from '../../services/domain/ids.ts';
import type { LatLon } from '../../services/domain/geometry.ts';
import type { Street } from '../../services/domain/street-graph.ts';

/** The properties of a street in the OpenStreetMap extract. */
interface StreetFeature {
  readonly properties: {
    readonly u: number;
    readonly v: number;
    readonly length_m: number;
    readonly oneway: string;
    readonly highway: string;
    readonly maxspeed?: string;
  };
  readonly geometry: { readonly coordinates: readonly (readonly [number, number])[] };
}

/** The streets of a town as the extract has them, split at every OSM junction and crossing. */
export function parseStreets(text: string): readonly Street[] {
  const { features } = JSON.parse(text) as { readonly features: readonly StreetFeature[] };
  return features.map(({ properties, geometry }, i) => {
    const signed = Number(properties.maxspeed);
    return {
      id: toStretchId(`s${i}`),
      points: geometry.coordinates.map(([lon, lat]) => ({ lat, lon })),
      lengthM: properties.length_m,
      oneway: properties.oneway === 'yes' ? 'with-points' : null,
      roadClass: properties.highway,
      fromNode: String(properties.u),
      toNode: String(properties.v),
      maxSpeedKmh: Number.isFinite(signed) && signed > 0 ? signed : null,
    };
  });
}

const reversed = (street: Street): Street => ({
  ...street,
  points: street.points.toReversed(),
  fromNode: street.toNode,
  toNode: street.fromNode,
});

/** Two streets that meet at `node` and nothing else does, as one; `undefined` where cars may not go through. */
function joined(a: Street, b: Street, node: string): Street | undefined {
  if ((a.oneway === null) !== (b.oneway === null)) return undefined;
  if (a.oneway !== null && a.toNode !== node) return joined(b, a, node);
  if (a.oneway !== null && (a.toNode !== node || b.fromNode !== node)) return undefined;
  const first = a.toNode === node ? a : reversed(a);
  const second = b.fromNode === node ? b : reversed(b);
  if (first.fromNode === node || second.toNode === node) return undefined;
  const longer = a.lengthM >= b.lengthM ? a : b;
  return {
    ...first,
    points: [...first.points, ...second.points.slice(1)],
    lengthM: a.lengthM + b.lengthM,
    roadClass: longer.roadClass,
    maxSpeedKmh: longer.maxSpeedKmh,
    toNode: second.toNode,
  };
}

/** Blocks from junction to junction: streets joined where only two of them meet. */
export function joinBlocks(streets: readonly Street[]): readonly Street[] {
  const at = new Map<string, Set<Street>>();
  const of = (node: string): Set<Street> => {
    const known = at.get(node) ?? new Set<Street>();
    at.set(node, known);
    return known;
  };
  for (const street of streets) {
    of(street.fromNode).add(street);
    of(street.toNode).add(street);
  }
  for (const [node, here] of at) {
    const [a, b] = here;
    if (here.size !== 2 || a === undefined || b === undefined) continue;
    const block = joined(a, b, node);
    if (block === undefined || block.fromNode === block.toNode) continue;
    for (const old of [a, b]) {
      of(old.fromNode).delete(old);
      of(old.toNode).delete(old);
    }
    of(block.fromNode).add(block);
    of(block.toNode).add(block);
  }
  return [...new Set([...at.values()].flatMap((here) => [...here]))];
}

/** The point half-way along a street. */
export const middleOf = (street: Street): LatLon =>
  street.points[Math.floor(street.points.length / 2)] ?? { lat: 0, lon: 0 };
