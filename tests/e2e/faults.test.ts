import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { influxdbStore } from '../../services/adapters/history-store/influxdb.ts';
import type { SpaceList } from '../../services/contract/site.ts';
import type { State } from '../../services/contract/state.ts';
import { account, type Accounts } from '../support/accounts.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { createFaultyNetwork, shuffled, type FaultyNetwork } from '../support/faulty-network.ts';
import { startInfluxd } from '../support/influxd.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import type { TestServer } from '../support/process.ts';
import { startProduct, type Product } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { startTtsStorageServer, type TtsStorageServer } from '../support/tts-storage-server.ts';
import { waitFor } from '../support/wait-for.ts';

const devices = 40;
const seed = 2026;
const keys = { TTS_KEY: 'storage-key', WEBHOOK_KEY: 'webhook-key' };
const always = { fromMs: 0, toMs: 1e13 };
const none = { lost: [], twice: [], invented: [] };

let broker: TestServer;
beforeAll(async () => {
  broker = await startMosquitto();
});
afterAll(() => broker.stop());

/** A product, and the network in front of it; every uplink of the network must be found in the end. */
async function deployment(history: Parameters<typeof deploymentFolder>[1], its: number) {
  const storage = await startTtsStorageServer({ application: 'app', apiKey: keys.TTS_KEY });
  const config = deploymentFolder(devices, {
    sources: [
      {
        kind: 'tts-mqtt',
        url: broker.url,
        application: 'app@tenant',
        storage: { url: storage.url, apiKey: { secret: 'TTS_KEY' }, overlapS: 2 },
      },
      { kind: 'webhook', from: 'tts', bearer: { secret: 'WEBHOOK_KEY' } },
    ],
    ...history,
  });
  const data = temporaryDirectory();
  const network = createFaultyNetwork({
    seed: its,
    devices,
    brokerUrl: broker.url,
    webhookKey: keys.WEBHOOK_KEY,
    store: (messages) => storage.store(messages),
  });
  return { config, data, network, storage };
}

/** The product, once it listens to the network. */
async function startConnected(config: string, data: string): Promise<Product> {
  const product = await startProduct(['--config', config, '--data', data], keys);
  await waitFor(async () => (await state(product)).sources[0]?.state === 'connected', {
    what: 'the source to be connected',
  });
  return product;
}

const state = async (product: Product) => (await product.json('/api/v1/state')) as State;

describe(`what a network server has had is in the history once, or in the dead letters (seed ${seed})`, () => {
  let config = '';
  let data = '';
  let network: FaultyNetwork;
  let storage: TtsStorageServer;
  let product: Product;

  async function start(): Promise<void> {
    product = await startConnected(config, data);
    network.webhookUrl = product.url;
  }
  /** All that was sent is in the log, once, and has gone on into the history. */
  async function settle(): Promise<void> {
    await waitFor(async () => (await state(product)).log.last >= network.sent.length, {
      what: `${network.sent.length} uplinks in the log`,
    });
    await waitFor(async () => (await state(product)).log.backlogRecords === 0, {
      what: 'the history to have them',
    });
    expect((await state(product)).log.last).toBe(network.sent.length);
  }
  const more = (count: number) => {
    const until = network.sent.length + count;
    return waitFor(() => network.sent.length >= until, { what: `${count} more uplinks` });
  };

  beforeAll(async () => {
    ({ config, data, network, storage } = await deployment({}, seed));
    await start();
  });
  afterAll(async () => {
    await product.stop();
    await network.stop();
    await storage.stop();
  });

  test('while nothing is wrong', async () => {
    const stop = network.run(10);
    await more(300);
    await stop();
    await settle();
  });

  test('when the broker is killed and restarted', async () => {
    const stop = network.run(5);
    await more(100);
    await broker.kill9();
    await more(300);
    await broker.restart();
    await more(100);
    await stop();
    await settle();
  });

  test('when the product is killed with -9 at random moments', { timeout: 180_000 }, async () => {
    const stop = network.run(5);
    for (let kill = 0; kill < 3; kill += 1) {
      await more(50 + Math.floor(network.random() * 200));
      await product.kill9();
      await more(Math.floor(network.random() * 200));
      await start();
    }
    await stop();
    await settle();
  });

  test('when each comes up to four times, by MQTT, webhook and storage, in any order', async () => {
    const messages = network.receive(200);
    const copies = messages.flatMap((message) =>
      Array.from({ length: 1 + Math.floor(network.random() * 3) }, () => message),
    );
    for (const message of shuffled(copies, network.random))
      await network.deliver([message], network.random() < 0.5 ? 'mqtt' : 'webhook');
    await network.deliver(messages, 'webhook');
    await settle();
  });

  test('when the network hands out the same frames again, received 48 seconds later', async () => {
    const messages = network.receive(100);
    await network.deliver(messages);
    await settle();
    const later = ({ text, atMs }: (typeof messages)[number]): string =>
      text.replaceAll(new Date(atMs).toISOString(), new Date(atMs + 48_000).toISOString());
    await network.deliver(messages.map((message) => ({ ...message, text: later(message) })));
    await network.deliver(network.receive(1));
    await settle();
  });

  test('when a gateway was cut off and everything comes at once, in random order', async () => {
    await network.deliver(shuffled(network.receive(500), network.random));
    await settle();
    const newest = new Map(
      network.sent.filter(({ isReadable }) => isReadable).map((one) => [one.devEui, one]),
    );
    const { items } = (await product.json('/api/v1/spaces?limit=1000')) as SpaceList;
    const shown = new Map(items.map(({ id, status }) => [id, status]));
    for (const { devEui, occupied } of newest.values())
      expect([devEui, shown.get(`space-${parseInt(devEui, 16) - 1}`)]).toEqual([
        devEui,
        occupied ? 'occupied' : 'vacant',
      ]);
  });

  test('when MQTT drops without a word, and the storage breaks off in the middle of a line', async () => {
    const messages = network.receive(600);
    await network.deliver(messages.filter(() => network.random() < 0.3));
    storage.faults.push({ kind: 'torn-line' });
    await broker.kill9();
    await broker.restart();
    await settle();
    expect(storage.faults).toEqual([]);
  });

  test('each exactly once, counted one by one', async () => {
    expect(await product.stop()).toBe(0);
    const store = await duckdbStore({
      path: join(data, 'history', 'history.duckdb'),
      memoryLimitMb: 200,
      threads: 1,
    });
    const accounts = account(network.sent, await store.observations(always), data);
    await store.close();
    expect(accounts).toMatchObject({ sent: network.sent.length, ...none });
    expect(accounts.inDeadLetters).toBe(network.sent.filter((one) => !one.isReadable).length);
  });
});

