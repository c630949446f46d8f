import { passesUntil } from './model/flow.ts';
import { dayBootstrap, logInterval, t975, type Interval } from './model/interval.ts';
import type { SensorTraits, StretchDay, ZoneObservations } from './model/observed.ts';
import { fitPassMixture, type PassDay, type PassMixture } from './model/pass-mixture.ts';
import { seededRandom } from './model/random.ts';
import { vacancyEnd, type Segment } from './model/vacancy-end.ts';

/**
 * A single stretch: θ ("ready share") and the product form F·θ/a. The product reads 14–37 % low in a town
 * (estimators-town.md, verdict): it may be shown beside a stretch, never as a zone's headline.
 */
export interface StretchEstimate {
  readonly stretchId: string;
  readonly method: 'product-form';
  /** Takes by unguided vehicles that are probably real. */
  readonly takes: number;
  /** Vehicle passes while a space was probably free. */
  readonly exposure: number;
  /** Vehicle passes in all counted, analysed time. */
  readonly passes: number;
  /** θ/a: share of passing vehicles that would park here now; `null` with too few takes. */
  readonly searchReadyRatio: number | null;
  /** F: share of passes that met a full kerb. */
  readonly fullRatio: number | null;
  readonly searchShareRatio: number | null;
  /** 95 %, of `searchShareRatio`; `null` with fewer than two days. */
  readonly interval: Interval | null;
  readonly readyInterval: Interval | null;
  /** π: share of vacancies that were phantoms. */
  readonly phantomRatio: number | null;
  readonly days: number;
}

export interface StretchOptions {
  readonly acceptanceRatio: number;
  readonly bootstraps: number;
  readonly seed: number;
}

interface Stratum {
  readonly days: readonly (PassDay | null)[];
  readonly fullPasses: Float64Array;
  readonly passes: Float64Array;
}

/** Estimates one stretch from its own days; days it was not observed on are left out. */
export function estimateStretch(
  observations: ZoneObservations,
  stretch: number,
  options: StretchOptions,
): StretchEstimate {
  const groups = observations.groups.filter((group) => group.stretch === stretch);
  const strata = Array.from({ length: observations.strata }, (_, stratum) =>
    cutStratum(groups, observations, stratum),
  );
  const fits = strata.map(({ days }) => fitPassMixture(days.filter((day) => day !== null)));
  const known = fits.filter((fit) => fit !== null);
  const whole = combine(strata, fits, everyDay(groups.length));
  const random = seededRandom(options.seed + stretch);
  let sd = 0;
  let readySd = 0;
  if (whole !== null && groups.length > 1) {
    const again = (pick: (shares: Shares) => number): number =>
      dayBootstrap(groups.length, options.bootstraps, random, (selection) => {
        const shares = combine(strata, refit(strata, fits, selection), selection);
        return shares === null ? 0 : pick(shares);
      });
    sd = again((shares) => shares.product);
    readySd = again((shares) => shares.ready);
  }
  const t = t975(groups.length - 1);
  const acceptance = options.acceptanceRatio;
  const bounds = (ratio: number | null, sdLog: number): Interval | null =>
    ratio === null || groups.length < 2 ? null : logInterval(ratio, sdLog, t);
  const ready = whole === null ? null : Math.min(1, whole.ready / acceptance);
  const share = whole === null ? null : Math.min(1, whole.product / acceptance);
  const vacancies = known.reduce((sum, fit) => sum + count(fit), 0);
  return {
    stretchId: observations.stretches[stretch]?.id ?? '',
    method: 'product-form',
    takes: known.reduce((sum, fit) => sum + fit.takes, 0),
    exposure: known.reduce((sum, fit) => sum + fit.exposure, 0),
    passes: strata.reduce((sum, { passes }) => sum + total(passes), 0),
    searchReadyRatio: ready,
    fullRatio: whole?.full ?? null,
    searchShareRatio: share,
    interval: bounds(share, sd),
    readyInterval: bounds(ready, readySd),
    phantomRatio:
      vacancies === 0
        ? null
        : known.reduce((sum, fit) => sum + fit.phantomRatio * count(fit), 0) / vacancies,
    days: groups.length,
  };
}

const everyDay = (days: number): number[] => Array.from({ length: days }, (_, d) => d);
const total = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);
const count = (fit: PassMixture): number => fit.real.reduce((sum, day) => sum + day.length, 0);

