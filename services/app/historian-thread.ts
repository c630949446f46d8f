import { Worker } from 'node:worker_threads';
import { AppError } from '../domain/errors.ts';
import type { Historian, HistorianSettings } from './historian.ts';
import type { Logger } from '../ports/logger.ts';
import type { UplinkLog } from '../ports/uplink-log.ts';
import type { HistorianCalls, HistorianNews, HistorianThreadData } from './historian-messages.ts';
import { callThread, fromPlainError } from './thread-calls.ts';

/** How often the thread learns what else is on stable storage. */
const tellEveryMs = 100;

/**
 * The historian in a thread of its own: what it does while it records, rolls up or answers takes nothing
 * from the reception of uplinks and from live answers. It reads the log's files up to what is on stable
 * storage, and is asked by messages. Its end by a mistake of ours shall end the process; the log has everything.
 */
export async function openHistorianThread(
  settings: HistorianSettings,
  deps: Pick<HistorianThreadData, 'configDir' | 'lapse'> & {
    readonly log: UplinkLog;
    readonly logger: Logger;
    /** Told why, when the thread has ended although nobody closed it. */
    readonly ended: (reason: string) => void;
  },
): Promise<Historian> {
  const { log, logger, configDir, lapse, ended } = deps;
  const synced = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  const workerData: HistorianThreadData = { settings, configDir, lapse, synced };
  const worker = new Worker(new URL('./historian-worker.ts', import.meta.url), { workerData });
  const closed = new AppError('store-unavailable', 'the history is closed', { retryable: true });
  const { call, allAnswered } = callThread<HistorianCalls>(worker, closed);
  let isRunning = true;
  const gone = Promise.withResolvers<undefined>();
  const end = (reason: string, err?: Error): void => {
    if (!isRunning) return;
    isRunning = false;
    clearInterval(timer);
    if (err) logger.error({ err }, 'the thread of the historian ends');
    ended(reason);
  };
  worker.on('error', (error: Error) => end(error.message, error));
  worker.on('exit', (code) => {
    gone.resolve(undefined);
    end(`exit code ${code}`);
  });
  const terminate = async (): Promise<void> => {
    isRunning = false;
    clearInterval(timer);
    await worker.terminate();
  };

  let status: Extract<HistorianNews, { kind: 'status' }> | undefined;
  worker.on('message', (news: HistorianNews) => {
    if (news.kind === 'status') status = news;
    if (news.kind === 'fault') end(news.error.message, fromPlainError(news.error));
    if (news.kind === 'log') logger[news.level](news.fields, news.message);
  });
  const now = () => {
    if (!status) throw new Error('the history is not open yet');
    return status;
  };

  const tellSynced = async (): Promise<void> => {
    const { last } = log.status();
    await log.synced();
    synced[0] = last;
  };
  // A sync that failed is told by the log; the next look finds what became of it.
  const timer = setInterval(() => void tellSynced().catch(() => undefined), tellEveryMs);
  timer.unref();
  await tellSynced();
  try {
    await call('open');
  } catch (error) {
    await terminate();
    throw error;
  }

  return {
    store: {
      append: (batch) => call('append', batch),
      cursor: () => call('cursor'),
      observations: (query) => call('observations', query),
      transitions: (query) => call('transitions', query),
      stateAt: (atMs, spaceIds) => call('stateAt', atMs, spaceIds),
      seen: (query) => call('seen', query),
      lastSeen: (range) => call('lastSeen', range),
      counts: (query) => call('counts', query),
      health: (query) => call('health', query),
      writeRollUps: (rows) => call('writeRollUps', rows),
      rollUps: (query) => call('rollUps', query),
      prune: (before) => call('prune', before),
      status: () => now().history,
      close: () => call('close'),
    },
    sums: {
      totals: (query) => call('totals', query),
      days: (query) => call('days', query),
      week: (query) => call('week', query),
    },
    recording: () => ({
      ...now().recording,
      backlogRecords: Math.max(0, log.status().last - now().recording.cursor),
    }),
    rollingUp: () => now().rollingUp,
    startRecording: () => call('startRecording'),
    // Of a thread that is gone there is nothing to stop: whoever ends the process then gets as far as the log.
    async stopRecording() {
      await tellSynced().catch(() => undefined);
      if (isRunning) await call('stopRecording');
    },
    startRollingUp: () => call('startRollingUp'),
    async stopRollingUp() {
      if (isRunning) await call('stopRollingUp');
    },
    save: (savedAtMs) => (isRunning ? call('save', savedAtMs) : Promise.resolve(null)),
    follow: (inventory) => call('follow', inventory),
    readAgain: (installed) => call('readAgain', installed),
    async close() {
      if (!isRunning) {
        await gone.promise;
        return;
      }
      await call('close');
      // Who asked a moment before is told that it was closed.
      await allAnswered();
      await terminate();
    },
  };
}
