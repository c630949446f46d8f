import { AppError } from '../../domain/errors.ts';
import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import { hourMs, localDayStart, nextLocalDayStart, quarterMs } from '../../domain/local-time.ts';
import type { RollUp } from '../../domain/roll-up.ts';
import { changedAtMs } from '../../domain/session.ts';
import type { Inventory } from '../../domain/site.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HistoryBatch, HistoryStore } from '../../ports/history-store.ts';
import type { Logger } from '../../ports/logger.ts';
import { createHistorySums } from './history-sums.ts';

export interface Measure {
  /** Computes what is missing up to now, then every quarter hour what has closed. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** To be told of every batch that the history has stored: late data make closed intervals due again. */
  stored(batch: HistoryBatch): void;
  status(): MeasureStatus;
}

interface MeasureStatus {
  /** Intervals up to here are rolled up; `null` before the first are. */
  readonly doneMs: EpochMs | null;
  /** Closed hours that late data touched and that are computed again at the next quarter hour. */
  readonly dueHours: number;
  /** Grows whenever roll-ups were written. */
  readonly revision: number;
  readonly problem: string | null;
}

/** An interval is closed this long after its end: uplinks are seconds under way, batches are flushed. */
const graceMs = 60_000;
const dayMs = 24 * hourMs;

const floorTo = (atMs: EpochMs, stepMs: number): EpochMs => Math.floor(atMs / stepMs) * stepMs;

/** Roll-ups that are stored at a time: fewer would each cost a transaction, more are kept longer. */
const rowsAtOnce = 20_000;

/** Roll-ups on their way to the history; with the last of them, up to when everything is rolled up. */
interface Part {
  readonly rows: readonly RollUp[];
  readonly closedMs: EpochMs | null;
}

async function* toParts(all: AsyncIterable<readonly RollUp[]>): AsyncGenerator<Part> {
  for await (const rows of all) yield { rows, closedMs: null };
}