interface Shares {
  readonly ready: number;
  readonly full: number;
  readonly product: number;
}

/** Flow-weighted over the strata; products are summed, never means multiplied. */
function combine(
  strata: readonly Stratum[],
  fits: readonly (PassMixture | null)[],
  selection: readonly number[],
): Shares | null {
  let passes = 0;
  let ready = 0;
  let full = 0;
  let product = 0;
  strata.forEach((stratum, k) => {
    const fit = fits[k];
    if (fit === null || fit === undefined) return;
    const all = selection.reduce((sum, d) => sum + (stratum.passes[d] ?? 0), 0);
    const atFull = selection.reduce((sum, d) => sum + (stratum.fullPasses[d] ?? 0), 0);
    passes += all;
    full += atFull;
    ready += all * fit.readyRatio;
    product += atFull * fit.readyRatio;
  });
  if (passes <= 0) return null;
  return { ready: ready / passes, full: full / passes, product: product / passes };
}

/** The mixture of resampled days, continued from the fit of all days. */
function refit(
  strata: readonly Stratum[],
  fits: readonly (PassMixture | null)[],
  selection: readonly number[],
): (PassMixture | null)[] {
  return strata.map(({ days }, k) => {
    const fit = fits[k];
    if (fit === null || fit === undefined) return null;
    const observed = days.flatMap((day, d) => (day === null ? [] : [d]));
    const position = new Map(observed.map((d, i) => [d, i]));
    const chosen = selection.filter((d) => position.has(d));
    const real = chosen.map((d) => fit.real[position.get(d) ?? 0] ?? new Float64Array());
    const resampled = chosen.flatMap((d) => days[d] ?? []);
    return fitPassMixture(resampled, { ...fit, real }, { outer: 1, inner: 8 }) ?? fit;
  });
}

function cutStratum(
  groups: readonly StretchDay[],
  observations: ZoneObservations,
  stratum: number,
): Stratum {
  const days: (PassDay | null)[] = [];
  const fullPasses = new Float64Array(groups.length);
  const passes = new Float64Array(groups.length);
  groups.forEach((group, g) => {
    const segments = (observations.days[group.day]?.segments ?? []).filter(
      (segment) => segment.stratum === stratum,
    );
    const until = passesUntil(group.counts, observations.sensors.undercountRatio);
    for (const { fromS, toS } of segments) {
      passes[g] = (passes[g] ?? 0) + until(toS) - until(fromS);
      fullPasses[g] = (fullPasses[g] ?? 0) + passesAtFull(group, fromS, toS, until);
    }
    days.push(segments.length === 0 ? null : cutDay(group, segments, until, observations.sensors));
  });
  return { days, fullPasses, passes };
}

/** A vacancy that begins before a segment is watched from its start; one that outlives it is censored. */
function cutDay(
  group: StretchDay,
  segments: readonly Segment[],
  until: (atS: number) => number,
  sensors: SensorTraits,
): PassDay {
  const shiftS = sensors.occupiedLatencyS - sensors.freeLatencyS;
  const vacancies = segments.flatMap((segment) =>
    group.vacancies.flatMap(({ fromS, toS, end }) => {
      const from = Math.max(fromS, segment.fromS);
      const to = Math.min(toS, segment.toS);
      if (to <= from) return [];
      // A guided take ends the exposure and is none of the unguided takes.
      const taken = (end === vacancyEnd.taken || end === vacancyEnd.inferred) && toS <= segment.toS;
      return [{ fromS: from, toS: taken ? to - shiftS : to, taken }];
    }),
  );
  return { vacancies, passesUntil: until };
}

/** Passes in a segment while no space was seen vacant. */
function passesAtFull(
  group: StretchDay,
  fromS: number,
  toS: number,
  until: (atS: number) => number,
): number {
  const sorted = [...group.vacancies].sort((a, b) => a.fromS - b.fromS);
  let full = 0;
  let reached = fromS;
  for (const vacancy of sorted) {
    const opens = Math.min(toS, vacancy.fromS);
    if (opens > reached) full += until(opens) - until(reached);
    reached = Math.max(reached, Math.min(toS, vacancy.toS));
  }
  return full + (toS > reached ? until(toS) - until(reached) : 0);
}
