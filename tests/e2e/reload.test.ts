import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import type { LiveFrame } from '../../services/contract/live.ts';
import type { SiteList, Space } from '../../services/contract/site.ts';
import type { State } from '../../services/contract/state.ts';
import { devEui } from '../support/builders.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import type { TestServer } from '../support/process.ts';
import { startProduct, type Product } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { ttsUplink } from '../support/tts-uplink.ts';
import { waitFor } from '../support/wait-for.ts';

let mosquitto: TestServer;
let network: MqttClient;
let product: Product;
let config = '';
const data = temporaryDirectory();
const start = (): Promise<Product> =>
  startProduct(['--config', config, '--data', data], { LOG_LEVEL: 'info' });

beforeAll(async () => {
  mosquitto = await startMosquitto();
  network = await connectAsync(mosquitto.url);
  config = deploymentFolder(20, {
    sources: [{ kind: 'tts-mqtt', url: mosquitto.url, application: 'app@tenant' }],
  });
  product = await start();
  await connected();
});
afterAll(async () => {
  await product.stop();
  await network.endAsync();
  await mosquitto.stop();
});

const connected = () =>
  waitFor(
    async () => ((await product.json('/api/v1/state')) as State).sources[0]?.state === 'connected',
    { what: 'the source to be connected' },
  );
/** Publishes what the device with this number says. */
const says = (device: number, fCnt: number, occupied: boolean, atMs = Date.now()) =>
  network.publishAsync(
    'v3/app@tenant/devices/sensor/up',
    ttsUplink({ space: device - 1, fCnt, occupied, atMs }),
    { qos: 1 },
  );
const space = async (n: number): Promise<Space> =>
  (await product.json(`/api/v1/spaces/space-${n}`)) as Space;
const becomes = (n: number, status: Space['status']) =>
  waitFor(async () => (await space(n)).status === status, { what: `space-${n} to be ${status}` });
