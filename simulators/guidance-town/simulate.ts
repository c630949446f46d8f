import { distanceM } from '../../services/domain/geometry.ts';
import type { Driver } from './demand.ts';
import { tickS } from './policies.ts';
import { centres, type Town } from './town.ts';
import { createTravellers, type TripResult } from './travellers.ts';
import { kinds, openWorld, type RunSettings, type World } from './world.ts';

export interface RunResult {
  readonly trips: readonly TripResult[];
  /** Of the kerbs around the three centres, mean over the measured time. */
  readonly occupancyRatio: number;
  readonly complianceRatio: number | null;
  /** Never parked before the end. */
  readonly failures: number;
}

/** The first hours fill the town and are not measured. */
export const warmUpS = 7_200;
/** After the last driver has come; not measured either. */
const runOutS = 3_600;
const centreRadiusM = 300;

/** Takes the occupancy of the kerbs around the centres, each time it is told to. */
function createOccupancy({ town, occupied, isKerb }: World) {
  const { places } = town.net;
  const central = [...places.keys()].filter(
    (place) =>
      isKerb(place) &&
      centres.some((centre) => distanceM(centre, town.locations[place] ?? centre) <= centreRadiusM),
  );
  const spaces = central.reduce((sum, place) => sum + (places[place]?.numberOfSpaces ?? 0), 0);
  let taken = 0;
  let all = 0;
  return {
    measure(): void {
      taken += central.reduce((sum, place) => sum + (occupied[place] ?? 0), 0);
      all += spaces;
    },
    ratio: (): number => (all === 0 ? 0 : taken / all),
  };
}

/** Runs one policy on one town with everybody of `drivers`. */
export function simulate(town: Town, drivers: readonly Driver[], settings: RunSettings): RunResult {
  const world = openWorld(town, settings);
  const { queue, guidance } = world;
  const travellers = createTravellers(world, settings);
  const occupancy = createOccupancy(world);
  const endS = (drivers.at(-1)?.startS ?? 0) + runOutS;

  const tick = (): void => {
    const { nowS } = world;
    guidance?.tick(nowS);
    if (nowS >= warmUpS && nowS <= endS - runOutS) occupancy.measure();
    if (nowS < endS) queue.schedule(nowS + tickS, kinds.tick, 0, null);
  };
  const happen: Record<number, (index: number, data: unknown) => void> = {
    [kinds.start]: (index) => drivers.slice(index, index + 1).forEach(travellers.begin),
    [kinds.node]: (index, data) => travellers.arrive(index, town.arcs[data as number]),
    [kinds.leave]: (place) => world.change(place, -1),
    [kinds.news]: (place, data) => guidance?.news(place, data as 1 | -1),
    [kinds.tick]: tick,
  };

  for (const driver of drivers) queue.schedule(driver.startS, kinds.start, driver.id, null);
  queue.schedule(tickS, kinds.tick, 0, null);
  for (let next = queue.pop(); next !== undefined && next.atS <= endS; next = queue.pop()) {
    world.nowS = next.atS;
    happen[next.kind]?.(next.index, next.data);
  }
  return {
    trips: travellers.trips,
    occupancyRatio: occupancy.ratio(),
    complianceRatio: guidance?.complianceRatio ?? null,
    failures: travellers.numberUnderway(),
  };
}
