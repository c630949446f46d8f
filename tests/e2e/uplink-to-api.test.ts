import { createServer } from 'node:net';
import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SiteList, SpaceList } from '../../services/contract/site.ts';
import type { State } from '../../services/contract/state.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import type { TestServer } from '../support/process.ts';
import { runProduct, startProduct, type Product } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { ttsUplink } from '../support/tts-uplink.ts';
import { waitFor } from '../support/wait-for.ts';

const spaces = 20;
let mosquitto: TestServer;
let network: MqttClient;
let config = '';
const data = temporaryDirectory();

beforeAll(async () => {
  mosquitto = await startMosquitto();
  network = await connectAsync(mosquitto.url);
  config = deploymentFolder(spaces, {
    sources: [{ kind: 'tts-mqtt', url: mosquitto.url, application: 'app@tenant' }],
  });
});
afterAll(async () => {
  await network.endAsync();
  await mosquitto.stop();
});

const publish = (message: string) =>
  network.publishAsync('v3/app@tenant/devices/sensor/up', message, { qos: 1 });
const start = (): Promise<Product> => startProduct(['--config', config, '--data', data]);
const state = async (product: Product) => (await product.json('/api/v1/state')) as State;
const connected = (product: Product) =>
  waitFor(async () => (await state(product)).sources[0]?.state === 'connected', {
    what: 'the source to be connected',
  });
const statuses = async (product: Product) =>
  ((await product.json('/api/v1/spaces?limit=100')) as SpaceList).items.map(({ status }) => status);
const count = (all: readonly string[], status: string) =>
  all.filter((one) => one === status).length;

describe('from a network server to the API', () => {
  test('spaces are unknown, then what their sensors say; after kill -9 they still are', async () => {
    const first = await start();
    await connected(first);
    expect(count(await statuses(first), 'unknown')).toBe(spaces);

    const atMs = Date.now();
    for (let space = 0; space < spaces; space += 1)
      await publish(ttsUplink({ space, fCnt: 0, occupied: space % 4 !== 0, atMs }));
    await waitFor(async () => (await state(first)).uplinks.received === spaces, {
      what: 'all uplinks',
    });
    await waitFor(async () => count(await statuses(first), 'vacant') === 5, { what: 'the answer' });
    const sites = (await first.json('/api/v1/sites')) as SiteList;
    expect(sites.items.map(({ status }) => status.numberOfVacantSpaces)).toEqual([3, 2]);
    await first.kill9();

    const second = await start();
    expect(count(await statuses(second), 'vacant')).toBe(5);
    expect(count(await statuses(second), 'occupied')).toBe(15);
    await waitFor(async () => (await state(second)).log.backlogRecords === 0, {
      what: 'the history',
    });
    expect((await state(second)).history.cursor).toBe(spaces);

    await connected(second);
    await publish(ttsUplink({ space: 0, fCnt: 0, occupied: false, atMs }));
    await publish(ttsUplink({ space: 1, fCnt: 1, occupied: false, atMs: atMs + 1 }));
    await waitFor(async () => count(await statuses(second), 'vacant') === 6, { what: 'a change' });
    expect((await state(second)).uplinks).toMatchObject({ received: 1, duplicates: 1 });
    expect(await second.stop()).toBe(0);
  });

  test('what cannot be read is counted by reason and shown, and nothing else notices', async () => {
    const product = await start();
    await connected(product);
    const atMs = Date.now();
    const good = { space: 3, fCnt: 50, occupied: true, atMs };
    await publish('{"end_device_ids": ');
    await publish('[1, 2, 3]');
    await publish('x'.repeat(1_200_000));
    await publish(ttsUplink({ ...good, space: 4000 }));
    await publish(ttsUplink({ ...good, space: 5, fPort: 77 }));
    await publish(ttsUplink({ ...good, space: 6, payload: '' }));
    await publish(ttsUplink({ ...good, space: 7, payload: 'AQIDBAUGBwgJ' }));
    await publish(ttsUplink({ ...good, space: 8, atMs: Date.UTC(1980, 0, 1) }));
    await publish(ttsUplink({ ...good, space: 9, atMs: Date.UTC(2100, 0, 1) }));
    await publish(ttsUplink(good));
    // It comes last, and of those before it four are uplinks as far as the network server's words go.
    await waitFor(async () => (await state(product)).uplinks.received === 5, {
      what: 'the good one',
    });
    const { uplinks, recentlyRejected } = await state(product);
    expect(uplinks.rejected).toMatchObject({
      'malformed-json': 1,
      'wrong-shape': 1,
      'too-large': 1,
      'unknown-device': 1,
      'unknown-port': 1,
      'wrong-length': 2,
      'time-out-of-range': 2,
    });
    expect(recentlyRejected.length).toBeGreaterThanOrEqual(8);
    expect(await product.text('/metrics')).toContain(
      'parklotse_uplinks_rejected_total{reason="unknown-device"} 1',
    );
    expect(await product.stop()).toBe(0);
  });
});

describe('a start that cannot work', () => {
  test('says in one sentence that the port is in use', async () => {
    const other = createServer().listen(0, '0.0.0.0');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const args = ['--config', deploymentFolder(1), '--data', temporaryDirectory(), '--port', port];
    const { code, output } = await runProduct(args);
    other.close();
    expect(output).toBe(`port ${port} is in use: choose another with --port\n`);
    expect(code).toBe(1);
  });

  test.each([
    ['alone', []],
    ['and nothing else, with a simulated town', ['--simulate', '--data', temporaryDirectory()]],
  ])('names a configuration folder that is not there, %s', async (_, more) => {
    const { code, output } = await runProduct(['--config', 'config/atlantis', ...more]);
    expect(output).toMatch(
      /^the configuration has a mistake:\n.*atlantis: there is no such folder\n$/,
    );
    expect(code).toBe(2);
  });

  test('shows the usage for words it does not know', async () => {
    const { code, output } = await runProduct(['--colour', 'blue']);
    expect(output).toMatch(/--colour[^]*usage: npm start/);
    expect(code).toBe(2);
  });

  test('does not share its data with another process', async () => {
    const shared = temporaryDirectory();
    const folder = deploymentFolder(1);
    const product = await startProduct(['--config', folder, '--data', shared]);
    const { code, output } = await runProduct(['--config', folder, '--data', shared]);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
    expect(await product.stop()).toBe(0);
  });
});
