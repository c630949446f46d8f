import type { Town } from './town.ts';
import { warmUpS, type RunResult } from './simulate.ts';
import type { TripResult } from './travellers.ts';

/** Figures of one run, over everybody who set out after the warm-up. */
export interface Summary {
  /** Metres searched ÷ all metres driven, through traffic included. */
  readonly searchRatio: number;
  readonly occupancyRatio: number;
  readonly excessS: number;
  readonly excessP90S: number;
  readonly walkM: number;
  /** Excess + weighted walk + fee of all kerb seekers. */
  readonly costS: number;
  readonly carParkRatio: number;
  /** Excess of the drivers without guidance, and of those with it. */
  readonly unguidedExcessS: number;
  readonly guidedCostS: number;
  /** Recommended kerbs reached and found full ÷ reached. */
  readonly wrongRatio: number;
  readonly meanChanceRatio: number;
  readonly brier: number;
  readonly neverParked: number;
}

/** Cars an hour that only drive through; no policy moves them. */
const throughPerHour = 1_000;
const walkSecond = 1.6 / 1.3;

/** Mean metres from one entry to another. */
function throughTripM(town: Town): number {
  const ways = town.entries.flatMap((from) =>
    town.entries.filter((to) => to !== from).map((to) => town.times(from)[to] ?? 0),
  );
  // 40 km/h: 80 % of the 50 that are signed on the arterials.
  return (ways.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, ways.length)) * (40 / 3.6);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const costOf =
  ({ feeS }: Town) =>
  ({ excessS, walkM, inCarPark }: TripResult): number =>
    excessS + walkSecond * walkM + (inCarPark ? feeS : 0);

/** `guidedRatio` names the people that have guidance at that share, so that every policy can be asked about them. */
export function summarise(town: Town, run: RunResult, guidedRatio: number, hours: number): Summary {
  const trips = run.trips.filter(({ driver }) => driver.startS >= warmUpS);
  const seekers = trips.filter(({ driver }) => !driver.prefersCarPark);
  const isGuided = ({ driver }: TripResult): boolean => driver.guidedDraw < guidedRatio;
  const sum = (of: (trip: TripResult) => number): number => mean(trips.map(of)) * trips.length;
  const throughM = throughPerHour * (hours - warmUpS / 3_600) * throughTripM(town);
  const arrivals = seekers.flatMap((trip) => trip.arrivals);
  const excess = seekers.map(({ excessS }) => excessS).sort((a, b) => a - b);
  return {
    searchRatio: sum(({ searchM }) => searchM) / (sum(({ drivenM }) => drivenM) + throughM),
    occupancyRatio: run.occupancyRatio,
    excessS: mean(excess),
    excessP90S: excess[Math.floor(excess.length * 0.9)] ?? 0,
    walkM: mean(seekers.map(({ walkM }) => walkM)),
    costS: mean(seekers.map(costOf(town))),
    carParkRatio: mean(seekers.map(({ inCarPark }) => (inCarPark ? 1 : 0))),
    unguidedExcessS: mean(seekers.filter((trip) => !isGuided(trip)).map(({ excessS }) => excessS)),
    guidedCostS: mean(seekers.filter(isGuided).map(costOf(town))),
    wrongRatio: mean(arrivals.map(({ found }) => (found ? 0 : 1))),
    meanChanceRatio: mean(arrivals.map(({ chanceRatio }) => chanceRatio)),
    brier: mean(arrivals.map(({ chanceRatio, found }) => (chanceRatio - (found ? 1 : 0)) ** 2)),
    neverParked: run.failures / Math.max(1, trips.length),
  };
}
