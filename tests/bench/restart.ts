import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { fileSnapshots } from '../../services/adapters/snapshots/file.ts';
import { openHistoryStore } from '../../services/adapters/history-store/index.ts';
import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
import type { HistoryList } from '../../services/contract/history.ts';
import { toInventory } from '../../services/app/inventory.ts';
import { interpret } from '../../services/decoders/interpret.ts';
import { findDecoder } from '../../services/decoders/index.ts';
import { createInstallations } from '../../services/domain/installations.ts';
import { createTracker } from '../../services/domain/tracker.ts';
import { createRecord } from '../../services/pipeline/record.ts';
import type { LogSeq, UplinkLog } from '../../services/ports/uplink-log.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startProduct } from '../support/product.ts';
import { realClock } from '../support/real-clock.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { anUplink, devEui } from '../support/uplinks.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Figure } from './measure.ts';

const numberOfSpaces = 10_000;

/** What lies in the log when the server starts, one uplink of each space after the other. */
interface Past {
  readonly records: number;
  readonly everyMs: number;
  /** Came since the last snapshot. */
  readonly tailRecords: number;
  /** Of the log, so much is in the history too. */
  readonly recordedRecords: number;
}

/** A long log, and of it a minute at 1,000 uplinks/s after the last snapshot; the history has enough for every space. */
const longLog: Past = {
  records: 5_000_000,
  everyMs: 10,
  tailRecords: 60_000,
  recordedRecords: 200_000,
};
/** Two days with an uplink of each space every half hour, none of it rolled up: at least one of them as a whole. */
const twoDays: Past = {
  records: 960_000,
  everyMs: 180,
  tailRecords: 1_000,
  recordedRecords: 960_000,
};

const logger = createRecordingLogger();

async function append(log: UplinkLog, count: number, { records, everyMs }: Past): Promise<void> {
  const endMs = Date.now();
  const firstMs = endMs - records * everyMs;
  for (let n = 0; n < count; n += 1) {
    const seq = log.status().last;
    const frame = Math.floor(seq / numberOfSpaces);
    const device = devEui((seq % numberOfSpaces) + 1);
    log.append(
      anUplink({
        devEui: device,
        fCnt: frame,
        payload: Uint8Array.of(frame % 2),
        receivedAtMs: Math.min(endMs, firstMs + seq * everyMs),
      }),
    );
    if (n % 10_000 === 0) await log.synced();
  }
}

/** What a server that was killed leaves behind: log, history, and a snapshot a minute old. */
async function leaveBehind(folder: string, data: string, past: Past): Promise<void> {
  const { records, tailRecords, recordedRecords } = past;
  const config = loadConfig(folder, new Set(['bosch-tps110']), {});
  const inventory = toInventory(config);
  const installations = createInstallations(() => inventory);
  const log = await openUplinkLog({
    config: config.deployment.log,
    directory: join(data, 'log'),
    clock: realClock,
    log: logger,
  });
  const snapshotSeq: LogSeq = Math.max(1, records - tailRecords);
  await append(log, snapshotSeq, past);
  const store = await openHistoryStore(config.deployment.history, join(data, 'history'), {});
  const begin = Math.max(0, snapshotSeq - recordedRecords);
  const recorder = createRecord({
    log,
    store,
    clock: realClock,
    logger,
    interpret(uplink) {
      const read = interpret(uplink, installations, findDecoder);
      return read.ok ? read.value : undefined;
    },
    begin: () => Promise.resolve({ tracker: createTracker(), trackedSeq: begin, cursor: begin }),
    savedSeq: begin,
    refused(_, reason) {
      throw new Error(reason);
    },
  });
  await recorder.stop();
  const recorded = recorder.snapshot();
  if (recorded?.seq !== snapshotSeq) throw new Error('the history is not complete');
  const snapshots = fileSnapshots(join(data, 'state'), logger);
  const saved = { ...recorded, offsets: [], savedAtMs: Date.now() };
  await snapshots.save('present', saved);
  // The record stage knows no devices.
  const { spaces, totals, intervals } = recorded.tracker;
  await snapshots.save('record', { ...saved, tracker: { spaces, totals, intervals } });
  await append(log, records - snapshotSeq, past);
  await store.close();
  await log.close();
}

const residentMb = (metrics: string): number =>
  Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1e6;

/** A server on what `past` leaves behind, when it is ready. */
async function restarted(past: Past) {
  const folder = deploymentFolder(numberOfSpaces);
  const data = temporaryDirectory();
  await leaveBehind(folder, data, past);
  const startedMs = performance.now();
  const product = await startProduct(['--config', folder, '--data', data]);
  await waitFor(async () => (await fetch(`${product.url}/readyz`)).ok, {
    what: 'the product to be ready',
    timeoutMs: 120_000,
  });
  return { product, tookS: (performance.now() - startedMs) / 1000 };
}

/** The most memory of a server until it has rolled up two days and made the file of one, MB. */
async function highestMb(): Promise<number> {
  const { product } = await restarted(twoDays);
  let highest = 0;
  await waitFor(
    async () => {
      highest = Math.max(highest, residentMb(await product.text('/metrics')));
      const { totalCount } = (await product.json('/api/v1/history?kind=day')) as HistoryList;
      return totalCount > 0;
    },
    { what: 'the file of a day', timeoutMs: 300_000 },
  );
  await product.stop();
  return highest;
}

/** From the start of the process to ready, with a long log behind and a minute of it after the snapshot. */
export async function benchRestart(scale: number): Promise<Figure[]> {
  const records = Math.round(longLog.records * scale);
  const { product, tookS } = await restarted({ ...longLog, records });
  const metrics = await product.text('/metrics');
  const cpuS = Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
  await product.stop();
  const spaces = `${numberOfSpaces.toLocaleString('en')} spaces`;
  return [
    {
      name: `restart to ready, ${spaces}, ${records.toLocaleString('en')} log records`,
      value: tookS,
      unit: 's',
      limit: null,
      target: { atMost: 10 },
    },
    {
      name: `memory of the server then, ${spaces}`,
      value: residentMb(metrics),
      unit: 'MB',
      limit: null,
      target: { atMost: 400 },
    },
    {
      name: 'restart to ready, by its processor time alone',
      value: cpuS,
      unit: 's of CPU',
      limit: null,
      target: null,
    },
    {
      name: `most memory of the server while it rolls up two days, ${spaces}`,
      value: await highestMb(),
      unit: 'MB',
      limit: null,
      target: { atMost: 700 },
    },
  ];
}