/** Rolls closed intervals up from the history and writes them back. */
export function createMeasure(deps: {
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inventory: () => Inventory;
  /** IANA zone in which days begin. */
  readonly timeZone: string;
  /** For how long an observation of the space holds. */
  readonly staleAfterMs: (spaceId: SpaceId) => number;
  /** How far back missing roll-ups are made up for: observations are kept no longer. */
  readonly backDays: number;
}): Measure {
  const { store: history, clock, log, timeZone, backDays } = deps;
  const sums = createHistorySums(deps);
  const dueHours = new Set<EpochMs>();
  let doneMs: EpochMs | null = null;
  /** Up to here the history was read, or is being read: what comes from now on may not be in it. */
  let begunMs: EpochMs = -Infinity;
  let revision = 0;
  let problem: string | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopTimer = (): void => undefined;
  let isStopped = false;

  async function store(rows: readonly RollUp[], closedMs: EpochMs | null): Promise<void> {
    if (rows.length > 0) {
      await history.writeRollUps(rows);
      revision += 1;
    }
    doneMs = closedMs ?? doneMs;
  }

  /**
   * Stores what is summed up as it comes: a day of 10,000 spaces at once took 250 MB more. One
   * part is written while the next is read: each leaves the processor to the other for a third of its time.
   */
  async function storeAll(parts: AsyncIterable<Part>): Promise<void> {
    let waiting: RollUp[] = [];
    let storing = Promise.resolve();
    const begin = async (closedMs: EpochMs | null): Promise<void> => {
      await storing;
      storing = store(waiting, closedMs);
      // What the store says against it is said when the next has been read.
      storing.catch(() => undefined);
      waiting = [];
    };
    try {
      for await (const { rows, closedMs } of parts) {
        for (const row of rows) waiting.push(row);
        if (closedMs !== null || waiting.length >= rowsAtOnce) await begin(closedMs);
      }
      await begin(null);
    } finally {
      await storing;
    }
  }

  /** Sums up what lies between, day by day. */
  async function* toClose(fromMs: EpochMs, toMs: EpochMs): AsyncGenerator<Part> {
    for (let atMs = fromMs; atMs < toMs && !isStopped; atMs = begunMs) {
      const dayEndMs = nextLocalDayStart(atMs, timeZone);
      begunMs = Math.min(dayEndMs, toMs);
      yield* toParts(
        dayEndMs <= toMs
          ? sums.ofDay(localDayStart(atMs, timeZone))
          : sums.ofHours({ fromMs: floorTo(atMs, hourMs), toMs }),
      );
      yield { rows: [], closedMs: begunMs };
    }
  }

  /** What late data touched: closed days as a whole, of the open day from the first such hour on. */
  async function measureDue(closedMs: EpochMs): Promise<void> {
    const byDay = Map.groupBy(dueHours, (atMs) => localDayStart(atMs, timeZone));
    for (const [dayStartMs, hours] of byDay) {
      const toMs = Math.min(Math.max(...hours) + hourMs, closedMs);
      const isClosed = nextLocalDayStart(dayStartMs, timeZone) <= closedMs;
      for (const hour of hours) dueHours.delete(hour);
      try {
        await storeAll(
          toParts(
            isClosed ? sums.ofDay(dayStartMs) : sums.ofHours({ fromMs: Math.min(...hours), toMs }),
          ),
        );
      } catch (error) {
        for (const hour of hours) dueHours.add(hour);
        throw error;
      }
    }
  }

  /** Up to where days are rolled up or where one is under way; without any, how far observations go back. */
  async function lastDone(nowMs: EpochMs): Promise<EpochMs> {
    const oldestMs = nowMs - backDays * dayMs;
    const whole = { scope: 'municipality', leaveOut: 'ages' } as const;
    const days = await history.rollUps({ ...whole, step: 'day', fromMs: oldestMs, toMs: nowMs });
    const fromMs = days.at(-1)?.toMs ?? oldestMs;
    const quarters = await history.rollUps({ ...whole, step: '15min', fromMs, toMs: nowMs });
    // Not its end, which may be that of a day that was stored up to its last part.
    return quarters.at(-1)?.fromMs ?? fromMs;
  }

  /** Closes what is open; what fails is tried again at the next quarter hour. */
  async function run(): Promise<void> {
    try {
      const nowMs = clock.now();
      const toMs = floorTo(nowMs - graceMs, quarterMs);
      // Begin with a whole day: the one that was open when we stopped closes as a whole.
      doneMs ??= localDayStart(await lastDone(nowMs), timeZone);
      await storeAll(toClose(doneMs, toMs));
      if (!isStopped) await measureDue(toMs);
      problem = null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problem = error.message;
      log.warn({ code: error.code, detail: error.message }, 'roll-ups wait for the history');
    }
  }

  /** No further back than observations are kept: without them a roll-up would become worse. */
  const markDue = (fromMs: EpochMs, toMs: EpochMs): void => {
    const readMs = Math.max(doneMs ?? -Infinity, begunMs);
    if (fromMs >= readMs) return;
    const firstMs = Math.max(fromMs, readMs - (backDays - 1) * dayMs);
    const lastMs = Math.min(toMs, readMs - 1);
    for (let atMs = floorTo(firstMs, hourMs); atMs <= lastMs; atMs += hourMs) dueHours.add(atMs);
  };

  return {
    async start() {
      running = run();
      await running;
      const next = (): void => {
        const nowMs = clock.now();
        const closedMs = floorTo(nowMs - graceMs, quarterMs);
        // A run that took longer than a quarter hour is followed by the next at once, a failed one is not.
        const fromMs = problem === null ? (doneMs ?? closedMs) : closedMs;
        stopTimer = clock.after(Math.max(0, fromMs + quarterMs + graceMs - nowMs), () => {
          running = run().finally(() => {
            if (!isStopped) next();
          });
        });
      };
      if (!isStopped) next();
    },
    async stop() {
      isStopped = true;
      stopTimer();
      await running;
    },
    stored(batch) {
      for (const { spaceId, observedAtMs } of batch.observations)
        markDue(observedAtMs, observedAtMs + sums.patienceOf(spaceId));
      for (const { fromMs, toMs } of batch.revisions) markDue(fromMs, toMs);
      for (const transition of batch.transitions) markDue(changedAtMs(transition), transition.atMs);
      for (const { fromMs, toMs } of batch.counts) markDue(fromMs, toMs);
    },
    status: () => ({ doneMs, dueHours: dueHours.size, revision, problem }),
  };
}
