import type { Random } from '../random.ts';
import { between, chance, uniform } from '../random.ts';
import type { City } from './city.ts';
import type { EdgeTable } from './edge-table.ts';

/**
 * Somebody who looks for a space at the kerb. Plain data: it waits in the queue.
 * `drive`: on the way to the kerb he hopes for; `search`: street by street; `car-park`: has given up.
 */
export interface Driver {
  /** Nobody else has it. */
  readonly id: number;
  readonly random: Random;
  /** Stretch where he wants to be. */
  readonly destination: number;
  readonly stayS: number;
  readonly giveUpAfterS: number;
  readonly acceptsCarPark: boolean;
  /** Asks for guidance; whether he also does as he is told. */
  readonly isGuided: boolean;
  readonly obeys: boolean;
  /** Follows advice now. */
  isLed: boolean;
  askedAtS: number;
  mode: 'drive' | 'search' | 'car-park';
  /** Stretch he drives to; -1 for none. */
  target: number;
  /** Car park he drives to; -1 for none. */
  carPark: number;
  triedCarParks: number;
  /** Junction he is at, or the one his present edge ends at. */
  node: number;
  edge: number;
  /** Stretches driven while searching, newest last. */
  recent: number[];
  /** When he first found a kerb full; -1 before. */
  firstFullAtS: number;
  searchM: number;
}

/** Searching speed, km/h, and the halt at a junction, s (as in measured cruising: slow, then wait). */
const searchKmh = 14;
const junctionS = 2;
/** How fast the wish to be near fades with the walk while searching, metres. */
const searchPullM = 170;
const memory = 12;

export const searchSeconds = (lengthM: number): number => lengthM / (searchKmh / 3.6) + junctionS;

/** Ten to fifteen minutes of searching, then enough; residents hold out longer. */
export const patienceS = (random: Random, isResident: boolean): number =>
  between(random, 600, 900) * (isResident ? 2 : 1);

/** The longest walk he accepts now, metres: it grows as he searches. */
export const acceptedWalkM = (driver: Driver, usualWalkM: number, atS: number): number => {
  const searchedS = driver.firstFullAtS < 0 ? 0 : atS - driver.firstFullAtS;
  return Math.min(600, usualWalkM + 120 + 0.6 * searchedS);
};

/**
 * The next edge of a searching driver: towards kerbs near the destination, rarely where he has just
 * been, rarely into a dead end, never back unless there is no other way.
 */
export function nextSearchEdge(edges: EdgeTable, driver: Driver, walkM: City['walkM']): number {
  const from = driver.edge < 0 ? -1 : edges.from[driver.edge]!;
  const first = edges.firstOut[driver.node]!;
  const end = edges.firstOut[driver.node + 1]!;
  let sum = 0;
  let chosen = -1;
  for (let i = first; i < end; i++) {
    const edge = edges.out[i]!;
    const isBack = edges.to[edge] === from && end - first > 1;
    const appeal = isBack ? 0 : appealOf(edges, driver, edge, walkM);
    appeals[i - first] = appeal;
    sum += appeal;
    if (chosen < 0 && !isBack) chosen = edge;
  }
  let rest = uniform(driver.random) * sum;
  for (let i = first; i < end; i++) {
    const appeal = appeals[i - first]!;
    // No appeal at all is the way back.
    if (appeal === 0) continue;
    rest -= appeal;
    chosen = edges.out[i]!;
    if (rest <= 0) break;
  }
  return chosen;
}

/** Of the edges that leave one junction. */
const appeals: number[] = [];

/** How much a stretch pulls whoever searches for this destination: near it, and more with a kerb. */
const searchPull = (walkM: number, hasKerb: boolean): number =>
  Math.exp(-walkM / searchPullM) * (hasKerb ? 1 : 0.35);

function appealOf(edges: EdgeTable, driver: Driver, edge: number, walkM: City['walkM']): number {
  const stretch = edges.stretch[edge]!;
  const { recent } = driver;
  let at = recent.length - 1;
  while (at >= 0 && recent[at] !== stretch) at--;
  const ago = recent.length - 1 - at;
  const wasThere = at < 0 ? 1 : 0.15 + (0.85 * ago) / memory;
  const pull = searchPull(walkM(stretch, driver.destination), edges.hasKerb[edge] === 1);
  return pull * wasThere * (edges.isDeadEnd[edge] === 1 ? 0.3 : 1) + 1e-9;
}

export function remember(driver: Driver, stretch: number): void {
  driver.recent.push(stretch);
  if (driver.recent.length > memory) driver.recent.shift();
}

/** Whether he goes to a car park when he gives up; six of ten do (the others leave). */
export const acceptsCarPark = (random: Random): boolean => chance(random, 0.6);

/**
 * The first edge on the fastest way along a stretch, by the junction where one is; -1 where there is no
 * way. Worked out when the stretch is first driven to: every driver asks at every junction.
 */
export function createWaysAlong(city: City): (stretch: number) => Int16Array {
  const edgesOf = Map.groupBy(city.edges.keys(), (index) => city.edges[index]!.stretch);
  const known: (Int16Array | undefined)[] = [];
  return (stretch) =>
    (known[stretch] ??= Int16Array.from(city.outEdges, (_, node) =>
      edgeToPass(city, node, edgesOf.get(stretch) ?? []),
    ));
}

function edgeToPass(city: City, node: number, edges: readonly number[]): number {
  let best = -1;
  let bestS = Infinity;
  for (const index of edges) {
    const edge = city.edges[index]!;
    const seconds = city.routes.timeS(node, edge.from) + edge.driveS;
    if (seconds >= bestS) continue;
    bestS = seconds;
    best = edge.from === node ? index : city.routes.nextEdge(node, edge.from);
  }
  return best;
}
