import type { GuidedStop } from '../domain/guidance/guided-stops.ts';
import type { EpochMs } from '../domain/ids.ts';

/** Stops of guided drivers, kept for the search share. No driver, no session and no way is in it. */
export interface GuidedRecord {
  /** Kept before it returns; what cannot be written is reported and lost. */
  append(stop: GuidedStop): void;
  /** Stops in `[fromMs, toMs)`, oldest first. */
  between(fromMs: EpochMs, toMs: EpochMs): Promise<readonly GuidedStop[]>;
}
