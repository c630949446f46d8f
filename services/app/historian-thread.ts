import { Worker } from 'node:worker_threads';
import { AppError } from '../domain/errors.ts';
import type { Historian, HistorianSettings } from './historian.ts';
import type { Logger } from '../ports/logger.ts';
import type { UplinkLog } from '../ports/uplink-log.ts';
import type { HistorianCalls, HistorianNews, HistorianThreadData } from './historian-messages.ts';
import { callThread } from './thread-calls.ts';

/** How often the thread learns what else is on stable storage. */
const tellEveryMs = 100;

/**
 * The historian in a thread of its own: what it does while it records, rolls up or answers takes nothing
 * from the reception of uplinks and from live answers. It reads the log's files up to what is on stable
 * storage, and is asked by messages. Its end by a mistake of ours ends the process; the log has everything.
 */
export async function openHistorianThread(
  settings: HistorianSettings,
  deps: Pick<HistorianThreadData, 'configDir' | 'lapse'> & {
    readonly log: UplinkLog;
    readonly logger: Logger;
  },
): Promise<Historian> {
  const { log, logger, configDir, lapse } = deps;
  const synced = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  const workerData: HistorianThreadData = { settings, configDir, lapse, synced };
  const worker = new Worker(new URL('./historian-worker.ts', import.meta.url), { workerData });
  const closed = new AppError('store-unavailable', 'the history is closed', { retryable: true });
  const { call, allAnswered } = callThread<HistorianCalls>(worker, closed);

  let status: Extract<HistorianNews, { kind: 'status' }> | undefined;
  worker.on('message', (news: HistorianNews) => {
    if (news.kind === 'status') status = news;
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
    clearInterval(timer);
    await worker.terminate();
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
    async stopRecording() {
      await tellSynced().catch(() => undefined);
      await call('stopRecording');
    },
    startRollingUp: () => call('startRollingUp'),
    stopRollingUp: () => call('stopRollingUp'),
    save: (savedAtMs) => call('save', savedAtMs),
    follow: (inventory) => call('follow', inventory),
    readAgain: (installed) => call('readAgain', installed),
    async close() {
      clearInterval(timer);
      await call('close');
      // Who asked a moment before is told that it was closed.
      await allAnswered();
      await worker.terminate();
    },
  };
}
