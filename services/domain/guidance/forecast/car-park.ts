import type { EpochMs } from '../../ids.ts';
import { createRidge } from './ridge.ts';
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
/** Horizons a regression is learnt for, in quarter hours; in between, their answers are mixed. */
const horizons = [1, 2, 4] as const;
/** Before anything is learnt: a deviation from the profile keeps 85 % an hour, a trend goes on a little. */
const keptPerHour = 0.85;
const trendWeight = 0.3;
/** How much the prior weighs, in squared shares of the capacity: a day of moderate deviations. */
const priorStrength = 0.1;
/** Spread of the forecast an hour ahead before it is known, as a share of the capacity. */
const priorSd = 0.06;
/** Quarter hours remembered: about two weeks. */
const memoryRows = 1_300;

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

/** What was known at the end of a quarter hour, for learning when its future has come. */
interface Snapshot {
  readonly ratio: number;
  readonly features: readonly (readonly number[])[];
}

/**
 * Weekly profile plus a deviation that fades, plus the trend of the last half hour: the change until
 * a horizon is regressed, per car park and continuously, on the change of the profile, on the
 * deviation from it and on the trend. With weights (1, 1 − ρ^h, 0) this is
 * `profile(t+h) + ρ^h (now − profile(now))`; where the profile is thin, persistence and trend take over.
 */
export function createCarParkForecast(weekSlot: (atMs: EpochMs) => WeekSlot): CarParkForecast {
  const profile = createWeekProfile();
  const models = horizons.map((quarters) =>
    createRidge({
      weights: [1, 1 - keptPerHour ** (quarters / 4), trendWeight],
      strength: priorStrength,
      variance: priorSd ** 2 * (quarters / 4),
      memoryRows,
    }),
  );
  const snapshots = new Map<number, Snapshot>();
  let now: { readonly atMs: EpochMs; readonly ratio: number; readonly spaces: number } | null =
    null;
  let quarter: SeenQuarter | null = null;

  /** Change of the profile and deviation from it, as far as it is trusted, and the trend; what is not known is zero. */
  const featuresFor = (atMs: EpochMs, ratio: number, aheadMs: number): readonly number[] => {
    const [slotNow, slotThen] = [weekSlot(atMs), weekSlot(atMs + aheadMs)];
    const [usualNow, usualThen] = [profile.value(slotNow), profile.value(slotThen)];
    const before = snapshots.get(Math.floor(atMs / quarterMs) - 2);
    const trend = before === undefined ? 0 : ratio - before.ratio;
    if (usualNow === null || usualThen === null) return [0, 0, trend];
    const trust = Math.min(profile.trustRatio(slotNow), profile.trustRatio(slotThen));
    return [trust * (usualThen - usualNow), trust * (usualNow - ratio), trend];
  };
  const closeQuarter = ({ index, sum, count }: SeenQuarter): void => {
    const ratio = sum / count;
    horizons.forEach((quarters, i) => {
      const past = snapshots.get(index - quarters);
      if (past !== undefined) models[i]?.learn(past.features[i] ?? [], ratio - past.ratio);
    });
    const atMs = index * quarterMs;
    const features = horizons.map((quarters) => featuresFor(atMs, ratio, quarters * quarterMs));
    snapshots.set(index, { ratio, features });
    for (const old of snapshots.keys()) if (old < index - 4) snapshots.delete(old);
    profile.learn(weekSlot(atMs), ratio);
  };

  /** Expected change of the vacant ratio and its variance. */
  const change = (atMs: EpochMs, ratio: number, aheadMs: number) => {
    const quarters = aheadMs / quarterMs;
    const features = featuresFor(atMs, ratio, aheadMs);
    const answers = models.map((model, i) => ({
      quarters: horizons[i] ?? 1,
      change: model.predict(features),
      variance: model.variance,
    }));
    const above = answers.find((answer) => answer.quarters >= quarters);
    const below = answers.findLast((answer) => answer.quarters < quarters);
    const nothing = { quarters: 0, change: 0, variance: 0 };
    if (above === undefined) return beyond(features, below ?? nothing, quarters);
    const from = below ?? nothing;
    const share = (quarters - from.quarters) / (above.quarters - from.quarters);
    return {
      change: from.change + share * (above.change - from.change),
      variance: from.variance + share * (above.variance - from.variance),
    };
  };
  /** Past the last horizon the rest of the deviation fades at the prior's rate. */
  const beyond = (
    features: readonly number[],
    last: { readonly quarters: number; readonly change: number; readonly variance: number },
    quarters: number,
  ) => {
    const [profileChange = 0, deviation = 0] = features;
    const rest = profileChange + deviation - last.change;
    const kept = keptPerHour ** ((quarters - last.quarters) / 4);
    return {
      change: last.change + (1 - kept) * rest,
      variance: last.variance * Math.min(4, quarters / last.quarters),
    };
  };

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
      const { spaces, ratio } = now;
      const expected = change(now.atMs, ratio, Math.max(0, atMs - now.atMs));
      const all = Math.min(spaces, Math.max(0, (ratio + expected.change) * spaces));
      const mean = all - sentCars;
      const sd = Math.max(0.3, spaces * Math.sqrt(expected.variance));
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
