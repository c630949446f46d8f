import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { fileSnapshots } from '../../services/adapters/snapshots/file.ts';
import { openHistoryStore } from '../../services/adapters/history-store/index.ts';
import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
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

const allRecords = 5_000_000;
const numberOfSpaces = 10_000;
/** A minute lies between two snapshots: so much came since the last one, at 1,000 uplinks/s. */
const tailRecords = 60_000;
/** Of the log, so much is in the history too: enough for every space. */
const recordedRecords = 200_000;
const everyMs = 10;

const logger = createRecordingLogger();

async function append(log: UplinkLog, count: number): Promise<void> {
  const endMs = Date.now();
  const firstMs = endMs - allRecords * everyMs;
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
async function leaveBehind(folder: string, data: string, records: number): Promise<void> {
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
  await append(log, snapshotSeq);
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
  await append(log, records - snapshotSeq);
  await store.close();
  await log.close();
}

/** From the start of the process to ready, with a long log behind and a minute of it after the snapshot. */
export async function benchRestart(scale: number): Promise<Figure[]> {
  const records = Math.round(allRecords * scale);
  const folder = deploymentFolder(numberOfSpaces);
  const data = temporaryDirectory();
  await leaveBehind(folder, data, records);
  const startedMs = performance.now();
  const product = await startProduct(['--config', folder, '--data', data]);
  await waitFor(async () => (await fetch(`${product.url}/readyz`)).ok, {
    what: 'the product to be ready',
    timeoutMs: 120_000,
  });
  const tookS = (performance.now() - startedMs) / 1000;
  const metrics = await product.text('/metrics');
  const cpuS = Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
  const residentMb = Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 1e6;
  await product.stop();
  const what = `${numberOfSpaces.toLocaleString('en')} spaces, ${records.toLocaleString('en')} log records`;
  return [
    {
      name: `restart to ready, ${what}`,
      value: tookS,
      unit: 's',
      limit: null,
      target: { atMost: 10 },
    },
    {
      name: `memory of the server then, ${numberOfSpaces.toLocaleString('en')} spaces`,
      value: residentMb,
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
  ];
}
