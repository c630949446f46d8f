import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { influxdbStore } from '../../services/adapters/history-store/influxdb.ts';
import { account, type Accounts } from '../support/accounts.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import {
  always,
  faultyDeployment,
  none,
  startConnected,
  stateOf,
} from '../support/faulty-deployment.ts';
import type { FaultyNetwork } from '../support/faulty-network.ts';
import { startInfluxd } from '../support/influxd.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import type { TestServer } from '../support/process.ts';
import type { Product } from '../support/product.ts';
import type { TtsStorageServer } from '../support/tts-storage-server.ts';
import { waitFor } from '../support/wait-for.ts';

const seed = 2027;

let broker: TestServer;
beforeAll(async () => {
  broker = await startMosquitto();
});
afterAll(() => broker.stop());

describe(`an InfluxDB in trouble costs nothing but time (seed ${seed})`, () => {
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
    ({ config, data, network, storage } = await faultyDeployment(broker.url, seed, {
      history: { ...database, url: proxy.url },
    }));
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
  const before = async () => (await stateOf(product)).history.cursor;
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
        const { history, log } = await stateOf(product);
        return history.problem !== null && log.backlogRecords > 50;
      },
      { what: 'the history to say what is wrong' },
    );
    expect(await product.text('/metrics')).toMatch(/parklotse_history_up 0/);
    await end();
    await stop();
    await settle();
    expect((await stateOf(product)).history.problem).toBeNull();
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
    await waitFor(async () => (await stateOf(product)).history.problem !== null, {
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
    const { log, history } = await waitFor(
      async () => {
        const state = await stateOf(product);
        return state.log.backlogRecords > 100 && state;
      },
      { what: 'a backlog' },
    );
    expect(log.last).toBeGreaterThan(history.cursor);
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
