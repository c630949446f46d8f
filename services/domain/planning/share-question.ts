import type { EpochMs } from '../ids.ts';
import { percentText } from '../percent-text.ts';
import { concludeZone, type ZoneEstimate } from '../search-share/estimate-zone.ts';
import type {
  CountedInterval,
  SensorTraits,
  StretchDay,
  ZoneObservations,
} from '../search-share/model/observed.ts';
import { planDays, strataOfWeek } from '../search-share/recording-days.ts';
import type { Sufficiency } from '../search-share/sufficiency.ts';
import { createFlowModel, type FlowStretch } from './flow-model.ts';
import { createShareFits, type ShareFits } from './share-fits.ts';

/** What one closed local day showed, by stretch. */
export interface ShareDay {
  readonly fromMs: EpochMs;
  readonly stretches: ReadonlyMap<string, Omit<StretchDay, 'stretch' | 'day' | 'counts'>>;
  readonly counts: ReadonlyMap<string, readonly CountedInterval[]>;
  /** Kilometres that guided drivers drove on from a street that they found full. */
  readonly guidedKm: ReadonlyMap<string, number>;
}

/** A street of which the search share is asked. */
export interface ShareStretch extends FlowStretch {
  /** Spaces for anybody, with a sensor or not. */
  readonly numberOfSpaces: number;
}

/** What was found out on site; `null` is not. */
export interface Audit {
  /** Share of searching drivers who take a free space they pass, of how many that was seen, and where. */
  readonly acceptance: {
    readonly ratio: number;
    readonly passes: number;
    readonly source: 'observed' | 'simulated';
  } | null;
}

export interface ShareQuestion extends Audit {
  /** Beginnings of the local days to look at, in order. */
  readonly days: readonly EpochMs[];
  readonly timeZone: string;
  readonly stretches: readonly ShareStretch[];
  /** Streets with a counter, of this question or not: they say how much traffic the others have. */
  readonly counted: readonly FlowStretch[];
  readonly streetsOfZone: number;
  readonly sensors: SensorTraits;
  readonly bootstraps: number;
}

export interface ShareReason {
  readonly code: string;
  readonly de: string;
  readonly en: string;
}

/** The search share of streets over days, with all that its uncertainty is made of. Ratios are 0–1. */
export interface ShareEstimate {
  readonly searchShareRatio: number;
  /** 95 %: days, choice of streets, traffic of streets without a counter, the acceptance audit. */
  readonly interval: readonly [number, number] | null;
  readonly isLowerBound: boolean;
  readonly upperBandRatio: number | null;
  /** Relative standard deviations behind the interval; `null` is not known. */
  readonly daySd: number;
  readonly streetSd: number;
  readonly flowSd: number | null;
  readonly acceptanceSd: number | null;
  readonly searchReadyRatio: number;
  readonly fullRatio: number;
  readonly phantomRatio: number;
  readonly missedArrivalRatio: number;
  readonly takes: number;
  readonly passes: number;
  readonly days: number;
  readonly stretches: number;
  readonly countedStretches: number;
  readonly streetsOfZone: number;
  readonly sensedSpacesRatio: number;
  readonly sufficiency: Sufficiency;
  readonly reasons: readonly ShareReason[];
}

const guidedKmOf = (days: readonly ShareDay[], stretches: readonly ShareStretch[]): number =>
  days.reduce(
    (sum, { guidedKm }) =>
      stretches.reduce((ofDay, { id }) => ofDay + (guidedKm.get(id) ?? 0), sum),
    0,
  );

/**
 * Estimator N of some streets over some days. Its searching passes come from sensors alone; counters
 * enter through the total volume only, so streets without one take part with the traffic of their like.
 * Repeatable; takes seconds where days are new to `fits`, so it belongs into a worker thread.
 */
