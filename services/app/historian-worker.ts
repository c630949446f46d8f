import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../adapters/clock/system.ts';
import { fileSnapshots } from '../adapters/snapshots/file.ts';
import { openLogReader } from '../adapters/uplink-log/index.ts';
import type { Logger } from '../ports/logger.ts';
import { openHistorian, type Historian } from './historian.ts';
import {
  syncedSeq,
  type HistorianCalls,
  type HistorianNews,
  type HistorianThreadData,
} from './historian-messages.ts';
import { loadDecoders } from './models.ts';
import { answerCalls, toPlainError } from './thread-calls.ts';

/** How often it is looked whether there is something new to tell. */
const tellEveryMs = 100;

if (!parentPort) throw new Error('this runs in a thread of its own');
const port = parentPort;
const { settings, configDir, lapse, synced } = workerData as HistorianThreadData;
const tell = (news: HistorianNews): void => port.postMessage(news);

const logger: Logger = (() => {
  const write =
    (level: keyof Logger): Logger['info'] =>
    (fields, message) => {
      const { err, ...others } = fields;
      const plain = err === undefined ? others : { ...others, err: toPlainError(err) };
      tell({ kind: 'log', level, fields: plain, message });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
})();

let historian: Historian | undefined;
const opened = (): Historian => {
  if (!historian) throw new Error('the history is not open yet');
  return historian;
};
const store = () => opened().store;

let told = '';
const tellStatus = (): void => {
  if (!historian) return;
  const status = {
    history: historian.store.status(),
    recording: historian.recording(),
    rollingUp: historian.rollingUp(),
  };
  const text = JSON.stringify(status);
  if (text === told) return;
  told = text;
  tell({ kind: 'status', ...status });
};

const calls: HistorianCalls = {
  async open() {
    const { findDecoder } = await loadDecoders(configDir);
    historian = await openHistorian(settings, {
      log: openLogReader({
        directory: join(settings.dataDir, 'log'),
        last: () => syncedSeq(synced),
        log: logger,
      }),
      findDecoder,
      snapshots: fileSnapshots(join(settings.dataDir, 'state'), logger),
      clock: systemClock(lapse),
      logger,
    });
    setInterval(tellStatus, tellEveryMs).unref();
  },
  startRecording: () => opened().startRecording(),
  stopRecording: () => opened().stopRecording(),
  startRollingUp: () => opened().startRollingUp(),
  stopRollingUp: () => opened().stopRollingUp(),
  save: (savedAtMs) => opened().save(savedAtMs),
  follow: (inventory) => opened().follow(inventory),
  readAgain: (installed) => opened().readAgain(installed),
  close: () => opened().close(),

  append: (batch) => store().append(batch),
  cursor: () => store().cursor(),
  observations: (query) => store().observations(query),
  transitions: (query) => store().transitions(query),
  stateAt: (atMs, spaceIds) => store().stateAt(atMs, spaceIds),
  seen: (query) => store().seen(query),
  lastSeen: (range) => store().lastSeen(range),
  counts: (query) => store().counts(query),
  health: (query) => store().health(query),
  writeRollUps: (rows) => store().writeRollUps(rows),
  rollUps: (query) => store().rollUps(query),
  prune: (before) => store().prune(before),

  totals: (query) => opened().sums.totals(query),
  days: (query) => opened().sums.days(query),
  week: (query) => opened().sums.week(query),
};
answerCalls(port, calls, tellStatus);

const exit = process.exit.bind(process);
let isLeaving = false;
/** Ends the thread by a mistake of ours. A thread that goes under a query of DuckDB takes the whole process with it, so the history is closed first. */
function leave(cause: unknown): void {
  if (isLeaving) return;
  isLeaving = true;
  tell({ kind: 'fault', error: toPlainError(cause) });
  void Promise.try(() => historian?.store.close()).finally(() => exit(1));
}
process.on('uncaughtException', leave);
process.exit = (code) => {
  throw new Error(`exit code ${code ?? 0}`);
};
