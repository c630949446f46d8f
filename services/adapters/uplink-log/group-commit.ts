import type { Clock } from '../../ports/clock.ts';

export interface GroupCommit {
  /** Records were written: a sync follows within `everyMs`, or at once after `everyRecords`. */
  wrote(records: number): void;
  /** Resolves when everything written so far is on stable storage; rejects when the sync failed. */
  synced(): Promise<void>;
}

/** Gathers many writes into one sync. At most one `sync` runs at a time; what comes meanwhile is in the next. */
export function createGroupCommit(options: {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly everyRecords: number;
  readonly sync: () => Promise<void>;
  /** Told of every failed sync, whether or not somebody waits for it. */
  readonly failed: (error: unknown) => void;
}): GroupCommit {
  const { clock, everyMs, everyRecords, sync, failed } = options;
  let written = 0;
  /** Synced, or given up: after a failed sync the kernel forgets the pages, and a second try proves nothing. */
  let settled = 0;
  let running: Promise<void> | null = null;
  let cancelTimer: (() => void) | null = null;

  const run = (): Promise<void> => {
    cancelTimer?.();
    cancelTimer = null;
    const upTo = written;
    running = sync().finally(() => {
      settled = upTo;
      running = null;
      schedule();
    });
    running.catch(failed);
    return running;
  };
  const schedule = (): void => {
    if (running !== null || written === settled) return;
    if (written - settled >= everyRecords) void run().catch(() => undefined);
    else cancelTimer ??= clock.after(everyMs, () => void run().catch(() => undefined));
  };
  return {
    wrote(records) {
      written += records;
      schedule();
    },
    async synced() {
      const target = written;
      while (settled < target) await (running ?? run());
    },
  };
}
