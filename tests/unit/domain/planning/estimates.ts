import type { ShareEstimate } from '../../../../services/domain/planning/share-question.ts';

/** An estimate that is good enough for everything. */
export const anEstimate = (more: Partial<ShareEstimate> = {}): ShareEstimate => ({
  searchShareRatio: 0.1,
  interval: [0.09, 0.11],
  isLowerBound: false,
  upperBandRatio: null,
  daySd: 0.05,
  streetSd: 0,
  flowSd: 0.1,
  acceptanceSd: 0.05,
  searchReadyRatio: 0.2,
  fullRatio: 0.3,
  phantomRatio: 0.05,
  missedArrivalRatio: 0.03,
  takes: 5000,
  passes: 1_000_000,
  days: 14,
  stretches: 50,
  countedStretches: 5,
  streetsOfZone: 60,
  sensedSpacesRatio: 0.95,
  sufficiency: 'sufficient',
  reasons: [],
  ...more,
});
