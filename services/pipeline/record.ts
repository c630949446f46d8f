import { AppError } from '../domain/errors.ts';
import { createBatches, partOf, rowsOf } from '../domain/history-batch.ts';
import type { Observed } from '../domain/observation.ts';
import type { PlaceTracker } from '../domain/tracker.ts';
import type { Uplink } from '../domain/uplink.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryBatch, HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { LogReader, LogRecord, LogSeq } from '../ports/uplink-log.ts';

/** Where the stage goes on. */
export interface Beginning {
  /** Last record that is in the history. */
  readonly cursor: LogSeq;
  /** As it was after record `trackedSeq`; at or before the cursor. */
  readonly tracker: PlaceTracker;
  readonly trackedSeq: LogSeq;
}

export interface Record {
  start(): void;
  /** Writes what is left, as far as the store lets it. */
  stop(): Promise<void>;
  status(): RecordStatus;
  /** The tracker and the record it has come to, for a snapshot; `undefined` while that is not sure. */
  snapshot():
    { readonly seq: LogSeq; readonly tracker: ReturnType<PlaceTracker['snapshot']> } | undefined;
  /**
   * Reads the log again up to a record, for what `read` understands now and nobody did before. Of these
   * the ones that were folded before go into the history now; the others are yet to come anyway. Resolves
   * with the number of uplinks when all is stored, however long that takes.
   */
  readAgain(upTo: LogSeq, read: (uplink: Uplink) => Observed | undefined): Promise<number>;
  /** Called after a batch is stored, with the times its data lie in. */
  onStored(listener: (batch: HistoryBatch) => void): void;
}

export interface RecordStatus {
  /** Last record that is in the history. */
  readonly cursor: LogSeq;
  /** Records that wait in the log. */
  readonly backlogRecords: number;
  readonly retries: number;
  readonly problem: string | null;
}

/** The log is looked at this often; what came in between goes into one batch. */
const flushEveryMs = 250;
/** Each batch is a transaction, which costs some milliseconds; its rows are kept until it is stored. */
const batchRecords = 8_000;
/** Records that are kept at a time: folded, they are rows. */
const foldedAtOnce = 500;
const longestPauseMs = 30_000;

/**
 * Log → history, from a cursor of its own. It folds the same uplinks again, apart from the present, so
 * that a store that is down costs nothing but disk: the cursor moves when the store has confirmed, and
 * the backlog drains when it is back.
 */
