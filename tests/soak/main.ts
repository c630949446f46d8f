import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import type { State } from '../../services/contract/state.ts';
import { account } from '../support/accounts.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createFaultyNetwork, shuffled, type FaultyNetwork } from '../support/faulty-network.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { startProduct, type Product } from '../support/product.ts';
import { seededRandom } from '../support/random.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { startTtsStorageServer, type StorageFault } from '../support/tts-storage-server.ts';
import { waitFor } from '../support/wait-for.ts';

const usage = 'usage: npm run soak -- [--minutes N] [--seed N] [--devices N] [--per-second N]';
const keys = { TTS_KEY: 'storage-key', WEBHOOK_KEY: 'webhook-key' };

function readOptions() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      devices: { type: 'string', default: '200' },
      'per-second': { type: 'string', default: '200' },
    },
  });
  const options = {
    minutes: Number(values.minutes),
    seed: Number(values.seed),
    devices: Number(values.devices),
    perSecond: Number(values['per-second']),
  };
  if (Object.values(options).some((value) => !(value > 0))) {
    process.stderr.write(`${usage}\n`);
    process.exit(2);
  }
  return options;
}

const { minutes, seed, devices, perSecond } = readOptions();
const random = seededRandom(seed);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

const broker = await startMosquitto();
const storage = await startTtsStorageServer({ application: 'app', apiKey: keys.TTS_KEY });
const config = deploymentFolder(devices, {
  sources: [
    {
      kind: 'tts-mqtt',
      url: broker.url,
      application: 'app@tenant',
      storage: { url: storage.url, apiKey: { secret: 'TTS_KEY' }, overlapS: 5, everyMin: 1 },
    },
    { kind: 'webhook', from: 'tts', bearer: { secret: 'WEBHOOK_KEY' } },
  ],
});
const data = temporaryDirectory();
const network: FaultyNetwork = createFaultyNetwork({
  seed,
  devices,
  brokerUrl: broker.url,
  webhookKey: keys.WEBHOOK_KEY,
  store: (messages) => storage.store(messages),
});

let product: Product;
let mostBytes = 0;
const start = async (): Promise<void> => {
  product = await startProduct(['--config', config, '--data', data], keys);
  network.webhookUrl = product.url;
};
const state = async (): Promise<State> => (await product.json('/api/v1/state')) as State;
const look = async (): Promise<void> => {
  const bytes = /process_resident_memory_bytes (\d+)/.exec(await product.text('/metrics'))?.[1];
  mostBytes = Math.max(mostBytes, Number(bytes ?? 0));
};

const storageFaults: readonly StorageFault[] = [
  { kind: 'rate-limit', seconds: 1 },
  { kind: 'status', status: 502 },
  { kind: 'cut' },
  { kind: 'torn-line' },
  { kind: 'error-line' },
];
/** What is done to the product and its network, one after the other, by chance. */
const faults: Readonly<Record<string, () => Promise<void>>> = {
  'broker killed': async () => {
    await broker.kill9();
    await pause(random() * 5_000);
    await broker.restart();
  },
  'product killed': async () => {
    await product.kill9();
    await pause(random() * 3_000);
    await start();
  },
  'product restarted': async () => {
    const code = await product.stop();
    if (code !== 0) throw new Error(`the product ended with ${code}: ${product.output()}`);
    await start();
  },
  'storage in trouble': async () => {
    storage.faults.push(pick(storageFaults), pick(storageFaults));
    await faults['broker killed']?.();
  },
  'duplicates by webhook': () => network.deliver(network.receive(100), 'webhook'),
  'burst out of order': () => network.deliver(shuffled(network.receive(1_000), random)),
  'MQTT drops silently': async () => {
    await network.deliver(network.receive(300).filter(() => random() < 0.5));
  },
  'folder read again': () => {
    product.reload();
    return Promise.resolve();
  },
};
const done = new Map<string, number>();

await start();
const endMs = Date.now() + minutes * 60_000;
const stop = network.run(Math.max(1, Math.round(perSecond / 100)));
while (Date.now() < endMs) {
  const name = pick(Object.keys(faults));
  await faults[name]?.();
  done.set(name, (done.get(name) ?? 0) + 1);
  await look();
  await pause(random() * 4_000);
}
await stop();
// What MQTT dropped comes with the next round of the storage, a minute later at most.
await waitFor(async () => (await state()).log.last >= network.sent.length, {
  what: 'everything to be in the log',
  timeoutMs: 180_000,
});
await waitFor(async () => (await state()).log.backlogRecords === 0, {
  what: 'everything to be in the history',
  timeoutMs: 180_000,
});
await look();
const code = await product!.stop();
const store = await duckdbStore({
  path: join(data, 'history', 'history.duckdb'),
  memoryLimitMb: 256,
  threads: 1,
});
const accounts = account(network.sent, await store.observations({ fromMs: 0, toMs: 1e13 }), data);
await store.close();
await network.stop();
await storage.stop();
await broker.stop();

const { sent, inHistory, inDeadLetters, lost, twice, invented } = accounts;
const isGood = code === 0 && lost.length + twice.length + invented.length === 0;
for (const [name, count] of done) process.stdout.write(`${name}: ${count}\n`);
process.stdout.write(
  `soak ${isGood ? 'passed' : 'FAILED'}: ${minutes} min, seed ${seed}, ${sent} uplinks: ${inHistory} in the history, ` +
    `${inDeadLetters} in the dead letters, ${lost.length} lost, ${twice.length} twice, ${invented.length} invented; ` +
    `at most ${Math.round(mostBytes / 1e6)} MB resident\n`,
);
process.exit(isGood ? 0 : 1);
