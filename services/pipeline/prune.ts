import { AppError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';

export interface Prune {
  /** Drops what is too old now, and every hour from then on. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const dayMs = 86_400_000;
const everyMs = 3_600_000;

/** Keeps each kind of history for as long as the deployment says, in days. Counts go with transitions. */
export function createPrune(deps: {
  readonly store: Pick<HistoryStore, 'prune'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly retention: {
    readonly rawDays: number;
    readonly transitionDays: number;
    readonly rollUp15minDays: number;
    readonly rollUpHourDays: number;
    readonly rollUpDayDays: number;
  };
}): Prune {
  const { store, clock, log, retention } = deps;
  let running: Promise<void> = Promise.resolve();
  let stopTimer = (): void => undefined;

  async function run(): Promise<void> {
    const before = (days: number): number => clock.now() - days * dayMs;
    try {
      await store.prune({
        observationsMs: before(retention.rawDays),
        healthMs: before(retention.rawDays),
        transitionsMs: before(retention.transitionDays),
        countsMs: before(retention.transitionDays),
        rollUpsMs: {
          '15min': before(retention.rollUp15minDays),
          hour: before(retention.rollUpHourDays),
          day: before(retention.rollUpDayDays),
        },
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ code: error.code, detail: error.message }, 'old history stays for now');
    }
  }

  return {
    async start() {
      running = run();
      stopTimer = clock.every(everyMs, () => {
        running = run();
      });
      await running;
    },
    async stop() {
      stopTimer();
      await running;
    },
  };
}
