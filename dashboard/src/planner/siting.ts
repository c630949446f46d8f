import type { Metrics, ShareEstimateView } from '../../../services/contract/metrics.ts';
import { isUsable } from './share.ts';

/** What makes an interval wide; each could be made smaller by something the town can do. */
export type Cause = 'days' | 'streets' | 'flows' | 'acceptance';

export interface Advice {
  /** Biggest part of the uncertainty. */
  readonly cause: Cause;
  /** Its share of the variance, 0–1. */
  readonly partRatio: number;
  readonly next: NextStep;
  /** The 95 % interval after the next step, with nothing else changed: an approximation. */
  readonly then: readonly [number, number] | null;
}

/** What the town could do about a cause; `n` counters or streets more, of the others twice as much. */
export interface NextStep {
  readonly cause: Cause;
  readonly n: number;
  /** What is left of the variance of this cause. */
  readonly leftRatio: number;
}

/** Steps that a council would decide on at once. */
const moreCounters = 5;
const moreStreets = 10;

/** A sample's variance falls with its size; that of a choice of streets ends when all are sensed. */
function nextStep(cause: Cause, estimate: ShareEstimateView): NextStep {
  const { countedStretches, stretches, streetsOfZone } = estimate;
  switch (cause) {
    case 'flows':
      return {
        cause,
        n: moreCounters,
        leftRatio: countedStretches / (countedStretches + moreCounters),
      };
    case 'streets': {
      const n = Math.min(moreStreets, Math.max(0, streetsOfZone - stretches));
      const missing = (sensed: number): number => (1 - sensed / streetsOfZone) / sensed;
      return { cause, n, leftRatio: n === 0 ? 1 : missing(stretches + n) / missing(stretches) };
    }
    case 'days':
    case 'acceptance':
      return { cause, n: 2, leftRatio: 0.5 };
  }
}

/**
 * What a zone's interval is made of, biggest part first. The parts are independent relative standard
 * deviations, so their squares add up; when one of them falls, the interval shrinks on the log scale by
 * the root of what is left. Empty when the estimate has no parts.
 */
export function adviseOn(estimate: ShareEstimateView): readonly Advice[] {
  const { daySd, streetSd, flowSd, acceptanceSd } = estimate.uncertainty;
  const parts: readonly (readonly [Cause, number])[] = [
    ['streets', streetSd],
    ['flows', flowSd ?? 0],
    ['days', daySd],
    ['acceptance', acceptanceSd ?? 0],
  ];
  const whole = parts.reduce((sum, [, sd]) => sum + sd ** 2, 0);
  if (whole <= 0) return [];
  return parts
    .map(([cause, sd]) => {
      const next = nextStep(cause, estimate);
      const left = whole - sd ** 2 * (1 - next.leftRatio);
      return {
        cause,
        partRatio: sd ** 2 / whole,
        next,
        then: narrowed(estimate, Math.sqrt(left / whole)),
      };
    })
    .filter(({ partRatio }) => partRatio >= 0.05)
    .sort((a, b) => b.partRatio - a.partRatio);
}

function narrowed(estimate: ShareEstimateView, factor: number): readonly [number, number] | null {
  const { searchShareRatio: share, interval } = estimate;
  if (!isUsable(estimate) || interval === null || share <= 0 || interval[0] <= 0) return null;
  const half = Math.log(share / interval[0]) * factor;
  return [share * Math.exp(-half), Math.min(1, share * Math.exp(half))];
}

/** A street that a sensor or a counter would tell most of. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly zoneId: string | null;
  readonly kind: 'counter' | 'sensors';
  readonly arrivals: number | null;
  readonly occupancyRatio: number | null;
  readonly sensedSpaces: number;
  readonly numberOfSpaces: number;
}

/** Below this share of sensed spaces a street says little of its full times (estimators.md 2.8). */
const enoughSensed = 0.6;

/** Of each kind: more would be a list of all streets, not advice. */
const mostOfKind = 10;

/**
 * Streets that lack a counter though they have sensors, busiest first, and streets with too few
 * sensors, biggest first.
 */
export function listCandidates(items: Metrics['items']): readonly Candidate[] {
  const of = (item: Metrics['items'][number], kind: Candidate['kind']): Candidate => ({
    id: item.id,
    name: item.name,
    zoneId: item.zoneId,
    kind,
    arrivals: item.total.arrivals,
    occupancyRatio: item.total.occupancyRatio,
    sensedSpaces: item.total.evidence.sensedSpaces,
    numberOfSpaces: item.total.evidence.numberOfSpaces,
  });
  const sensed = ({ total: { evidence } }: Metrics['items'][number]): number =>
    evidence.numberOfSpaces > 0 ? evidence.sensedSpaces / evidence.numberOfSpaces : 1;
  const counters = items
    .filter((item) => sensed(item) >= enoughSensed && item.total.evidence.countedHours === 0)
    .map((item) => of(item, 'counter'))
    .sort((a, b) => (b.arrivals ?? -1) - (a.arrivals ?? -1));
  const sensors = items
    .filter((item) => sensed(item) < enoughSensed)
    .map((item) => of(item, 'sensors'))
    .sort((a, b) => b.numberOfSpaces - b.sensedSpaces - (a.numberOfSpaces - a.sensedSpaces));
  return [...counters.slice(0, mostOfKind), ...sensors.slice(0, mostOfKind)];
}
