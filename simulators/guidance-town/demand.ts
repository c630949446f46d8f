import { exponential, integer, logNormal, randomFor, uniform } from '../random.ts';
import { clusters, drawNode, type Town } from './town.ts';

/** One driver, the same in every policy. */
export interface Driver {
  readonly id: number;
  readonly startS: number;
  readonly entry: number;
  readonly destination: number;
  /** Wants one of the three centres. */
  readonly isCentral: boolean;
  readonly stayS: number;
  /** Goes to a car park whatever he is told. */
  readonly prefersCarPark: boolean;
  readonly acceptsCarPark: boolean;
  /** Has guidance when below the guided share; the same people at every share. */
  readonly guidedDraw: number;
  readonly obeyDraw: number;
  /** Searching on the street longer than this, he gives up. */
  readonly patienceS: number;
}

export interface DemandSettings {
  readonly arrivalsPerHour: number;
  readonly hours: number;
  readonly carParkRatio: number;
  readonly acceptsRatio: number;
  readonly patienceMin: readonly [number, number];
}
export const demandDefaults: DemandSettings = {
  arrivalsPerHour: 930,
  hours: 6,
  carParkRatio: 0.22,
  acceptsRatio: 0.6,
  patienceMin: [10, 15],
};

/** Share of the rate in each hour. */
const profile = [0.7, 0.9, 1.05, 1.15, 1.1, 1];
const clusterSpreadM = 170;
const clusterRatio = 0.6;

/** 85 % short stays, 15 % long ones. */
export const drawStay = (random: { state: number }): number =>
  uniform(random) < 0.85 ? logNormal(random, 2_700, 0.8) : logNormal(random, 14_400, 0.5);

function drawDestination(town: Town, random: { state: number }) {
  if (uniform(random) >= clusterRatio)
    return { node: town.anywhere[integer(random, town.anywhere.length)] ?? 0, isCentral: false };
  let left = uniform(random);
  const found = clusters.findIndex(({ weight }) => (left -= weight) < 0);
  const cluster = Math.max(0, found);
  const centre = clusters[cluster] ?? clusters[0];
  const node = centre === undefined ? 0 : drawNode(town, centre, clusterSpreadM, random);
  return { node, isCentral: cluster < 3 };
}

/** Everybody who comes, in order of time. */
export function drawDrivers(town: Town, settings: DemandSettings, seed: number): readonly Driver[] {
  const clock = randomFor(seed, 0);
  const drivers: Driver[] = [];
  const highest = Math.max(...profile);
  const [shortest, longest] = settings.patienceMin;
  for (let startS = 0; startS < settings.hours * 3_600;) {
    startS += exponential(clock, 3_600 / (settings.arrivalsPerHour * highest));
    const rate = profile[Math.floor(startS / 3_600) % profile.length] ?? 1;
    if (uniform(clock) * highest > rate) continue;
    const random = randomFor(seed, drivers.length + 1);
    const { node, isCentral } = drawDestination(town, random);
    drivers.push({
      id: drivers.length,
      startS,
      entry: town.entries[integer(random, town.entries.length)] ?? 0,
      destination: node,
      isCentral,
      stayS: drawStay(random),
      prefersCarPark: uniform(random) < settings.carParkRatio,
      acceptsCarPark: uniform(random) < settings.acceptsRatio,
      guidedDraw: uniform(random),
      obeyDraw: uniform(random),
      patienceS: 60 * (shortest + uniform(random) * (longest - shortest)),
    });
  }
  return drivers;
}
