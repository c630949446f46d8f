import type { EpochMs } from '../../ids.ts';
import { createWeekProfile, type WeekSlot } from './week-profile.ts';

/** What is expected at a car park at one moment. */
export interface CarParkPrediction {
  readonly vacantSpaces: number;
  /** Eight times out of ten the count lies within, ends included. */
  readonly interval: readonly [low: number, high: number];
  /** Probability that at least one space is vacant, 0–1. */
  readonly chanceRatio: number;
}

export interface CarParkForecast {
  /** A count as seen; times never go back, older ones are left out. */
  see(atMs: EpochMs, vacantSpaces: number, numberOfSpaces: number): void;
  /** What is usual at that time, from earlier days (a roll-up); does not touch the present. */
  learn(atMs: EpochMs, vacantRatio: number): void;
  /** `null` before anything was seen or learnt. `sentCars` are on their way there. */
  predict(atMs: EpochMs, sentCars?: number): CarParkPrediction | null;
  /** The weekly profile alone, in spaces; for comparison. */
  usual(atMs: EpochMs): number | null;
}

const quarterMs = 900_000;
const hourMs = 3_600_000;
/** Before anything is learnt: a deviation keeps 85 % an hour, and is 0.1 of the capacity. */
const prior = { keptPerHour: 0.85, weight: 24, deviation: 0.1 };
/** Pairs of deviations remembered: about two weeks of quarter hours. */
const pairMemory = 1_300;

/** Standard normal distribution function (Abramowitz and Stegun 1964, 26.2.17; error below 1e-7). */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - tail : tail;
}

/** Quantile of the standard normal at 0.9. */
const z90 = 1.2816;

interface SeenQuarter {
  readonly index: number;
  sum: number;
  count: number;
}

/**
 * Weekly profile plus a deviation that fades: `profile(t+h) + ρ^h (now − profile(now))`. How long a
 * deviation lasts and how large it gets is learnt from deviations an hour apart, each taken
 * against the profile as it was before that quarter hour was learnt.
 */
export function createCarParkForecast(weekSlot: (atMs: EpochMs) => WeekSlot): CarParkForecast {
  const profile = createWeekProfile();
  const deviations = new Map<number, number>();
  const pairs = {
    squares: prior.weight * prior.deviation ** 2,
    products: prior.weight * prior.deviation ** 2 * prior.keptPerHour,
    count: prior.weight,
  };
  let now: { readonly atMs: EpochMs; readonly ratio: number; readonly spaces: number } | null =
    null;
  let quarter: SeenQuarter | null = null;

  const closeQuarter = ({ index, sum, count }: SeenQuarter): void => {
    const slot = weekSlot(index * quarterMs);
    const usual = profile.value(slot);
    const ratio = sum / count;
    profile.learn(slot, ratio);
    if (usual === null) return;
    const deviation = ratio - usual;
    const before = deviations.get(index - 4);
    deviations.set(index, deviation);
    deviations.delete(index - 8);
    if (before === undefined) return;
    const kept = 1 - 1 / pairMemory;
    pairs.squares = pairs.squares * kept + before ** 2;
    pairs.products = pairs.products * kept + before * deviation;
    pairs.count = pairs.count * kept + 1;
  };
  const keptPerHour = (): number => Math.min(0.995, Math.max(0.3, pairs.products / pairs.squares));

  return {
    see(atMs, vacantSpaces, numberOfSpaces) {
      if (numberOfSpaces <= 0 || (now !== null && atMs < now.atMs)) return;
      const ratio = vacantSpaces / numberOfSpaces;
      now = { atMs, ratio, spaces: numberOfSpaces };
      const index = Math.floor(atMs / quarterMs);
      if (quarter !== null && quarter.index !== index) {
        closeQuarter(quarter);
        quarter = null;
      }
      quarter ??= { index, sum: 0, count: 0 };
      quarter.sum += ratio;
      quarter.count += 1;
    },
    learn: (atMs, vacantRatio) => profile.learn(weekSlot(atMs), vacantRatio),
    predict(atMs, sentCars = 0) {
      if (now === null) return null;
      const hours = Math.max(0, atMs - now.atMs) / hourMs;
      const kept = keptPerHour() ** hours;
      const usualNow = profile.value(weekSlot(now.atMs));
      const usualThen = profile.value(weekSlot(atMs));
      const known = usualNow !== null && usualThen !== null;
      const ratio = known ? usualThen + kept * (now.ratio - usualNow) : now.ratio;
      const spaces = now.spaces;
      const mean = Math.min(spaces, Math.max(0, ratio * spaces)) - sentCars;
      // An AR(1) deviation, plus the counting noise of the few cars that come and go meanwhile.
      const variance = (pairs.squares / pairs.count) * (1 - kept ** 2);
      const sd = Math.max(0.3, spaces * Math.sqrt(variance));
      const within = (value: number): number => Math.round(Math.min(spaces, Math.max(0, value)));
      return {
        vacantSpaces: Math.max(0, mean),
        interval: [within(mean - z90 * sd), within(mean + z90 * sd)],
        chanceRatio: normalCdf((mean - 0.5) / sd),
      };
    },
    usual(atMs) {
      const usual = profile.value(weekSlot(atMs));
      return usual === null || now === null ? null : usual * now.spaces;
    },
  };
}
