import type { Interval } from './model/interval.ts';
import { reason, type Reason, type ReasonCode } from './reasons.ts';

/** `provisional` may be shown with its reasons; `insufficient` shows the reasons instead of a headline. */
export type Sufficiency = 'sufficient' | 'provisional' | 'insufficient';

export interface Judgement {
  readonly sufficiency: Sufficiency;
  readonly reasons: readonly Reason[];
}

/** What the judgement of a zone rests on. */
export interface ZoneEvidence {
  readonly searchShareRatio: number;
  readonly interval: Interval | null;
  readonly passes: number;
  readonly takes: number;
  readonly days: number;
  readonly stretches: number;
  /** Relative standard deviation from the choice of streets, the unsensed share counted in. */
  readonly streetSd: number;
  readonly sensedSpacesRatio: number;
  readonly missedArrivalRatio: number;
  readonly isAcceptanceMeasured: boolean;
}

/** One requirement: below `good` it is provisional, below `poor` it is insufficient. */
interface Bar {
  readonly code: ReasonCode;
  readonly have: number;
  readonly good: number;
  readonly poor: number;
}

/** The table of estimators-town.md 6; more is better for all but the negated ones. */
export function judgeZone(evidence: ZoneEvidence): Judgement {
  if (evidence.passes <= 0) return { sufficiency: 'insufficient', reasons: [reason('no-counts')] };
  const high = evidence.searchShareRatio >= 0.1;
  const judgement = judge(
    [
      { code: 'few-takes', have: evidence.takes, good: 700, poor: 200 },
      { code: 'few-days', have: evidence.days, good: high ? 20 : 10, poor: 3 },
      { code: 'few-stretches', have: evidence.stretches, good: 10, poor: 10 },
      { code: 'few-spaces-sensed', have: evidence.sensedSpacesRatio, good: 0.6, poor: 0.3 },
    ],
    [
      { code: 'few-streets-of-zone', have: evidence.streetSd, good: 0.15, poor: 0.4 },
      {
        code: 'many-missed-arrivals',
        have: evidence.missedArrivalRatio,
        good: 0.08,
        poor: high ? 0.08 : 0.15,
      },
      { code: 'wide-interval', have: halfWidth(evidence.interval), good: 0.1, poor: 0.2 },
    ],
  );
  if (evidence.isAcceptanceMeasured) return judgement;
  return { ...judgement, reasons: [...judgement.reasons, reason('acceptance-assumed')] };
}

/** What the judgement of a single stretch rests on. */
export interface StretchEvidence {
  readonly takes: number;
  readonly exposure: number;
  readonly passes: number;
  readonly days: number;
  readonly interval: Interval | null;
  readonly phantomRatio: number;
  readonly sensedSpacesRatio: number;
  /** Mean life of a vacancy, and the blind time after each opening, s. */
  readonly vacancyLifeS: number;
  readonly blindS: number;
}

/** The list of estimators.md 2.8. */
export function judgeStretch(evidence: StretchEvidence): Judgement {
  if (evidence.passes <= 0) return { sufficiency: 'insufficient', reasons: [reason('no-counts')] };
  const need = 1.5 * evidence.blindS;
  return judge(
    [
      { code: 'few-takes', have: evidence.takes, good: 100, poor: 30 },
      { code: 'few-days', have: evidence.days, good: 10, poor: 5 },
      { code: 'few-passes', have: evidence.exposure, good: 150, poor: 150 },
      { code: 'few-spaces-sensed', have: evidence.sensedSpacesRatio, good: 0.9, poor: 0.3 },
      { code: 'vacancies-too-short', have: evidence.vacancyLifeS, good: need, poor: 0 },
    ],
    [
      { code: 'many-phantoms', have: evidence.phantomRatio, good: 0.15, poor: 0.15 },
      { code: 'wide-interval', have: halfWidth(evidence.interval), good: 0.1, poor: 0.2 },
    ],
  );
}

/** Half the interval's width; without an interval there is nothing to be wide. */
const halfWidth = (interval: Interval | null): number =>
  interval === null ? 0 : (interval[1] - interval[0]) / 2;

function judge(atLeast: readonly Bar[], atMost: readonly Bar[]): Judgement {
  const short = [
    ...atLeast.filter(({ have, good }) => have < good),
    ...atMost.filter(({ have, good }) => have > good),
  ];
  const poor =
    atLeast.some((bar) => bar.have < bar.poor) || atMost.some((bar) => bar.have > bar.poor);
  const sufficiency = poor ? 'insufficient' : short.length > 0 ? 'provisional' : 'sufficient';
  return { sufficiency, reasons: short.map(({ code, have, good }) => reason(code, have, good)) };
}
