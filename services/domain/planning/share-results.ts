import type { EpochMs } from '../ids.ts';
import type { PlannedShare } from './share-plan.ts';
import type { ShareEstimate } from './share-question.ts';

/** An estimate with what it speaks of. */
export interface ShareResult extends PlannedShare {
  readonly estimate: ShareEstimate;
}

/** All estimates there are now. */
export interface ShareResults {
  /** Grows with every new estimate. */
  readonly revision: number;
  /** Whole local days that the estimates may rest on; `null` before there are some. */
  readonly known: { readonly fromMs: EpochMs; readonly toMs: EpochMs } | null;
  readonly results: readonly ShareResult[];
  /** Estimates that are still to be made; at least 1 before it is known which. */
  readonly pending: number;
}
