import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseTtsMessage } from '../../services/adapters/uplink-source/tts-message.ts';
import type { Uplink } from '../../services/domain/uplink.ts';
import { uplinkKey } from '../../services/domain/uplink.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

interface Ports {
  readonly mqttPort: number;
  readonly storagePort: number;
}

interface TownMessage extends Ports {
  readonly kind: string;
  readonly reason?: string;
  readonly done?: number;
  readonly total?: number;
}

const key = 'a-key';
const children: ChildProcess[] = [];
function simulate(...args: readonly string[]) {
  const child = fork('simulators/main.ts', args, {
    env: { ...process.env, SIMULATION_KEY: key },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  let ports: Ports | undefined;
  let isThere = false;
  let errors = '';
  child.stderr?.on('data', (text: Buffer) => (errors += text.toString()));
  // Later than its end: all it has said has been read.
  const closed = once(child, 'close') as Promise<[number | null]>;
  let failure = '';
  child.on('message', (message: TownMessage) => {
    if (message.kind === 'failed') failure = message.reason ?? '';
    if (message.kind === 'ready') ports = message;
    if (message.kind === 'progress') isThere = message.done === message.total;
  });
  return {
    child,
    errors: () => errors,
    failure: () => failure,
    ended: async () => (await closed)[0],
    ports: () => waitFor(() => ports, { what: 'the simulator to be ready' }),
    hasCaughtUp: () => waitFor(() => isThere, { what: 'the past to be simulated' }),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}

/** All uplinks that the storage holds in a time, page by page. */
async function stored(port: number, query: Readonly<Record<string, string>>): Promise<Uplink[]> {
  const uplinks: Uplink[] = [];
  let token: string | null = null;
  do {
    const url = new URL(
      `http://127.0.0.1:${port}/api/v3/as/applications/parklotse-demo/packages/storage/uplink_message`,
    );
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (token !== null) url.searchParams.set('continuation_token', token);
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
    expect(response.status).toBe(200);
    for (const line of (await response.text()).split('\n').filter((text) => text !== '')) {
      const { result } = JSON.parse(line) as { result: unknown };
      const options = { nowMs: Date.now() + 1e9, via: 'storage' } as const;
      const parsed = parseTtsMessage(JSON.stringify(result), options);
      if (parsed.ok && parsed.value.kind === 'uplink') uplinks.push(parsed.value.uplink);
    }
    token = response.headers.get('x-continuation-token');
  } while (token !== null);
  return uplinks;
}

describe('the simulator', () => {
  let data: string;
  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  test('serves its past page by page, each uplink once, and in any selection of fields', async () => {
    const town = simulate('--data', data, '--days', '1');
    const { storagePort } = await town.ports();
    // Asked before it has happened: the answer waits for the simulation.
    const before = new Date().toISOString();
    const uplinks = await stored(storagePort, { before, limit: '700' });
    await town.hasCaughtUp();
    expect(uplinks.length).toBeGreaterThan(1000);
    expect(new Set(uplinks.map(uplinkKey)).size).toBe(uplinks.length);
    const masked = await stored(storagePort, {
      before,
      limit: '100000',
      field_mask:
        'up.uplink_message.frm_payload,up.uplink_message.f_port,up.uplink_message.f_cnt,up.uplink_message.session_key_id,up.uplink_message.received_at',
    });
    expect(masked.map(uplinkKey)).toEqual(uplinks.map(uplinkKey));
    expect(masked[0]).toMatchObject({ rssiDbm: null, payload: uplinks[0]!.payload });
    expect(await town.stop()).toBe(0);
  });

  test('refuses who has no key', async () => {
    const town = simulate('--days', '1');
    const { storagePort } = await town.ports();
    const path = '/api/v3/as/applications/parklotse-demo/packages/storage/uplink_message';
    expect((await fetch(`http://127.0.0.1:${storagePort}${path}`)).status).toBe(401);
  });

  test('publishes live what it also stores, as The Things Stack does', async () => {
    const town = simulate('--data', data, '--days', '1', '--speed', '60');
    const { mqttPort, storagePort } = await town.ports();
    const client = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`);
    const live: Uplink[] = [];
    client.on('message', (_topic, message) => {
      const parsed = parseTtsMessage(message, { nowMs: Date.now() + 1e9, via: 'mqtt' });
      if (parsed.ok && parsed.value.kind === 'uplink') live.push(parsed.value.uplink);
    });
    await client.subscribeAsync('v3/parklotse-demo@ttn/devices/+/up');
    await waitFor(() => live.length >= 20, { what: 'live uplinks' });
    await client.endAsync();
    const first = new Date(live[0]!.receivedAtMs - 1000).toISOString();
    const kept = new Map(
      (await stored(storagePort, { after: first })).map((u) => [uplinkKey(u), u]),
    );
    for (const uplink of live.slice(0, 20)) {
      expect(kept.get(uplinkKey(uplink))).toEqual({ ...uplink, via: 'storage' });
    }
  });

  test('takes up its life after kill -9: the same uplinks, then new ones', async () => {
    const args = ['--data', data, '--days', '1'];
    const first = simulate(...args);
    const before = new Date().toISOString();
    const uplinks = await stored((await first.ports()).storagePort, { before });
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = simulate(...args);
    const again = await stored((await second.ports()).storagePort, { before });
    expect(again.map(uplinkKey)).toEqual(uplinks.map(uplinkKey));
  });

  test('publishes to any broker, as ChirpStack if asked to', async () => {
    const broker = await startMosquitto();
    const client = await connectAsync(broker.url);
    const topics: string[] = [];
    client.on('message', (topic) => topics.push(topic));
    await client.subscribeAsync('application/+/device/+/event/up');
    const county = ['--config', 'config/landkreis-boeblingen', '--days', '0', '--speed', '120'];
    simulate(...county, '--broker', broker.url, '--format', 'chirpstack');
    await waitFor(() => topics.length >= 3, { what: 'uplinks' });
    await client.endAsync();
    await broker.stop();
  });

  test('says that the port of its storage is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const town = simulate('--days', '0', '--storage-port', String(port));
    await waitFor(() => town.failure() !== '', { what: 'the simulator to say why it ends' });
    expect(await town.ended()).toBe(1);
    other.close();
    expect(town.failure()).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
  });

  test('says what is wrong with its command line', async () => {
    const town = simulate('--speed', 'fast');
    expect(await town.ended()).toBe(2);
    expect(town.errors()).toContain('--speed');
  });
});
