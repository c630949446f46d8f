import { parentPort, workerData } from 'node:worker_threads';
import { createHistory } from './history.ts';
import { identify } from './identity.ts';
import { startStorage } from './storage.ts';
import type { StorageMessage, StorageReady, StorageThreadData } from './storage-thread.ts';
import { clockOf } from '../time-lapse.ts';
import { addTtsUplink } from './tts-message.ts';

const { port, key, retentionMs, timeLapse, installations, spreadingFactors } =
  workerData as StorageThreadData;
const identities = installations.map(identify);
const history = createHistory(retentionMs);
let simulatedMs = -Infinity;

const storage = await startStorage({
  port,
  key,
  history,
  add: (into, uplink, mask) =>
    addTtsUplink(into, uplink, identities[uplink.device]!, spreadingFactors[uplink.device]!, mask),
  simulatedMs: () => simulatedMs,
  nowMs: clockOf(timeLapse),
});

parentPort?.on('message', (message: StorageMessage) => {
  if (message === 'stop') {
    parentPort?.close();
    void storage.stop();
    return;
  }
  history.take(message.news);
  simulatedMs = message.simulatedMs;
});
parentPort?.postMessage({ port: storage.port } satisfies StorageReady);