describe(`an InfluxDB in trouble costs nothing but time (seed ${seed + 1})`, () => {
  let influxd: TestServer;
  let proxy: FaultProxy;
  let data = '';
  let network: FaultyNetwork;
  let storage: TtsStorageServer;
  let product: Product;
  let config = '';
  const database = { kind: 'influxdb', api: '1', database: 'history', timeoutS: 2 } as const;

  beforeAll(async () => {
    influxd = await startInfluxd();
    proxy = await startFaultProxy(influxd.url);
    ({ config, data, network, storage } = await deployment(
      { history: { ...database, url: proxy.url } },
      seed + 1,
    ));
    await start();
  });
  afterAll(async () => {
    await product.stop();
    await network.stop();
    await storage.stop();
    await proxy.stop();
    await influxd.stop();
  });

  const start = async (): Promise<void> => void (product = await startConnected(config, data));
  const unreadable = () => network.sent.filter((one) => !one.isReadable).length;
  const before = async () => (await state(product)).history.cursor;
  async function settle(): Promise<Accounts> {
    await waitFor(async () => (await before()) >= network.sent.length, {
      what: 'the history to have everything',
      timeoutMs: 25_000,
    });
    const store = influxdbStore(
      { ...database, url: influxd.url, organisation: '' },
      { logId: 'reader' },
    );
    const accounts = account(network.sent, await store.observations(always), data);
    await store.close();
    expect(accounts).toMatchObject({ sent: network.sent.length, ...none });
    return accounts;
  }
  /** Uplinks go on while the fault lasts, until the history has fallen behind and says why. */
  async function trouble(begin: () => unknown, end: () => unknown): Promise<void> {
    const stop = network.run(5);
    await begin();
    await waitFor(
      async () => {
        const { history, log } = await state(product);
        return history.problem !== null && log.backlogRecords > 50;
      },
      { what: 'the history to say what is wrong' },
    );
    expect(await product.text('/metrics')).toMatch(/parklotse_history_up 0/);
    await end();
    await stop();
    await settle();
    expect((await state(product)).history.problem).toBeNull();
  }

  test('killed with -9 and restarted under load', () =>
    trouble(
      () => influxd.kill9(),
      () => influxd.restart(),
    ));

  test('away while the product is killed and started again', async () => {
    const stop = network.run(5);
    await influxd.kill9();
    await product.kill9();
    await start();
    await waitFor(async () => (await state(product)).history.problem !== null, {
      what: 'the history to say what is wrong',
    });
    await influxd.restart();
    await stop();
    await settle();
  });

  test('frozen: connections stay open and nobody answers', () =>
    trouble(
      () => influxd.freeze(),
      () => influxd.thaw(),
    ));

  test.each([
    ['out of order', 500],
    ['with a password that holds no longer', 401],
  ])('%s', (_, status) =>
    trouble(
      () => (proxy.answers = status),
      () => (proxy.answers = 0),
    ),
  );

  test('slow, five seconds a write: a backlog builds up and drains, live answers wait for nothing', async () => {
    proxy.delayMs = 5_000;
    const stop = network.run(5);
    await waitFor(async () => (await state(product)).log.backlogRecords > 100, {
      what: 'a backlog',
    });
    expect((await state(product)).log.last).toBeGreaterThan(await before());
    proxy.delayMs = 0;
    await stop();
    await settle();
  });

  test('refusing single lines for good: they are set aside with the reason, the rest goes on', async () => {
    const messages = network.receive(200);
    proxy.refuses = `device=${messages[0]?.devEui}`;
    await network.deliver(messages);
    const { inDeadLetters } = await settle();
    const refused = messages.filter((m) => m.devEui === messages[0]?.devEui && m.isReadable);
    expect(refused.length).toBeGreaterThan(0);
    expect(inDeadLetters).toBe(unreadable() + refused.length);
    const told = /parklotse_history_refused_total (\d+)/.exec(await product.text('/metrics'))?.[1];
    // Of each uplink its observation, its health and maybe a transition.
    expect(Number(told)).toBeGreaterThanOrEqual(2 * refused.length);
    proxy.refuses = '';
  });
});
