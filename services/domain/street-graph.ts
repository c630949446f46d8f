import type { LatLon } from './geometry.ts';
import type { StretchId } from './ids.ts';
import type { Stretch } from './site.ts';
import { costsFrom, largestStrongPart, packArcs, reverseArcs } from './street-graph-paths.ts';
import type { ArcInput, Seed } from './street-graph-paths.ts';
import { createLineIndex } from './street-graph-snap.ts';

/** What the graph needs of a stretch. */
export type Street = Pick<
  Stretch,
  'id' | 'points' | 'lengthM' | 'oneway' | 'roadClass' | 'fromNode' | 'toNode' | 'maxSpeedKmh'
>;

/** One way through a stretch: enter at `tail`, leave at `head`. */
export interface Passage {
  readonly tail: number;
  readonly head: number;
  readonly seconds: number;
  /** Seconds from entering to the position asked for. */
  readonly untilS: number;
}

/** A position on the streets. */
export interface StreetPosition {
  readonly stretchId: StretchId;
  /** How a car gets past it, one entry a permitted direction; empty where cars cannot go and return. */
  readonly passages: readonly Passage[];
  /** Metres on foot to the stretch's ends. */
  readonly walkEnds: readonly Seed[];
  /** Metres between the place asked for and the street. */
  readonly offStreetM: number;
}

export interface StreetGraph {
  readonly nodeCount: number;
  /** Nodes from which every other one is reached by car: cars are led on these only. */
  readonly drivableNodes: number;
  node(id: string): number | undefined;
  /** The nearest street; `undefined` beyond `maxM`. `drive` finds one that a car can reach and leave. */
  position(at: LatLon, by: 'drive' | 'walk', maxM: number): StreetPosition | undefined;
  /** A stretch as a position at its far end, as a driver looking along the whole kerb needs it. */
  wholeStretch(id: StretchId): StreetPosition | undefined;
  /** Free-flow seconds from the seeds to every node; Infinity where there is no way. */
  driveFrom(seeds: readonly Seed[]): Float32Array;
  /** Free-flow seconds from every node to the nearest seed. */
  driveTo(seeds: readonly Seed[]): Float32Array;
  /** Metres on foot from the seeds to every node within `limitM`, one-way streets both ways. */
  walkFrom(seeds: readonly Seed[], limitM: number): Float32Array;
}

/** Free-flow speed where none is signed, by OSM highway class, in km/h. */
const usualKmh: Readonly<Record<string, number>> = {
  motorway: 120,
  trunk: 100,
  primary: 50,
  secondary: 50,
  tertiary: 50,
  living_street: 10,
  service: 15,
  pedestrian: 7,
};
const otherKmh = 30;
/** Share of the signed speed that is driven in town without congestion. */
const drivenShare = 0.8;
/** Below this many nodes the times from every node are kept once they were asked for. */
const maxKeptNodes = 2_000;

/** Free-flow seconds through a stretch. */
export const drivingSeconds = (
  street: Pick<Street, 'lengthM' | 'maxSpeedKmh' | 'roadClass'>,
): number =>
  street.lengthM /
  (((street.maxSpeedKmh ?? usualKmh[street.roadClass] ?? otherKmh) * drivenShare) / 3.6);

const byLine = (id: string, index: Map<string, number>): number => {
  const known = index.get(id);
  if (known !== undefined) return known;
  index.set(id, index.size);
  return index.size - 1;
};

/**
 * The streets as a graph. Cars are led only within the largest part in which one can get from
 * everywhere to everywhere; people walk everywhere, against one-way streets too. Chains of
 * stretches are not merged: at 50,000 arcs a search takes milliseconds either way.
 */
