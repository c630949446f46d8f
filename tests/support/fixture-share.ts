import type { ShareEstimateView } from '../../services/contract/metrics.ts';

export const dayMs = 86_400_000;
/** 21 November, 0 h in Berlin. */
export const today = Date.parse('2026-11-20T23:00:00Z');
export const iso = (ms: number): string => new Date(ms).toISOString();

/** An estimate in which everything agrees; the fields given come on top. */
export const shareOf = (
  searchShareRatio: number,
  change: Partial<ShareEstimateView> = {},
): ShareEstimateView => ({
  from: iso(today - 28 * dayMs),
  to: iso(today),
  searchShareRatio,
  interval: [searchShareRatio * 0.87, searchShareRatio * 1.15],
  isLowerBound: searchShareRatio > 0.12,
  upperBandRatio: searchShareRatio > 0.12 ? searchShareRatio * 1.2 : null,
  uncertainty: { daySd: 0.03, streetSd: 0.04, flowSd: 0.05, acceptanceSd: null },
  searchReadyRatio: 0.05,
  fullRatio: 0.31,
  phantomRatio: 0.04,
  missedArrivalRatio: 0.05,
  takes: 12_480,
  passes: 310_000,
  days: 28,
  stretches: 38,
  countedStretches: 22,
  streetsOfZone: 60,
  sensedSpacesRatio: 0.91,
  sufficiency: 'sufficient',
  reasons: [],
  ...change,
});
