import { AppError } from '../domain/errors.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { UplinkHistory, UplinkPage } from '../ports/uplink-history.ts';
import type { UplinkHandler } from '../ports/uplink-source.ts';

interface BackfillStatus {
  readonly state: 'idle' | 'running' | 'waiting' | 'stopped';
  /** All that the network server had stored before this time has been handed on; `null` is not known yet. */
  readonly completeUntilMs: EpochMs | null;
  /** Handed on since the start, those that were known already included. */
  readonly uplinks: number;
  /** What the server no longer had when it was asked: lost for good. `null` while nothing is. */
  readonly lost: { readonly fromMs: EpochMs; readonly toMs: EpochMs } | null;
  readonly problem: string | null;
}

export interface Backfill {
  start(): Promise<void>;
  /** Resolves when nothing is being handed on any more. */
  stop(): Promise<void>;
  /** Asks at once, and once more when late batches must have arrived; called after every (re)connect. */
  now(): void;
  status(): BackfillStatus;
}

/** Uplinks handed on before others get their turn: a few milliseconds of work. */
const sliceSize = 100;
const firstPauseMs = 5_000;
const longestPauseMs = 300_000;

/**
 * Closes gaps from what the network server stored. Each run asks for everything since the last complete
 * one, less an overlap for batches that the server wrote late: so it also finds what MQTT dropped without
 * a word. The handler knows what it has already (see `createDedupeWindow`) and drops it. After a crash it
 * goes on where the last page ended.
 */
export function createBackfill(deps: {
  readonly history: UplinkHistory;
  readonly handler: Pick<UplinkHandler, 'receive' | 'rejected'>;
  readonly snapshots: Snapshots;
  /** Names the progress among the snapshots: one for each source. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Newest uplink in the log; asked only when there is no progress yet. */
  readonly lastUplinkMs: () => EpochMs | null;
  readonly everyMs: number;
  /** How late the server may write what it received. */
  readonly overlapMs: number;
}): Backfill {
  const { history, handler, snapshots, name, clock, logger, everyMs, overlapMs } = deps;
  let state: BackfillStatus['state'] = 'stopped';
  let completeUntilMs: EpochMs | null = null;
  let uplinks = 0;
  let lost: BackfillStatus['lost'] = null;
  let problem: string | null = null;
  let isWanted = false;
  let pauseMs = firstPauseMs;
  let running: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  let stopTimer = (): void => undefined;
  let cancelRetry = (): void => undefined;
  let cancelRepeat = (): void => undefined;

  /** Lets others have their turn; `wake` cuts it short. */
  let wake = (): void => undefined;
  const breathe = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      clock.after(0, resolve);
    });
  const isStopped = (): boolean => state === 'stopped';

  /** Where to begin: never before what the server can still have. */
  function beginMs(nowMs: EpochMs): EpochMs {
    const oldestMs = nowMs - (history.retentionMs ?? nowMs);
    const knownMs = completeUntilMs ?? deps.lastUplinkMs();
    if (knownMs === null) return oldestMs;
    if (knownMs < oldestMs && lost?.fromMs !== knownMs) {
      lost = { fromMs: knownMs, toMs: oldestMs };
      logger.error(
        { name, ...lost },
        'the gap is longer than the network server remembers: uplinks are lost',
      );
    }
    return Math.max(oldestMs, knownMs - overlapMs);
  }

  const remember = async (untilMs: EpochMs): Promise<void> => {
    completeUntilMs = untilMs;
    await snapshots.save(name, { completeUntilMs });
  };

  async function askForAll(): Promise<void> {
    const toMs = clock.now();
    const fromMs = beginMs(toMs);
    const pageAfter = (next: string | null): Promise<UplinkPage> => {
      const asked = history.page({ fromMs, toMs, next, signal: stopping.signal });
      // What fails while another page is being handed on is found out when its turn comes, or not at all.
      asked.catch(() => undefined);
      return asked;
    };
    // The next page is under way while one is handed on; no more than these two are in memory.
    let coming: Promise<UplinkPage> | null = pageAfter(null);
    while (coming !== null) {
      const page: UplinkPage = await coming;
      if (isStopped()) return;
      coming = page.next === null ? null : pageAfter(page.next);
      for (const rejected of page.rejected) {
        // A frame without content is no news the second time.
        if (rejected.reason !== 'no-payload' && rejected.reason !== 'simulated') {
          handler.rejected(rejected);
        }
      }
      for (let from = 0; from < page.uplinks.length; from += sliceSize) {
        await breathe();
        if (isStopped()) return;
        const slice = page.uplinks.slice(from, from + sliceSize);
        handler.receive(slice);
        uplinks += slice.length;
      }
      const newest = page.uplinks.at(-1);
      if (page.next !== null && newest && newest.receivedAtMs > (completeUntilMs ?? 0)) {
        await remember(newest.receivedAtMs);
      }
    }
    if (!isStopped()) await remember(toMs);
  }

  async function run(): Promise<void> {
    state = 'running';
    while (isWanted && !isStopped()) {
      isWanted = false;
      try {
        await askForAll();
        problem = null;
        pauseMs = firstPauseMs;
      } catch (error) {
        failed(error);
        return;
      }
    }
    if (!isStopped()) state = 'idle';
  }

  function failed(error: unknown): void {
    if (!(error instanceof AppError)) throw error;
    if (isStopped()) return;
    problem = error.message;
    state = 'waiting';
    isWanted = false;
    logger.warn(
      { name, err: error, pauseMs: error.retryable ? pauseMs : everyMs },
      'gap not closed yet',
    );
    // What patience does not mend is tried again when the next round is due.
    if (!error.retryable) return;
    cancelRetry = clock.after(pauseMs, ask);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }

  function ask(): void {
    if (isStopped()) return;
    isWanted = true;
    if (state === 'running') return;
    cancelRetry();
    running = run();
  }

  return {
    async start() {
      const saved = await snapshots.load(name);
      if (hasProgress(saved)) completeUntilMs = saved.completeUntilMs;
      state = 'idle';
      stopTimer = clock.every(everyMs, ask);
      ask();
    },
    async stop() {
      state = 'stopped';
      stopping.abort();
      wake();
      stopTimer();
      cancelRetry();
      cancelRepeat();
      await running;
    },
    now() {
      ask();
      cancelRepeat();
      cancelRepeat = clock.after(overlapMs, ask);
    },
    status: () => ({ state, completeUntilMs, uplinks, lost, problem }),
  };
}

const hasProgress = (saved: unknown): saved is { readonly completeUntilMs: EpochMs } =>
  typeof saved === 'object' &&
  saved !== null &&
  'completeUntilMs' in saved &&
  typeof saved.completeUntilMs === 'number';
