import type { RejectReason, Rejected } from '../domain/uplink.ts';

/** Messages that were set aside, with their reason: bounded, the oldest go first. Never throws. */
export interface DeadLetters {
  add(rejected: Rejected): void;
  /** Whether it was kept before the start. */
  holds(rejected: Rejected): boolean;
  /** The newest ones, newest first. */
  recent(): readonly Rejected[];
  /** How many were set aside since the start, by reason. */
  counts(): ReadonlyMap<RejectReason, number>;
  close(): void;
}
