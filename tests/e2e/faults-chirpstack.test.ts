import { join } from 'node:path';
import { expect, test } from 'vitest';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import type { State } from '../../services/contract/state.ts';
import { account } from '../support/accounts.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createFaultyNetwork } from '../support/faulty-network.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { startProduct, type Product } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

const devices = 20;
const seed = 2028;

const state = async (product: Product) => (await product.json('/api/v1/state')) as State;

test(`ChirpStack: killed with -9 and cut off from its broker, the product has each uplink once (seed ${seed})`, async () => {
  const broker = await startMosquitto({ persistence: true });
  const config = deploymentFolder(devices, {
    sources: [{ kind: 'chirpstack-mqtt', url: broker.url }],
  });
  const data = temporaryDirectory();
  const network = createFaultyNetwork({
    seed,
    devices,
    brokerUrl: broker.url,
    webhookKey: '',
    server: 'chirpstack',
  });
  const start = async (): Promise<Product> => {
    const started = await startProduct(['--config', config, '--data', data]);
    await waitFor(async () => (await state(started)).sources[0]?.state === 'connected', {
      what: 'the source to be connected',
    });
    return started;
  };
  const more = (count: number) => {
    const until = network.sent.length + count;
    return waitFor(() => network.sent.length >= until, { what: `${count} more uplinks` });
  };

  // From now on the broker keeps what this session has not acknowledged.
  let product = await start();
  // Not more of them: the broker saves itself after each change, which takes its time.
  const some = (): Promise<void> =>
    network.deliver(network.receive(40 + Math.floor(network.random() * 40)));
  for (let kill = 0; kill < 2; kill += 1) {
    const before = network.sent.length;
    await some();
    await waitFor(async () => (await state(product)).log.last > before + 10, {
      what: 'the first of some uplinks',
    });
    await product.kill9();
    await some();
    product = await start();
  }
  const stop = network.run(1);
  await more(50);
  await broker.restart();
  await more(50);
  await stop();
  await waitFor(async () => (await state(product)).log.last >= network.sent.length, {
    what: 'every uplink in the log',
  });
  expect((await state(product)).log.last).toBe(network.sent.length);
  expect(await product.stop()).toBe(0);
  await network.stop();
  await broker.stop();

  const store = await duckdbStore({
    path: join(data, 'history', 'history.duckdb'),
    memoryLimitMb: 200,
    threads: 1,
  });
  const seen = await store.observations({ fromMs: 0, toMs: 1e13 });
  await store.close();
  expect(account(network.sent, seen, data)).toMatchObject({
    sent: network.sent.length,
    lost: [],
    twice: [],
    invented: [],
  });
}, 180_000);
