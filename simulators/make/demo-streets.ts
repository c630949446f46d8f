import { allRoutes, driveSeconds } from '../town/routes.ts';
import type { Edge } from '../town/routes.ts';
import type { Plane } from './plane.ts';
import { gapM } from './plane.ts';
import type { Segment } from './street-graph.ts';

/** Names a block by the streets at its ends: "Plöck (Akademiestraße – Friedrich-Ebert-Platz)". */
export function blockNames(segments: ReadonlyMap<string, Segment>): Map<string, string> {
  const at = new Map<string, Set<string>>();
  for (const { from, to, name } of segments.values()) {
    for (const node of [from, to]) {
      const names = at.get(node) ?? new Set<string>();
      if (name !== '') names.add(name);
      at.set(node, names);
    }
  }
  const crossing = (node: string, name: string): string | undefined =>
    [...(at.get(node) ?? [])].filter((other) => other !== name).sort()[0];
  const used = new Map<string, number>();
  return new Map(
    [...segments].map(([id, { from, to, name }]) => {
      const street = name === '' ? 'Seitenweg' : name;
      const ends = [crossing(from, name), crossing(to, name)].filter((end) => end !== undefined);
      const [a, b] = ends;
      const text =
        a === undefined
          ? street
          : b === undefined || a === b
            ? `${street} (bei ${a})`
            : `${street} (${a} – ${b})`;
      const times = (used.get(text) ?? 0) + 1;
      used.set(text, times);
      return [id, times === 1 ? text : `${text} ${times}`];
    }),
  );
}

/**
 * Twelve stretches for traffic counters: one-way (so that both directions of the radar mean the
 * same), with sensors, with much traffic, in all zones, at least 120 m apart.
 */
export function pickCounters(
  segments: ReadonlyMap<string, Segment>,
  capacities: ReadonlyMap<string, number>,
  sensed: readonly string[],
  zoneOf: ReadonlyMap<string, string | null>,
  plane: Plane,
): string[] {
  const use = throughUse(segments);
  const score = (id: string): number => (use.get(id) ?? 0) * Math.sqrt(capacities.get(id) ?? 0);
  const candidates = sensed
    .filter((id) => segments.get(id)?.isOneway === true && (capacities.get(id) ?? 0) >= 4)
    .sort((a, b) => score(b) - score(a));
  const at = (id: string) => plane.toPoint(segments.get(id)!.positions[0]!);
  const picked: string[] = [];
  for (const most of [2, 3, 12]) {
    for (const id of candidates) {
      const sameZone = picked.filter((other) => zoneOf.get(other) === zoneOf.get(id)).length;
      const apart = picked.every((other) => gapM(at(other), at(id)) >= 120);
      if (picked.length < 12 && sameZone < most && apart) picked.push(id);
    }
  }
  return picked;
}

/** How often a stretch lies on the fastest way between two junctions. */
function throughUse(segments: ReadonlyMap<string, Segment>): Map<string, number> {
  const nodes = new Map<string, number>();
  const index = (node: string): number => {
    const known = nodes.get(node) ?? nodes.size;
    nodes.set(node, known);
    return known;
  };
  const ids = [...segments.keys()];
  const edges = [...segments.values()].flatMap((segment, stretch): Edge[] => {
    const [from, to] = [index(segment.from), index(segment.to)];
    const driveS = driveSeconds(segment.roadClass, segment.lengthM);
    const there = { from, to, stretch, lengthM: segment.lengthM, driveS };
    return segment.isOneway ? [there] : [there, { ...there, from: to, to: from }];
  });
  const routes = allRoutes(nodes.size, edges);
  const use = new Map<string, number>();
  for (let from = 0; from < nodes.size; from += 3) {
    for (let to = 1; to < nodes.size; to += 7) {
      for (let at = from, e = routes.nextEdge(at, to); e >= 0; e = routes.nextEdge(at, to)) {
        const edge = edges[e]!;
        const id = ids[edge.stretch]!;
        use.set(id, (use.get(id) ?? 0) + 1);
        at = edge.to;
      }
    }
  }
  return use;
}
