import type { EpochMs } from '../domain/ids.ts';
import type { Rejected, Uplink } from '../domain/uplink.ts';

/** One page of what the network server had stored, oldest first. */
export interface UplinkPage {
  readonly uplinks: readonly Uplink[];
  readonly rejected: readonly Rejected[];
  /** When the server had the last message of the page, by its clock; `null` for a page without any. */
  readonly storedUntilMs: EpochMs | null;
  /** What the server's clock said when it answered; `null` when it did not tell. */
  readonly answeredAtMs: EpochMs | null;
  /** Pass it to the next call; `null` after the last page. */
  readonly next: string | null;
}

/** Uplinks that a network server kept, for closing gaps. */
export interface UplinkHistory {
  /** Uplinks stored in `[fromMs, toMs)`. Throws a retryable AppError when the server cannot answer now. */
  page(query: {
    readonly fromMs: EpochMs;
    readonly toMs: EpochMs;
    readonly next: string | null;
    /** Gives up waiting for the answer. */
    readonly signal?: AbortSignal;
  }): Promise<UplinkPage>;
  /** How far back the server remembers, in ms; `null` is not known. */
  readonly retentionMs: number | null;
}
