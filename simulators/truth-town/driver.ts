import { weighted, type Random } from '../random.ts';
import type { TruthTown } from './town.ts';

/** One vehicle whose driver wants to park. */
export interface Driver {
  readonly destination: number;
  readonly bornS: number;
  readonly isGuided: boolean;
  mode: 'approach' | 'search' | 'guided';
  lane: number;
  /** The node at which guidance was asked last. */
  before: number;
  /** The lane guidance named; -1 for none. */
  target: number;
  /** Lanes driven lately, the oldest first. */
  readonly recent: number[];
  hasMetFull: boolean;
  hasMissedTarget: boolean;
}

/** What a guided driver counts a full kerb at the end of the way as, s. */
const failedS = 1200;

/** The lane a driver enters at the end of the present one; who is guided asks again first. */
export function nextLane(
  town: TruthTown,
  driver: Driver,
  random: Random,
  retarget: (driver: Driver) => void,
): number {
  const { lanes, leaving } = town;
  const present = lanes[driver.lane]!;
  const node = driver.recent.length === 0 ? present.tail : present.head;
  if (driver.mode === 'guided') {
    driver.before = node;
    retarget(driver);
  }
  const out = leaving[node]!;
  if (driver.mode !== 'search') {
    return town.towards(node, driver.mode === 'guided' ? driver.target : driver.destination);
  }
  const isDeadEnd = out.every((lane) => lanes[lane]!.head === present.tail);
  const choices = new Int16Array(out.length);
  const cumulative = new Float64Array(out.length);
  let size = 0;
  for (const lane of out) {
    if (!isDeadEnd && lanes[lane]!.head === present.tail) continue;
    const fresh = driver.recent.includes(lane) ? 0.3 : 1;
    const pull = town.pull(lane, driver.destination) * fresh + 1e-12;
    cumulative[size] = (size > 0 ? cumulative[size - 1]! : 0) + pull;
    choices[size++] = lane;
  }
  return choices[weighted(random, cumulative.subarray(0, size))]!;
}

/** The kerb with the least expected time on the road and on foot, as guidance sees the spaces. */
export function bestTarget(
  town: TruthTown,
  driver: Driver,
  seenFree: Int16Array,
  promised: Int16Array,
): number {
  let best = driver.destination;
  let least = Infinity;
  for (const lane of town.near[driver.destination]!) {
    const walkS = (1.6 * town.walkM(lane, driver.destination)) / 1.3;
    // Those that follow are farther still.
    if (walkS >= least) break;
    const expected = seenFree[lane]! - promised[lane]!;
    const chanceThere = expected > 0 ? 1 - Math.exp(-1.5 * expected) : 0.03;
    const driveS = town.timesTo(lane)[driver.before]! + town.lanes[lane]!.driveS;
    const costS = driveS + walkS + (1 - chanceThere) * failedS;
    if (costS >= least) continue;
    least = costS;
    best = lane;
  }
  return best;
}
