import { hourMs, quarterMs } from '../../services/domain/local-time.ts';
import type { Inventory } from '../../services/domain/site.ts';
import { createMeasure } from '../../services/pipeline/measure/measure.ts';
import type { HistoryStore } from '../../services/ports/history-store.ts';
import { startMs } from '../contract/history-store-rows.ts';
import { createManualClock } from './manual-clock.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { street } from './street.ts';
import { waitFor } from './wait-for.ts';

export const always = { fromMs: startMs - 40 * 24 * hourMs, toMs: startMs + 40 * 24 * hourMs };

/** A town whose history is rolled up, and whose time moves by hand only; news hold for weeks unless said. */
export function measuredTown(
  store: HistoryStore,
  nowMs: number,
  options: {
    readonly staleAfterMs?: number;
    readonly timeZone?: string;
    readonly inventory?: Inventory;
  } = {},
) {
  const {
    staleAfterMs = 100 * 24 * hourMs,
    timeZone = 'Europe/Berlin',
    inventory = street,
  } = options;
  const clock = createManualClock(nowMs);
  const log = createRecordingLogger();
  const measure = createMeasure({
    store,
    clock,
    log,
    inventory: () => inventory,
    timeZone,
    staleAfterMs: () => staleAfterMs,
    backDays: 30,
  });
  /** Moves the time on and waits until the roll-ups have come along. */
  const advance = async (byMs: number): Promise<void> => {
    clock.advance(byMs);
    const closedMs = Math.floor((clock.now() - 60_000) / quarterMs) * quarterMs;
    await waitFor(() => measure.status().doneMs === closedMs && measure.status().dueHours === 0, {
      what: 'the roll-ups',
    });
  };
  return { clock, log, measure, advance };
}
