import type { EpochMs } from '../ids.ts';
import { digestMore, fitZone, refit, type ZoneFit } from '../search-share/model/fit-zone.ts';
import type { ZoneObservations } from '../search-share/model/observed.ts';
import type { DayDigest } from '../search-share/model/zone-days.ts';

/** Fits that are carried on from day to day. */
export interface ShareFits {
  /**
   * The fit of some streets (`key`: the same for the same streets) over some days. Days that are new cost
   * as much as they are; from scratch where too much is new. `observe` shows the days that are asked for.
   */
  fitOf(
    key: string,
    days: readonly EpochMs[],
    observe: (days: readonly EpochMs[]) => ZoneObservations,
  ): ZoneFit;
  /** Forgets days that begin before `fromMs`. */
  drop(fromMs: EpochMs): void;
}

interface Rolling {
  fit: ZoneFit;
  digests: Map<EpochMs, DayDigest>;
  /** Days that were added since all days were fitted together. */
  added: number;
}

/** Of the days asked for, at most this share may be new to a fit that is carried on. */
const mostNewRatio = 0.25;
/** All days are fitted together again after so many: old days were weighed with old parameters. */
const mostAdded = 14;
/** Streets whose fits are kept, those asked for last; and days of each, the newest. */
const [mostKept, mostDays] = [24, 40];

export function createShareFits(): ShareFits {
  const kept = new Map<string, Rolling>();

  function keep(key: string, rolling: Rolling): void {
    const newest = [...rolling.digests].sort(([a], [b]) => b - a).slice(0, mostDays);
    kept.delete(key);
    kept.set(key, { ...rolling, digests: new Map(newest) });
    for (const oldest of [...kept.keys()].slice(0, -mostKept)) kept.delete(oldest);
  }

  function fromScratch(
    key: string,
    days: readonly EpochMs[],
    observations: ZoneObservations,
  ): ZoneFit {
    const lengths = observations.stretches.map(({ lengthM }) => lengthM);
    const fit = fitZone(observations, lengths);
    const known = [...(kept.get(key)?.digests.keys() ?? [])];
    // What is past does not come again: its fit is of no use tomorrow.
    const isNewest = (days.at(-1) ?? -Infinity) >= Math.max(-Infinity, ...known);
    const digests = new Map(
      days.flatMap((day, d) => (fit.digests[d] ? [[day, fit.digests[d]]] : [])),
    );
    if (isNewest && days.length > 0) keep(key, { fit, digests, added: 0 });
    return fit;
  }

  return {
    fitOf(key, days, observe) {
      const rolling = kept.get(key);
      const fresh = days.filter((day) => rolling?.digests.has(day) !== true);
      const isTooMuch =
        fresh.length > mostNewRatio * days.length ||
        fresh.length + (rolling?.added ?? 0) > mostAdded;
      if (rolling === undefined || isTooMuch) return fromScratch(key, days, observe(days));
      const digestsOf = (of: ReadonlyMap<EpochMs, DayDigest>): DayDigest[] =>
        days.flatMap((day) => of.get(day) ?? []);
      const base = { ...rolling.fit, digests: digestsOf(rolling.digests) };
      if (fresh.length === 0) return refit(base, base.digests);
      const { digests, parameters } = digestMore(base, observe(fresh));
      const all = new Map(rolling.digests);
      fresh.forEach((day, d) => digests[d] !== undefined && all.set(day, digests[d]));
      const fit = refit(base, digestsOf(all), parameters);
      keep(key, { fit, digests: all, added: rolling.added + fresh.length });
      return fit;
    },
    drop(fromMs) {
      for (const [key, { digests }] of kept) {
        for (const day of digests.keys()) if (day < fromMs) digests.delete(day);
        if (digests.size === 0) kept.delete(key);
      }
    },
  };
}
