import type { Random } from '../random.ts';
import { between, chance, logNormal, uniform } from '../random.ts';
import type { LocalHour } from './local-time.ts';

/**
 * How many come when, as a share of the busiest hours, by local hour. Assumed, in the shape of
 * published occupancy curves of German town centres: two flat peaks, a quiet night.
 */
const visitors = [
  0.05, 0.03, 0.02, 0.02, 0.03, 0.08, 0.3, 0.75, 1.05, 1.08, 1.05, 1, 0.97, 0.97, 1, 1.02, 1, 0.92,
  0.75, 0.55, 0.38, 0.25, 0.16, 0.09,
];
const residents = [
  0.05, 0.02, 0, 0, 0, 0, 0, 0, 0, 0, 0.02, 0.02, 0.05, 0.05, 0.05, 0.1, 0.4, 0.8, 1, 0.9, 0.6, 0.4,
  0.25, 0.1,
];
const commuters = [
  0, 0, 0, 0, 0.05, 0.35, 1, 1, 0.7, 0.3, 0.12, 0.08, 0.08, 0.1, 0.08, 0.06, 0.05, 0.05, 0.05, 0.04,
  0.03, 0.02, 0, 0,
];
const through = [
  0.12, 0.07, 0.05, 0.05, 0.1, 0.3, 0.65, 1, 1, 0.85, 0.8, 0.82, 0.85, 0.85, 0.88, 0.95, 1.05, 1.05,
  0.95, 0.75, 0.5, 0.38, 0.3, 0.2,
];
/** By weekday, Monday first. */
const week = {
  visitors: [0.94, 0.97, 1, 1, 1.03, 0.98, 0.5],
  residents: [1, 1, 1, 1, 0.95, 0.8, 0.9],
  commuters: [1, 1, 1, 1, 0.9, 0.2, 0.12],
  through: [1, 1, 1, 1.02, 1.05, 0.8, 0.6],
} as const;
const curves = { visitors, residents, commuters, through } as const;

export type Stream = keyof typeof curves;

/** The highest value of `intensity`. */
export const maxIntensity = 1.12;

/** Arrivals at this hour in relation to the busiest ones. */
export const intensity = (stream: Stream, { hour, weekday }: LocalHour): number =>
  (curves[stream][hour] ?? 0) * (week[stream][weekday - 1] ?? 1);

/** How long visitors stay, seconds: most for an errand, some for half a day. */
export const visitorStayS = (random: Random): number =>
  chance(random, 0.8)
    ? clamp(logNormal(random, 70 * 60, 0.8), 180, 20_000)
    : clamp(logNormal(random, 300 * 60, 0.5), 3600, 43_000);

/** Until the next morning, later at weekends; seconds from now. */
export function residentStayS(random: Random, now: LocalHour): number {
  const weekend = now.weekday === 5 || now.weekday === 6;
  const leaveHour = weekend ? between(random, 8.5, 13) : between(random, 6.2, 9.5);
  const wait = leaveHour - now.hour - uniform(random) + (now.hour < 6 ? 0 : 24);
  return Math.max(1800, wait * 3600);
}

export const commuterStayS = (random: Random): number =>
  clamp(logNormal(random, 8.6 * 3600, 0.25), 3600, 50_000);

/** Car park of the town: shopping and visits, longer than at the kerb. */
export const carParkStayS = (random: Random): number =>
  clamp(logNormal(random, 110 * 60, 0.7), 600, 40_000);

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));