export function answerShare(
  question: ShareQuestion,
  dayOf: (fromMs: EpochMs) => ShareDay | undefined,
  fits: ShareFits = createShareFits(),
): ShareEstimate {
  const { stretches, counted, acceptance } = question;
  const known = question.days.flatMap((fromMs) => dayOf(fromMs) ?? []);
  const plans = new Map(
    known.flatMap(({ fromMs }) =>
      planDays(fromMs, fromMs + 1, question.timeZone)
        .slice(0, 1)
        .map((plan) => [fromMs, plan]),
    ),
  );
  const place = new Map(known.map(({ fromMs }, day) => [fromMs, day]));
  const model = createFlowModel(
    counted,
    known.map(({ fromMs, counts }) => ({ counts, durationS: plans.get(fromMs)?.durationS ?? 0 })),
  );
  const observe = (days: readonly EpochMs[]): ZoneObservations => ({
    stretches,
    days: days.flatMap((fromMs) => plans.get(fromMs) ?? []),
    strata: strataOfWeek,
    groups: days.flatMap((fromMs, day) => {
      const seen = dayOf(fromMs)?.stretches;
      return stretches.flatMap((street, stretch) => {
        const counts = model.countsOf(street, place.get(fromMs) ?? -1);
        const ofStreet = seen?.get(street.id);
        return ofStreet === undefined ? [] : [{ ...ofStreet, stretch, day, counts }];
      });
    }),
    sensors: question.sensors,
  });
  const key = JSON.stringify([stretches, counted, question.timeZone]);
  const days = known.map(({ fromMs }) => fromMs);
  const zone = concludeZone(fits.fitOf(key, days, observe), stretches, {
    streetsOfZone: question.streetsOfZone,
    acceptanceRatio: acceptance?.ratio ?? null,
    guidedExcessKm: guidedKmOf(known, stretches),
    bootstraps: question.bootstraps,
    seed: 1,
    weights: 'length',
  });
  const countedIds = new Set(known.flatMap(({ counts }) => [...counts.keys()]));
  const countedStretches = stretches.filter(({ id }) => countedIds.has(id)).length;
  const flowSd = model.relativeSd(stretches);
  const acceptanceSd = acceptance === null ? null : sdFromAcceptance(acceptance);
  const judgement = judgeFlows(withOrigin(zone, acceptance), {
    flowSd,
    countedStretches,
    stretches: stretches.length,
  });
  return {
    searchShareRatio: zone.searchShareRatio,
    interval: widen(zone, Math.hypot(flowSd ?? 0, acceptanceSd ?? 0)),
    isLowerBound: zone.isLowerBound,
    upperBandRatio: zone.upperBandRatio,
    daySd: zone.daySd,
    streetSd: zone.streetSd,
    flowSd,
    acceptanceSd,
    searchReadyRatio: zone.searchReadyRatio,
    fullRatio: zone.fullRatio,
    phantomRatio: zone.phantomRatio,
    missedArrivalRatio: zone.missedArrivalRatio,
    takes: zone.takes,
    passes: zone.passes,
    days: zone.days,
    stretches: zone.stretches,
    countedStretches,
    streetsOfZone: question.streetsOfZone,
    sensedSpacesRatio: zone.sensedSpacesRatio,
    ...judgement,
  };
}

/** Smallest t quantile the interval uses (estimators-town.md 5.2). */
const leastT = 2.1;

/** The interval with one more independent relative error, on the log scale. */
function widen(
  { interval, searchShareRatio }: ZoneEstimate,
  sd: number,
): ShareEstimate['interval'] {
  if (interval === null || searchShareRatio <= 0 || interval[0] <= 0) return interval;
  const half = Math.hypot(Math.log(searchShareRatio / interval[0]), leastT * sd);
  return [searchShareRatio * Math.exp(-half), Math.min(1, searchShareRatio * Math.exp(half))];
}

/**
 * Relative error that the audit of the acceptance a brings in: the share goes with 1/a to 1/a², for a
 * drivers who turned down a space searches on (estimators-town.md 2.4); taken in the middle.
 */
function sdFromAcceptance({ ratio, passes }: NonNullable<Audit['acceptance']>): number {
  const sd = Math.sqrt((ratio * (1 - ratio)) / Math.max(1, passes));
  return (1.5 * sd) / ratio;
}

/** An acceptance that nobody watched on a street says so beside every figure. */
function withOrigin(zone: ZoneEstimate, acceptance: Audit['acceptance']): JudgedZone {
  if (acceptance?.source !== 'simulated') return zone;
  const reason = {
    code: 'acceptance-simulated',
    de: `Dass ${percentText(acceptance.ratio, 'de')} der Suchenden einen freien Platz nehmen, ist in einer simulierten Stadt gezählt, nicht auf der Straße.`,
    en: `That ${percentText(acceptance.ratio, 'en')} of searching drivers take a free space was counted in a simulated town, not on the street.`,
  };
  return { ...zone, reasons: [...zone.reasons, reason] };
}

interface JudgedZone {
  readonly passes: number;
  readonly sufficiency: Sufficiency;
  readonly reasons: readonly ShareReason[];
}

/** Above these the traffic of streets without a counter is too unsure, relative standard deviation. */
const flowBars = { good: 0.15, poor: 0.5 };

function judgeFlows(
  zone: JudgedZone,
  flows: {
    readonly flowSd: number | null;
    readonly countedStretches: number;
    readonly stretches: number;
  },
): { readonly sufficiency: Sufficiency; readonly reasons: readonly ShareReason[] } {
  const { flowSd, countedStretches, stretches } = flows;
  const isModelled = countedStretches < stretches;
  const { sufficiency } = zone;
  if (!isModelled || zone.passes <= 0) return { sufficiency, reasons: zone.reasons };
  const sd = flowSd ?? Infinity;
  const error = (language: 'de' | 'en'): string =>
    flowSd === null ? '' : ` (±${percentText(flowSd, language)})`;
  const reasons = [
    ...zone.reasons,
    {
      code: 'flows-modelled',
      de: `${countedStretches} von ${stretches} Straßenabschnitten haben einen Zähler; der Verkehr der übrigen ist hochgerechnet${error('de')}.`,
      en: `${countedStretches} of ${stretches} street sections have a counter; the traffic of the others is extrapolated${error('en')}.`,
    },
  ];
  if (sd > flowBars.poor) return { sufficiency: 'insufficient', reasons };
  const isGood = sd <= flowBars.good || zone.sufficiency !== 'sufficient';
  return { sufficiency: isGood ? zone.sufficiency : 'provisional', reasons };
}
