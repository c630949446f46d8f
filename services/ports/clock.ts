import type { EpochMs } from '../domain/ids.ts';

/** The time of day and timers; tests move it by hand. */
export interface Clock {
  now(): EpochMs;
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls back again and again; the returned function ends it. Never keeps the process alive. */
  every(periodMs: number, run: () => void): () => void;
}
