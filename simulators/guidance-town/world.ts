import { exponential, randomFrom, uniform } from '../random.ts';
import { createQueue, type Queue } from '../town/queue.ts';
import type { RankingSettings } from '../../services/domain/guidance/ranking.ts';
import { drawStay } from './demand.ts';
import { createGuidance, type Guidance, type PolicyKind, type SensorSettings } from './policies.ts';
import type { SignRule } from './signs.ts';
import type { Town } from './town.ts';

export interface RunSettings {
  readonly policy: PolicyKind;
  readonly guidedRatio: number;
  /** Share of the guided who do as they are told. */
  readonly obeyRatio: number;
  readonly sensors: SensorSettings;
  readonly seed: number;
  readonly ranking?: Partial<RankingSettings>;
  /** Fixed instead of learnt. */
  readonly complianceRatio?: number;
  /** What signs show; the product's rule unless said. */
  readonly signRule?: SignRule;
  /** Share of the seekers without the app who follow signs. */
  readonly signRatio?: number;
}

/** What can happen; `index` and `data` of the queue mean what stands behind each. */
export const kinds = {
  /** A driver enters the town: his number. */
  start: 0,
  /** A driver is at the end of a block: his number, the arc. */
  node: 1,
  /** A car leaves: the place. */
  leave: 2,
  /** A sensor's news is heard: the place, one car more or less. */
  news: 3,
  /** Guidance looks at everything anew. */
  tick: 4,
} as const;

/** The town as it is now: who drives in it is not known here. */
export interface World {
  readonly town: Town;
  readonly queue: Queue;
  /** Cars by place. */
  readonly occupied: Int32Array;
  /** `null`: nobody is guided. */
  readonly guidance: Guidance | null;
  nowS: number;
  isKerb(place: number): boolean;
  hasSpace(place: number): boolean;
  /** A car comes to a place or leaves it; sensors see that of kerbs. */
  change(place: number, by: 1 | -1): void;
}

const startOccupancy = { kerb: 0.8, carPark: 0.55 };

/** Cars parked before the simulation begins. Long stays are met more often, and in their middle. */
function parkedAtStart(town: Town, seed: number): { place: number; leavesS: number }[] {
  const random = randomFrom('start', seed);
  return town.net.places.flatMap(({ kind, numberOfSpaces }, place) => {
    const share = kind === 'kerb' ? startOccupancy.kerb : startOccupancy.carPark;
    return Array.from({ length: numberOfSpaces }, () => uniform(random) < share)
      .filter((isParked) => isParked)
      .map(() => ({
        place,
        leavesS: drawStay(random) * uniform(random) + exponential(random, 900),
      }));
  });
}

function openGuidance(town: Town, occupied: Int32Array, settings: RunSettings): Guidance | null {
  const { policy, sensors, seed, ranking, complianceRatio, signRule } = settings;
  if (policy === 'none') return null;
  return createGuidance(town, { occupied }, policy, sensors, {
    seed,
    ...(ranking && { ranking }),
    ...(complianceRatio !== undefined && { complianceRatio }),
    ...(signRule && { signRule }),
  });
}

/** A town before the first driver comes: cars are parked in it, and guidance has seen them. */
export function openWorld(town: Town, settings: RunSettings): World {
  const { places } = town.net;
  const queue = createQueue();
  const occupied = Int32Array.from(places, () => 0);
  for (const { place, leavesS } of parkedAtStart(town, settings.seed)) {
    occupied[place] = (occupied[place] ?? 0) + 1;
    queue.schedule(leavesS, kinds.leave, place, null);
  }
  const guidance = openGuidance(town, occupied, settings);
  const isKerb = (place: number): boolean => places[place]?.kind === 'kerb';
  const world: World = {
    town,
    queue,
    occupied,
    guidance,
    nowS: 0,
    isKerb,
    hasSpace: (place) => (occupied[place] ?? 0) < (places[place]?.numberOfSpaces ?? 0),
    change(place, by) {
      occupied[place] = (occupied[place] ?? 0) + by;
      if (guidance === null || !isKerb(place)) return;
      if (by === 1) guidance.taken(place);
      else guidance.left(place);
      queue.schedule(world.nowS + settings.sensors.delayS, kinds.news, place, by);
    },
  };
  return world;
}
