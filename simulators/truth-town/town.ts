import { distanceM, type LatLon } from '../../services/domain/geometry.ts';
import { createStreetGraph, drivingSeconds } from '../../services/domain/street-graph.ts';
import { joinBlocks, parseStreets } from '../guidance-town/streets.ts';
import { normal, randomFrom } from '../random.ts';

/** One driving direction of a block, with the kerb that is reached from it. */
interface Lane {
  readonly tail: number;
  readonly head: number;
  readonly lengthM: number;
  /** Seconds for a car that knows its way, and for one that looks for a space. */
  readonly driveS: number;
  readonly searchS: number;
  readonly middle: LatLon;
  /** 0 where nobody may park. */
  readonly numberOfSpaces: number;
  /** Vehicles an hour that only pass. */
  readonly throughPerHour: number;
}

/** The streets of a real centre with invented kerbs: capacities, through traffic and attraction differ by lane. */
export interface TruthTown {
  readonly lanes: readonly Lane[];
  /** Lanes that leave a node. */
  readonly leaving: readonly (readonly number[])[];
  /** Lanes with spaces. */
  readonly kerbs: readonly number[];
  /** Cumulative attraction of the kerbs as destinations, in their order. */
  readonly attraction: Float64Array;
  /** Lanes with spaces within the walk a driver accepts, the nearest first, by lane. */
  readonly near: readonly (readonly number[])[];
  readonly entries: readonly number[];
  /** Metres on foot from the middle of a lane to that of a kerb. */
  walkM(lane: number, kerb: number): number;
  /** How much a lane draws a driver who searches near a kerb. */
  pull(lane: number, kerb: number): number;
  /** Seconds from every node to the beginning of a kerb. */
  timesTo(kerb: number): Float32Array;
  /** The lane to take at a node on the fastest way to a kerb. */
  towards(node: number, kerb: number): number;
}

const parkingClasses = new Set(['residential', 'tertiary', 'living_street', 'unclassified']);
/** Shorter kerbs hold too few cars to say anything; longer streets are country roads. */
const [shortestKerbM, longestKerbM] = [35, 300];
/** Bismarckplatz; spaces lie within this distance of it. */
const centre: LatLon = { lat: 49.4095, lon: 8.6955 };
const centreRadiusM = 750;
/** A car at the kerb takes 6 m; driveways and crossings take a third. */
const spacesPerM = 0.67 / 6;
const searchMPerS = 14 / 3.6;
/** Streets bend: a walk is this much longer than the bee-line. */
const detour = 1.3;
const longestWalkM = 400;
/** Attraction of a street falls by e over this walk to the destination, m. */
const pullM = 120;

/** The town of an OpenStreetMap extract (street lines with u, v, length_m, oneway, highway). */
export function createTruthTown(streetsText: string, seed = 1): TruthTown {
  const random = randomFrom('truth-town', seed);
  const raw = parseStreets(streetsText);
  const whole = createStreetGraph(raw);
  const blocks = joinBlocks(
    raw.filter(({ id }) => (whole.wholeStretch(id)?.passages.length ?? 0) > 0),
  );
  const graph = createStreetGraph(blocks);
  const lanes: Lane[] = [];
  const leaving: number[][] = Array.from({ length: graph.nodeCount }, () => []);
  const pull: number[] = [];
  for (const block of blocks) {
    const middle = block.points[Math.floor(block.points.length / 2)] ?? centre;
    const apartM = distanceM(middle, centre);
    const parkable =
      parkingClasses.has(block.roadClass) &&
      block.lengthM >= shortestKerbM &&
      block.lengthM <= longestKerbM &&
      apartM <= centreRadiusM;
    for (const { tail, head } of graph.wholeStretch(block.id)?.passages ?? []) {
      const drawn = block.lengthM * spacesPerM * Math.exp(0.4 * normal(random) - 0.08);
      leaving[tail]?.push(lanes.length);
      lanes.push({
        tail,
        head,
        lengthM: block.lengthM,
        driveS: drivingSeconds(block),
        searchS: block.lengthM / searchMPerS,
        middle,
        numberOfSpaces: parkable ? Math.max(3, Math.round(drawn)) : 0,
        throughPerHour: 110 * Math.exp(0.6 * normal(random) - 0.18),
      });
      pull.push(Math.exp(-((apartM / 350) ** 2) / 2 + 0.5 * normal(random)) + 0.05);
    }
  }
  const kerbs = lanes.flatMap(({ numberOfSpaces }, lane) => (numberOfSpaces > 0 ? [lane] : []));
  const attraction = new Float64Array(kerbs.length);
  kerbs.forEach((lane, i) => (attraction[i] = (attraction[i - 1] ?? 0) + (pull[lane] ?? 0)));
  const kerbAt = new Int16Array(lanes.length).fill(-1);
  kerbs.forEach((lane, kerb) => (kerbAt[lane] = kerb));
  // Asked for at every junction of every driver: worked out once.
  const walks = new Float64Array(lanes.length * kerbs.length);
  lanes.forEach(({ middle }, lane) =>
    kerbs.forEach((kerb, i) => {
      walks[lane * kerbs.length + i] = detour * distanceM(middle, lanes[kerb]!.middle);
    }),
  );
  const pulls = walks.map((walk) => Math.exp(-walk / pullM));
  const place = (lane: number, kerb: number): number => lane * kerbs.length + kerbAt[kerb]!;
  const walkM = (lane: number, kerb: number): number => walks[place(lane, kerb)]!;
  const times: Float32Array[] = [];
  const timesTo = (kerb: number): Float32Array =>
    (times[kerb] ??= graph.driveTo([{ node: lanes[kerb]!.tail, cost: 0 }]));
  const ways: Int16Array[] = [];
  const waysTo = (kerb: number): Int16Array => {
    const left = timesTo(kerb);
    const cost = (lane: number): number => lanes[lane]!.driveS + left[lanes[lane]!.head]!;
    const best = (out: readonly number[]): number =>
      out.reduce((least, lane) => (cost(lane) < cost(least) ? lane : least), out[0] ?? 0);
    return Int16Array.from(leaving, (out, node) => (node === lanes[kerb]!.tail ? kerb : best(out)));
  };
  return {
    lanes,
    leaving,
    kerbs,
    attraction,
    near: lanes.map((_, lane) =>
      kerbs
        .filter((kerb) => walkM(lane, kerb) <= longestWalkM)
        .sort((a, b) => walkM(lane, a) - walkM(lane, b)),
    ),
    entries: leaving.flatMap((lanesOut, node) => {
      const at = lanesOut[0] === undefined ? undefined : lanes[lanesOut[0]]?.middle;
      return at !== undefined && distanceM(at, centre) > 1.4 * centreRadiusM ? [node] : [];
    }),
    walkM,
    pull: (lane, kerb) => pulls[place(lane, kerb)]!,
    timesTo,
    towards: (node, kerb) => (ways[kerb] ??= waysTo(kerb))[node]!,
  };
}