const edit = (file: string, change: (text: string) => string): void => {
  const path = join(config, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
};
const row = (device: number, n: number, from: string, until = ''): string =>
  `${devEui(device)},bosch-tps110,space:space-${n},${from},${until},`;
const configuration = async () => {
  const { parts } = (await product.json('/readyz')) as {
    parts: { name: string; problem: string | null }[];
  };
  return parts.find(({ name }) => name === 'configuration')?.problem;
};

describe('a deployment folder that is edited while the product runs', () => {
  test('is not taken over with a mistake: that is told, and what was in force stays', async () => {
    await says(1, 1, true);
    await says(20, 1, true);
    await becomes(0, 'occupied');
    await becomes(19, 'occupied');
    const right = readFileSync(join(config, 'installations.csv'), 'utf8');
    edit('installations.csv', (text) => `${text}${row(300, 999, '2020-01-01')}\n`);
    product.reload();
    await waitFor(() => product.output().includes('what was in force before still is'), {
      what: 'the mistake to be told',
    });
    expect(product.output()).toMatch(/installations\.csv: line 22.*there is no space 'space-999'/);
    expect(await configuration()).toMatch(/space-999/);
    await says(1, 2, false);
    await becomes(0, 'vacant');
    writeFileSync(join(config, 'installations.csv'), right);
  });

  test('moves a device: its past stays where it was, its news count at the new place', async () => {
    const client = new WebSocket(`${product.url.replace('http', 'ws')}/api/v1/live?kinds=spaces`);
    const frames: LiveFrame[] = [];
    client.on('message', (text: Buffer) => frames.push(JSON.parse(text.toString()) as LiveFrame));
    await waitFor(() => frames[0]?.type === 'snapshot', { what: 'the first snapshot' });

    const movedMs = Date.now();
    const moved = new Date(movedMs).toISOString();
    edit('installations.csv', (text) =>
      [
        text
          .replace(row(1, 0, '2020-01-01'), row(1, 0, '2020-01-01', moved))
          .replace(row(20, 19, '2020-01-01'), row(20, 19, '2020-01-01', moved)),
        `${row(1, 19, moved)}\n${row(101, 0, moved)}\n`,
      ].join(''),
    );
    product.reload();
    await becomes(0, 'unknown');
    await becomes(19, 'unknown');
    expect(await configuration()).toBeNull();
    const epochs = (): (string | undefined)[] =>
      frames.flatMap((frame) => (frame.type === 'snapshot' ? frame.cursor.split('.')[0] : []));
    await waitFor(() => epochs().length === 2, { what: 'a second snapshot' });
    expect(new Set(epochs()).size).toBe(2);
    client.close();

    await says(1, 4, false);
    await says(101, 1, true);
    await becomes(19, 'vacant');
    await becomes(0, 'occupied');
    // Held back on its way: it was sent before the device was moved.
    await says(1, 3, true, movedMs - 1);
    await waitFor(
      async () => ((await product.json('/api/v1/state')) as State).uplinks.received === 6,
      { what: 'the late uplink' },
    );
    expect((await space(19)).status).toBe('vacant');
    expect((await space(0)).status).toBe('occupied');
  });

  test('brings new sites and spaces', async () => {
    const before = await fetch(`${product.url}/api/v1/sites`);
    const feature = (coordinates: number[], properties: object) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates },
      properties,
    });
    edit('sites.geojson', (text) => {
      const collection = JSON.parse(text) as { features: object[] };
      collection.features.push(
        feature([8.7, 49.41], {
          type: 'site',
          id: 'new-site',
          municipality: 'town',
          name: 'New kerb',
          kind: 'on-street',
          counting: 'spaces',
          numberOfSpaces: 1,
        }),
        feature([8.7, 49.41], { type: 'space', id: 'space-20', site: 'new-site' }),
      );
      return JSON.stringify(collection);
    });
    edit('installations.csv', (text) => `${text}${row(21, 20, '2020-01-01')}\n`);
    product.reload();
    await waitFor(
      async () =>
        ((await product.json('/api/v1/sites')) as SiteList).items.some(
          ({ id }) => id === 'new-site',
        ),
      { what: 'the new site' },
    );
    const after = await fetch(`${product.url}/api/v1/sites`);
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    await says(21, 1, true);
    await becomes(20, 'occupied');
  });

  test('reads the uplinks of a device again that came before it was installed', async () => {
    const startMs = Math.floor(Date.now() / 1000) * 1000;
    const { received } = ((await product.json('/api/v1/state')) as State).uplinks;
    for (const [fCnt, occupied] of [true, false, true].entries())
      await says(150, fCnt + 1, occupied, startMs - 60_000 + fCnt * 10_000);
    // Before the device was mounted here it may have lain in an office.
    await says(151, 1, true, startMs - 60_000);
    await says(151, 2, false, startMs - 10_000);
    await waitFor(
      async () =>
        ((await product.json('/api/v1/state')) as State).uplinks.received === received + 5,
      { what: 'the uplinks of devices that nobody knows' },
    );
    edit('installations.csv', (text) =>
      [
        text
          .replace(
            /(.*space:space-17,2020-01-01),,/,
            `$1,${new Date(startMs - 70_000).toISOString()},`,
          )
          .replace(
            /(.*space:space-18,2020-01-01),,/,
            `$1,${new Date(startMs - 30_000).toISOString()},`,
          ),
        `${row(150, 17, new Date(startMs - 70_000).toISOString())}\n`,
        `${row(151, 18, new Date(startMs - 30_000).toISOString())}\n`,
      ].join(''),
    );
    product.reload();
    await becomes(17, 'occupied');
    await becomes(18, 'vacant');
    expect(Date.parse((await space(17)).since ?? '')).toBe(startMs - 40_000);
  });

  test('is the same after kill -9, and the history has every uplink where its device was', async () => {
    const killed = product;
    await killed.kill9();
    product = await start();
    expect([(await space(0)).status, (await space(19)).status, (await space(20)).status]).toEqual([
      'occupied',
      'vacant',
      'occupied',
    ]);
    await waitFor(
      async () => ((await product.json('/api/v1/state')) as State).log.backlogRecords === 0,
      { what: 'the history' },
    );
    // They go into the history apart from the rest: before the end, or after it once more.
    const isReadAgain = ({ output }: Product): boolean =>
      output().includes('uplinks of newly installed devices read again');
    await waitFor(() => isReadAgain(killed) || isReadAgain(product), {
      what: 'what the new devices had said before',
    });
    await product.stop();
    const store = await duckdbStore({
      path: join(data, 'history', 'history.duckdb'),
      memoryLimitMb: 200,
      threads: 1,
    });
    const seen = await store.observations({ fromMs: 0, toMs: Date.now() + 1000 });
    await store.close();
    const of = (device: number) =>
      seen
        .filter((observation) => observation.devEui === devEui(device))
        .map(({ spaceId, status }) => `${spaceId} ${status}`);
    expect(of(1)).toEqual([
      'space-0 occupied',
      'space-0 vacant',
      'space-0 occupied',
      'space-19 vacant',
    ]);
    expect(of(101)).toEqual(['space-0 occupied']);
    expect(of(150)).toEqual(['space-17 occupied', 'space-17 vacant', 'space-17 occupied']);
    expect(of(151)).toEqual(['space-18 vacant']);
    product = await start();
  });
});
