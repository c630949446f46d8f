import type { Random } from './model/random.ts';

/** One way through a street: where it leads, and the stretch of kerb along it. */
export interface SearchLane {
  readonly tail: number;
  readonly head: number;
  readonly lengthM: number;
  /** −1 where there is no watched kerb. */
  readonly stretch: number;
}

/** What virtual searchers drive over. */
export interface SearchWorld {
  readonly lanes: readonly SearchLane[];
  /** Lanes that leave a node. */
  readonly leaving: readonly (readonly number[])[];
  /** Metres on foot between two lanes. */
  readonly walkM: (lane: number, other: number) => number;
  /** Probability that the kerb of a stretch was full at a time, s since the recording's start. */
  readonly fullAt: (stretch: number, atS: number) => number;
  /** Recorded arrivals: lane and time. Searches start there. */
  readonly arrivals: readonly { readonly lane: number; readonly atS: number }[];
}

export interface SearchOutcome {
  /** Mean metres driven after the first kerb. */
  readonly excessM: number;
  /** Share that gave up. */
  readonly gaveUpRatio: number;
  readonly searches: number;
}

const searchMPerS = 14 / 3.6;
const giveUpS = 1200;
const pullM = 120;
const farthestWalkM = 400;
const recentLanes = 8;

/** Drives searchers over the recorded occupancy of the street graph (estimators.md 3). */
export function searchVirtually(
  world: SearchWorld,
  searches: number,
  random: Random,
): SearchOutcome {
  let excessM = 0;
  let gaveUp = 0;
  if (world.arrivals.length === 0) return { excessM: 0, gaveUpRatio: 0, searches: 0 };
  for (let i = 0; i < searches; i++) {
    const start = world.arrivals[Math.floor(random() * world.arrivals.length)];
    if (start === undefined) continue;
    const { drivenM, found } = searchOnce(world, start.lane, start.atS, random);
    excessM += drivenM;
    if (!found) gaveUp++;
  }
  return { excessM: excessM / searches, gaveUpRatio: gaveUp / searches, searches };
}

function searchOnce(
  world: SearchWorld,
  destination: number,
  startS: number,
  random: Random,
): { readonly drivenM: number; readonly found: boolean } {
  const recent: number[] = [];
  let lane = destination;
  let atS = startS;
  let drivenM = 0;
  while (atS - startS < giveUpS) {
    const here = world.lanes[lane];
    if (here === undefined) break;
    atS += here.lengthM / searchMPerS;
    if (recent.length > 0) drivenM += here.lengthM;
    const near = world.walkM(lane, destination) <= farthestWalkM;
    if (near && here.stretch >= 0 && random() >= world.fullAt(here.stretch, atS))
      return { drivenM, found: true };
    recent.push(lane);
    if (recent.length > recentLanes) recent.shift();
    const next = nextLane(world, here, destination, recent, random);
    if (next === undefined) break;
    lane = next;
  }
  return { drivenM, found: false };
}

/** Towards the destination, rather not where one has just been, no turning round. */
function nextLane(
  world: SearchWorld,
  here: SearchLane,
  destination: number,
  recent: readonly number[],
  random: Random,
): number | undefined {
  const out = world.leaving[here.head] ?? [];
  const onward = out.filter((lane) => world.lanes[lane]?.head !== here.tail);
  const choices = onward.length > 0 ? onward : out;
  const weights = choices.map(
    (lane) =>
      (Math.exp(-world.walkM(lane, destination) / pullM) + 1e-12) *
      (recent.includes(lane) ? 0.3 : 1),
  );
  let drawn = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    drawn -= weight;
    if (drawn <= 0) return choices[i];
  }
  return choices.at(-1);
}