export function createStreetGraph(streets: readonly Street[]): StreetGraph {
  const nodes = new Map<string, number>();
  const ends = streets.map((street) => ({
    from: byLine(street.fromNode, nodes),
    to: byLine(street.toNode, nodes),
    seconds: drivingSeconds(street),
  }));
  const ways = (i: number): readonly ArcInput[] => {
    const { from, to, seconds } = ends[i] ?? { from: 0, to: 0, seconds: 0 };
    const along = { tail: from, head: to, cost: seconds };
    const against = { tail: to, head: from, cost: seconds };
    const oneway = streets[i]?.oneway ?? null;
    if (oneway === 'with-points') return [along];
    return oneway === 'against-points' ? [against] : [along, against];
  };
  const allWays = streets.map((_, i) => ways(i));
  const isDrivable = largestStrongPart(packArcs(nodes.size, allWays.flat()));
  const waysOf = allWays.map((arcs) =>
    arcs.filter(({ tail, head }) => isDrivable[tail] === 1 && isDrivable[head] === 1),
  );
  const drive = packArcs(nodes.size, waysOf.flat());
  const backwards = reverseArcs(drive);
  const walk = packArcs(
    nodes.size,
    streets.flatMap(({ lengthM }, i) => {
      const { from, to } = ends[i] ?? { from: 0, to: 0 };
      return [
        { tail: from, head: to, cost: lengthM },
        { tail: to, head: from, cost: lengthM },
      ];
    }),
  );
  const drivable = [...streets.keys()].filter((i) => (waysOf[i]?.length ?? 0) > 0);
  const indexes = {
    walk: { streets: [...streets.keys()], lines: createLineIndex(streets.map((s) => s.points)) },
    drive: {
      streets: drivable,
      lines: createLineIndex(drivable.map((i) => streets[i]?.points ?? [])),
    },
  };
  const stretchIndex = new Map(streets.map(({ id }, i) => [id, i]));

  const positionOn = (i: number, alongRatio: number, offStreetM: number) => {
    const street = streets[i];
    const { from, to, seconds } = ends[i] ?? { from: 0, to: 0, seconds: 0 };
    if (street === undefined) return undefined;
    return {
      stretchId: street.id,
      passages: (waysOf[i] ?? []).map(({ tail, head }) => ({
        tail,
        head,
        seconds,
        untilS: seconds * (tail === from ? alongRatio : 1 - alongRatio),
      })),
      walkEnds: [
        { node: from, cost: street.lengthM * alongRatio },
        { node: to, cost: street.lengthM * (1 - alongRatio) },
      ],
      offStreetM,
    };
  };
  const kept = new Map<number, Float32Array>();
  const timesFromNode = (node: number): Float32Array => {
    const known = kept.get(node);
    if (known !== undefined) return known;
    const times = costsFrom(drive, [{ node, cost: 0 }]);
    kept.set(node, times);
    return times;
  };

  return {
    nodeCount: nodes.size,
    drivableNodes: isDrivable.reduce((sum, is) => sum + is, 0),
    node: (id) => nodes.get(id),
    position(at, by, maxM) {
      const snapped = indexes[by].lines.nearest(at, maxM);
      if (snapped === undefined) return undefined;
      const street = indexes[by].streets[snapped.line];
      return street === undefined
        ? undefined
        : positionOn(street, snapped.alongRatio, snapped.distanceM);
    },
    wholeStretch(id) {
      const i = stretchIndex.get(id);
      const middle = i === undefined ? undefined : positionOn(i, 0.5, 0);
      return (
        middle && {
          ...middle,
          passages: middle.passages.map((way) => ({ ...way, untilS: way.seconds })),
        }
      );
    },
    driveFrom(seeds) {
      const [only] = seeds;
      if (nodes.size > maxKeptNodes) return costsFrom(drive, seeds);
      if (seeds.length === 1 && only?.cost === 0) return timesFromNode(only.node);
      const times = new Float32Array(nodes.size).fill(Infinity);
      for (const { node, cost } of seeds) {
        const row = timesFromNode(node);
        for (let i = 0; i < times.length; i += 1)
          times[i] = Math.min(times[i] ?? 0, cost + (row[i] ?? 0));
      }
      return times;
    },
    driveTo: (seeds) => costsFrom(backwards, seeds),
    walkFrom: (seeds, limitM) => costsFrom(walk, seeds, limitM),
  };
}
