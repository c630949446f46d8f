import type { Clock } from '../../ports/clock.ts';

/** The clock of the machine; with an anchor and a speed the time-lapse of a demo, where timers are real. */
export function systemClock(lapse?: { readonly anchorMs: number; readonly speed: number }): Clock {
  const now = lapse
    ? () => lapse.anchorMs + (Date.now() - lapse.anchorMs) * lapse.speed
    : () => Date.now();
  return {
    now,
    after(delayMs, run) {
      if (delayMs === 0) {
        // A timer would wait a millisecond at least; this only lets others have their turn.
        const turn = setImmediate(run);
        return () => clearImmediate(turn);
      }
      const timer = setTimeout(run, delayMs).unref();
      return () => clearTimeout(timer);
    },
    every(periodMs, run) {
      const timer = setInterval(run, periodMs).unref();
      return () => clearInterval(timer);
    },
  };
}
