import type { EpochMs } from '../../services/domain/ids.ts';
import type { Clock } from '../../services/ports/clock.ts';

export interface ManualClock extends Clock {
  /** Moves the time on and runs what is due, in the order it is due. */
  advance(byMs: number): void;
}

/** A clock that stands still until it is moved. */
export function createManualClock(startMs: EpochMs = Date.UTC(2026, 10, 21, 9)): ManualClock {
  interface Timer {
    dueMs: EpochMs;
    readonly periodMs: number | null;
    readonly run: () => void;
  }
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const add = (timer: Timer): (() => void) => {
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const nextDue = (untilMs: EpochMs): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  };
  return {
    now: () => nowMs,
    after: (delayMs, run) => add({ dueMs: nowMs + delayMs, periodMs: null, run }),
    every: (periodMs, run) => add({ dueMs: nowMs + periodMs, periodMs, run }),
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        nowMs = timer.dueMs;
        if (timer.periodMs === null) timers.delete(timer);
        else timer.dueMs += timer.periodMs;
        timer.run();
      }
      nowMs = untilMs;
    },
  };
}
