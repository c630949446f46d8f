import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import type { SpaceList } from '../../services/contract/site.ts';
import { account } from '../support/accounts.ts';
import {
  always,
  faultyDeployment,
  none,
  startConnected,
  stateOf,
} from '../support/faulty-deployment.ts';
import { shuffled, type FaultyNetwork } from '../support/faulty-network.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import type { TestServer } from '../support/process.ts';
import type { Product } from '../support/product.ts';
import type { TtsStorageServer } from '../support/tts-storage-server.ts';
import { waitFor } from '../support/wait-for.ts';

const seed = 2026;

let broker: TestServer;
beforeAll(async () => {
  broker = await startMosquitto();
});
afterAll(() => broker.stop());

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
    await waitFor(async () => (await stateOf(product)).log.last >= network.sent.length, {
      what: `${network.sent.length} uplinks in the log`,
    });
    await waitFor(async () => (await stateOf(product)).log.backlogRecords === 0, {
      what: 'the history to have them',
    });
    expect((await stateOf(product)).log.last).toBe(network.sent.length);
  }
  const more = (count: number) => {
    const until = network.sent.length + count;
    return waitFor(() => network.sent.length >= until, { what: `${count} more uplinks` });
  };

  beforeAll(async () => {
    ({ config, data, network, storage } = await faultyDeployment(broker.url, seed));
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