export function createRecord(deps: {
  readonly log: LogReader;
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly interpret: (uplink: Uplink) => Observed | undefined;
  /** Asked again until it can tell: the store may be away when the process starts. */
  readonly begin: () => Promise<Beginning>;
  /** What is said of the cursor until then. */
  readonly savedSeq: LogSeq;
  /** Keeps a row that the store refused, with the reason. */
  readonly refused: (batch: HistoryBatch, reason: string) => void;
}): Record {
  const { log, store, clock, logger, interpret, refused } = deps;
  const listeners: ((batch: HistoryBatch) => void)[] = [];
  /** `undefined` until the store has told where to begin. */
  let tracker: PlaceTracker | undefined;
  let cursor = deps.savedSeq;
  let tracked = deps.savedSeq;
  let retries = 0;
  let pauseUntilMs = 0;
  let problem: string | null = null;
  let running: Promise<void> | undefined;
  let stopTimer: (() => void) | undefined;
  let isStopping = false;
  const agains: Again[] = [];

  /** A batch that is folded but not yet stored; it must be stored before the next is folded, into the same rows. */
  let pending: HistoryBatch | undefined;
  const batches = createBatches();

  /** Folds records into a batch; those the store has already only move the tracker. */
  const fold = (its: PlaceTracker, records: readonly LogRecord[]): void => {
    for (const { seq, uplink } of records) {
      tracked = seq;
      const observed = interpret(uplink);
      if (!observed) continue;
      const changed = its.apply(observed);
      if (seq > cursor) batches.add(observed, changed);
    }
  };
  /** Folds the next batch as it is read: rows are kept until it is stored, records are not. */
  const gather = async (its: PlaceTracker): Promise<void> => {
    batches.begin();
    const before = tracked;
    try {
      for await (const records of log.read(tracked + 1, foldedAtOnce)) {
        fold(its, records);
        if (tracked - before >= batchRecords) break;
      }
    } finally {
      // Also when reading broke off: the tracker has moved on already.
      if (tracked > cursor) pending = batches.upTo(tracked);
    }
  };

  /** What the store will never take is halved until the rows at fault are alone: kept elsewhere, the rest goes on. */
  const salvage = async (batch: HistoryBatch, reason: string): Promise<void> => {
    const rows = rowsOf(batch);
    if (rows <= 1) {
      logger.error({ reason }, 'history refused a row');
      if (rows === 0) return;
      refused(batch, reason);
      if (batch.upTo !== null) await append(partOf(batch, rows, rows));
      return;
    }
    const middle = Math.ceil(rows / 2);
    await append(partOf(batch, 0, middle));
    await append(partOf(batch, middle, rows));
  };
  const append = async (batch: HistoryBatch): Promise<void> => {
    try {
      await store.append(batch);
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.retryable) throw cause;
      await salvage(batch, cause.message);
    }
  };

  const answered = (): void => {
    retries = 0;
    if (problem !== null) logger.info({ cursor }, 'history is back');
    problem = null;
  };
  const write = async (batch: HistoryBatch): Promise<void> => {
    await append(batch);
    cursor = batch.upTo ?? cursor;
    pending = undefined;
    answered();
    for (const listener of listeners) listener(batch);
  };

  /** Late news all of it: folded before what is yet to come, so that the order is nearly that of the log. */
  const readAgainNow = async (its: PlaceTracker, again: Again): Promise<'done' | 'left'> => {
    // What is stored already but lies behind the snapshot is folded once more, which changes nothing.
    const foldedUpTo = Math.max(cursor, again.foldedUpTo ?? tracked);
    for await (const records of log.read(again.from, batchRecords)) {
      if (isStopping) return 'left';
      if ((records[0]?.seq ?? 0) > again.upTo) break;
      batches.begin();
      for (const { seq, uplink } of records) {
        if (seq > again.upTo) break;
        again.from = seq + 1;
        const observed = again.read(uplink);
        if (!observed) continue;
        again.uplinks += 1;
        if (seq <= foldedUpTo) batches.add(observed, its.apply(observed));
      }
      pending = batches.upTo(null);
      if (pending.health.length > 0) await write(pending);
      pending = undefined;
    }
    return 'done';
  };

  const begin = async (): Promise<PlaceTracker> => {
    const beginning = await deps.begin();
    ({ cursor, trackedSeq: tracked, tracker } = beginning);
    answered();
    return beginning.tracker;
  };

  const drain = async (): Promise<void> => {
    const its = tracker ?? (await begin());
    if (pending) await write(pending);
    for (let next = agains[0]; next; next = agains[0]) {
      if ((await readAgainNow(its, next)) === 'left') break;
      agains.shift();
      next.done(next.uplinks);
    }
    const last = log.status().last;
    for (let before = -1; tracked < last && tracked !== before;) {
      before = tracked;
      // The cursor must not get ahead of what a power cut leaves of the log: only that is read.
      await gather(its);
      if (pending) await write(pending);
    }
  };

  const run = async (): Promise<void> => {
    try {
      await drain();
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      if (problem === null)
        logger.warn({ code: cause.code, cause: cause.message }, 'history is away');
      problem = cause.message;
      retries += 1;
      pauseUntilMs = clock.now() + Math.min(longestPauseMs, 250 * 2 ** Math.min(retries, 8));
    }
  };

  const pump = (): void => {
    const isIdle = tracker && log.status().last <= cursor && agains.length === 0;
    if (running || clock.now() < pauseUntilMs || isIdle) return;
    running = run().finally(() => {
      running = undefined;
    });
  };

  return {
    start() {
      isStopping = false;
      stopTimer = clock.every(flushEveryMs, pump);
    },
    async stop() {
      stopTimer?.();
      isStopping = true;
      await running;
      if (problem === null) await run();
    },
    status: () => ({
      cursor,
      backlogRecords: Math.max(0, log.status().last - cursor),
      retries,
      problem,
    }),
    snapshot: () =>
      pending || !tracker ? undefined : { seq: tracked, tracker: tracker.snapshot() },
    readAgain: (upTo, read) =>
      new Promise((done) => {
        agains.push({
          from: 1,
          upTo,
          foldedUpTo: tracker ? tracked : null,
          read,
          uplinks: 0,
          done,
        });
      }),
    onStored: (listener) => void listeners.push(listener),
  };
}

/** A part of the log that is read a second time. */
interface Again {
  from: LogSeq;
  readonly upTo: LogSeq;
  /** Up to here the log was folded without it; `null` when nothing was folded yet. */
  readonly foldedUpTo: LogSeq | null;
  readonly read: (uplink: Uplink) => Observed | undefined;
  uplinks: number;
  readonly done: (uplinks: number) => void;
}
