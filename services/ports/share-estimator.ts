import type { EpochMs } from '../domain/ids.ts';
import type { ShareDay, ShareEstimate, ShareQuestion } from '../domain/planning/share-question.ts';

/**
 * Estimates search shares where it disturbs nobody: an estimate takes seconds of a processor. Days are
 * handed over once, in pieces, and kept until they are dropped. Rejects when it was closed meanwhile.
 */
export interface ShareEstimator {
  /** Adds streets to what is known of a day. */
  add(day: ShareDay): void;
  /** Forgets days that begin before `fromMs`. */
  drop(fromMs: EpochMs): void;
  estimate(question: ShareQuestion): Promise<ShareEstimate>;
  close(): Promise<void>;
}
