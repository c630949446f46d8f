import { AppError } from '../domain/errors.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { UplinkHistory, UplinkPage } from '../ports/uplink-history.ts';
import type { UplinkHandler } from '../ports/uplink-source.ts';

interface BackfillStatus {
  /** Of the source whose gaps it closes. */
  readonly source: string;
  readonly state: 'idle' | 'running' | 'waiting' | 'stopped';
  /** All that the network server had stored before this time has been handed on; `null` is not known yet. */
  readonly completeUntilMs: EpochMs | null;
  /** Handed on since the start, those that were known already included. */
  readonly uplinks: number;
  /** What the server no longer had when it was asked: lost for good. The newest such gap of a month, or `null`. */
  readonly lost: Gap | null;
  readonly problem: string | null;
}

interface Gap {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** What is kept over the end of the process. */
interface Progress {
  readonly completeUntilMs: EpochMs | null;
  readonly lost: Gap | null;
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
const sliceSize = 250;
/** Between two pages: a file is written and synced, and the next page waits for it. */
const rememberEveryMs = 1_000;
const firstPauseMs = 5_000;
const longestPauseMs = 300_000;
/** For so long a loss is told of, over restarts too. */
const tellLossMs = 30 * 86_400_000;
/** Messages set aside that are remembered, so that the overlap does not set them aside again. */
const mostRejected = 200;

/**
 * Closes gaps from what the network server stored. Each run asks for everything since the last complete
 * one, less an overlap for batches that the server wrote late: so it also finds what MQTT dropped without
 * a word. The handler knows what it has already (see `createDedupeWindow`) and drops it. After a crash it
 * goes on where a page of the last second ended.
 */
export function createBackfill(deps: {
  readonly history: UplinkHistory;
  readonly handler: Pick<UplinkHandler, 'receive' | 'rejected'>;
  readonly snapshots: Snapshots;
  /** Name of the source; its progress lies under `backfill-<name>` among the snapshots. */
  readonly source: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Newest uplink in the log; asked at the start only, when there is no progress yet. */
  readonly lastUplinkMs: () => EpochMs | null;
  readonly everyMs: number;
  /** How late the server may write what it received. */
  readonly overlapMs: number;
}): Backfill {
  const { history, handler, snapshots, source, clock, logger, everyMs, overlapMs } = deps;
  const snapshotName = `backfill-${source}`;
  let state: BackfillStatus['state'] = 'stopped';
  let completeUntilMs: EpochMs | null = null;
  let uplinks = 0;
  let lost: BackfillStatus['lost'] = null;
  let problem: string | null = null;
  const knownRejected = new Set<string>();
  let isWanted = false;
  let pauseMs = firstPauseMs;
  let rememberedMs = -Infinity;
  let isRemembered = true;
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

  /** A disk that is full costs asking again after the next start, nothing else. */
  const remember = (): Promise<void> => {
    isRemembered = true;
    rememberedMs = clock.now();
    return snapshots
      .save(snapshotName, { completeUntilMs, lost } satisfies Progress)
      .catch((err: unknown) => logger.warn({ source, err }, 'progress of the backfill not saved'));
  };

  /** Where to begin: never before what the server can still have. */
  async function beginMs(nowMs: EpochMs): Promise<EpochMs> {
    const oldestMs = nowMs - (history.retentionMs ?? nowMs);
    if (completeUntilMs === null) return oldestMs;
    if (completeUntilMs < oldestMs) {
      const isNews = lost?.fromMs !== completeUntilMs;
      // The gap grows for as long as the server cannot be asked.
      lost = { fromMs: completeUntilMs, toMs: oldestMs };
      if (isNews)
        logger.error(
          { source, ...lost },
          'the gap is longer than the network server remembers: uplinks are lost',
        );
      await remember();
    }
    return Math.max(oldestMs, completeUntilMs - overlapMs);
  }

  const setAside = (rejected: UplinkPage['rejected'][number]): void => {
    // A frame without content is no news the second time.
    if (rejected.reason === 'no-payload' || rejected.reason === 'simulated') return;
    if (knownRejected.has(rejected.raw)) return;
    knownRejected.add(rejected.raw);
    const [oldest] = knownRejected;
    if (knownRejected.size > mostRejected && oldest !== undefined) knownRejected.delete(oldest);
    handler.rejected(rejected);
  };

  const cameUntil = (untilMs: EpochMs): void => {
    if (untilMs <= (completeUntilMs ?? 0)) return;
    completeUntilMs = untilMs;
    isRemembered = false;
  };

  async function askForAll(): Promise<void> {
    const toMs = clock.now();
    const fromMs = await beginMs(toMs);
    /** By the server's clock: where ours is ahead, the server has yet to receive what lies in between. */
    let doneMs = toMs;
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
      doneMs = Math.min(doneMs, page.answeredAtMs ?? doneMs);
      page.rejected.forEach(setAside);
      for (let from = 0; from < page.uplinks.length; from += sliceSize) {
        await breathe();
        if (isStopped()) return;
        const slice = page.uplinks.slice(from, from + sliceSize);
        handler.receive(slice);
        uplinks += slice.length;
      }
      if (page.next === null) break;
      cameUntil(Math.min(doneMs, page.storedUntilMs ?? 0));
      if (clock.now() - rememberedMs >= rememberEveryMs) await remember();
    }
    if (isStopped()) return;
    cameUntil(doneMs);
    if (!isRemembered) await remember();
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
      { source, err: error, pauseMs: error.retryable ? pauseMs : everyMs },
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
      const saved = await snapshots.load(snapshotName);
      if (isProgress(saved)) ({ completeUntilMs, lost = null } = saved);
      else {
        // Kept at once: what comes live from now on says nothing of the time before it.
        const lastMs = deps.lastUplinkMs();
        completeUntilMs = lastMs === null ? null : Math.min(lastMs, clock.now());
        await remember();
      }
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
      if (!isRemembered) await remember();
    },
    now() {
      ask();
      cancelRepeat();
      cancelRepeat = clock.after(overlapMs, ask);
    },
    status() {
      const isRecent = lost !== null && clock.now() - lost.toMs < tellLossMs;
      return { source, state, completeUntilMs, uplinks, lost: isRecent ? lost : null, problem };
    },
  };
}

/** `lost` is absent in what earlier versions saved. */
const isProgress = (
  saved: unknown,
): saved is Pick<Progress, 'completeUntilMs'> & Partial<Progress> =>
  typeof saved === 'object' && saved !== null && 'completeUntilMs' in saved;
