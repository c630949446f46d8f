import type { EpochMs } from '../../ids.ts';
import { createCarParkForecast } from './car-park.ts';
import { createWeekClock } from './week-profile.ts';

/** One count of a recorded series. */
export interface CountRow {
  readonly atMs: EpochMs;
  readonly siteId: string;
  readonly numberOfSpaces: number;
  readonly vacantSpaces: number;
}

/** How well a horizon was forecast; errors in % of the capacity, `null` where nothing could be compared. */
export interface HorizonScore {
  readonly minutes: number;
  readonly sites: number;
  readonly samples: number;
  readonly maePersistence: number | null;
  readonly maeProfile: number | null;
  readonly mae: number | null;
  /** Of the chance of at least one vacant space. */
  readonly brier: number | null;
  /** Ten bins of the chance told: how often told, what was told on average, what came. */
  readonly reliability: readonly ReliabilityBin[];
  /** Share of the counts inside the eight-out-of-ten interval. */
  readonly coveredRatio: number | null;
}
export interface ReliabilityBin {
  readonly told: number;
  readonly meanChanceRatio: number;
  readonly cameTrueRatio: number;
}

/** The first part of the time trains, the rest tests; what was seen is learnt on, nothing is seen ahead. */
const trainRatio = 2 / 3;
const minuteMs = 60_000;
/** A count this near to the horizon stands for it; the forecast is asked for the count's own time. */
const toleranceMs = 5 * minuteMs;

interface Tally {
  readonly minutes: number;
  readonly sites: Set<string>;
  samples: number;
  persistence: number;
  profile: number;
  ours: number;
  brier: number;
  covered: number;
  readonly bins: { told: number; chance: number; came: number }[];
}

const emptyTally = (minutes: number): Tally => ({
  minutes,
  sites: new Set(),
  samples: 0,
  persistence: 0,
  profile: 0,
  ours: 0,
  brier: 0,
  covered: 0,
  bins: Array.from({ length: 10 }, () => ({ told: 0, chance: 0, came: 0 })),
});

/** The row nearest to a time, within the tolerance; `from` is an index not after it. */
function rowNear(rows: readonly CountRow[], from: number, atMs: EpochMs): CountRow | undefined {
  let best: CountRow | undefined;
  for (let i = from; i < rows.length; i += 1) {
    const row = rows[i];
    if (row === undefined || row.atMs > atMs + toleranceMs) break;
    const isNearer = best === undefined || Math.abs(row.atMs - atMs) < Math.abs(best.atMs - atMs);
    if (row.atMs >= atMs - toleranceMs && isNearer) best = row;
  }
  return best;
}

function backtestSite(
  rows: readonly CountRow[],
  splitMs: EpochMs,
  tallies: readonly Tally[],
): void {
  const forecast = createCarParkForecast(createWeekClock('UTC'));
  rows.forEach((now, i) => {
    forecast.see(now.atMs, now.vacantSpaces, now.numberOfSpaces);
    if (now.atMs < splitMs) return;
    for (const tally of tallies) {
      const then = rowNear(rows, i + 1, now.atMs + tally.minutes * minuteMs);
      if (then === undefined) continue;
      const predicted = forecast.predict(then.atMs);
      const usual = forecast.usual(then.atMs);
      if (predicted === null || usual === null) continue;
      const percent = 100 / then.numberOfSpaces;
      const cameTrue = then.vacantSpaces > 0 ? 1 : 0;
      tally.sites.add(now.siteId);
      tally.samples += 1;
      tally.persistence += percent * Math.abs(now.vacantSpaces - then.vacantSpaces);
      tally.profile += percent * Math.abs(usual - then.vacantSpaces);
      tally.ours += percent * Math.abs(predicted.vacantSpaces - then.vacantSpaces);
      tally.brier += (predicted.chanceRatio - cameTrue) ** 2;
      const [low, high] = predicted.interval;
      if (then.vacantSpaces >= low && then.vacantSpaces <= high) tally.covered += 1;
      const bin = tally.bins[Math.min(9, Math.floor(predicted.chanceRatio * 10))];
      if (bin === undefined) continue;
      bin.told += 1;
      bin.chance += predicted.chanceRatio;
      bin.came += cameTrue;
    }
  });
}

function toScore(tally: Tally): HorizonScore {
  const { minutes, sites, samples, bins } = tally;
  const mean = (sum: number): number | null => (samples === 0 ? null : sum / samples);
  return {
    minutes,
    sites: sites.size,
    samples,
    maePersistence: mean(tally.persistence),
    maeProfile: mean(tally.profile),
    mae: mean(tally.ours),
    brier: mean(tally.brier),
    reliability: bins
      .filter(({ told }) => told > 0)
      .map(({ told, chance, came }) => ({
        told,
        meanChanceRatio: chance / told,
        cameTrueRatio: came / told,
      })),
    coveredRatio: mean(tally.covered),
  };
}

/**
 * Forecasts a recorded series against the last count (persistence) and the weekly profile alone.
 * Rows may come in any order; of two counts of one moment the later row counts. The profile's week
 * is that of UTC.
 */
export function backtest(
  rows: readonly CountRow[],
  horizonsMin: readonly number[],
): readonly HorizonScore[] {
  const tallies = horizonsMin.map(emptyTally);
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const { atMs } of rows) {
    firstMs = Math.min(firstMs, atMs);
    lastMs = Math.max(lastMs, atMs);
  }
  const splitMs = firstMs + trainRatio * (lastMs - firstMs);
  for (const site of Map.groupBy(rows, ({ siteId }) => siteId).values()) {
    const byTime = new Map(site.map((row) => [row.atMs, row]));
    backtestSite(
      [...byTime.values()].sort((a, b) => a.atMs - b.atMs),
      splitMs,
      tallies,
    );
  }
  return tallies.map(toScore);
}
