import { appendFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { InfluxdbConfig } from '../../services/adapters/history-store/influx-client.ts';
import { influxdbStore } from '../../services/adapters/history-store/influxdb.ts';
import { startInfluxd, startInfluxdOnDisk } from '../support/influxd.ts';
import type { TestServer } from '../support/process.ts';
import { street } from '../support/street.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  always,
  batch,
  count,
  health,
  observation,
  startMs,
  transition,
} from './history-store-rows.ts';

const settings: InfluxdbConfig = {
  kind: 'influxdb',
  url: 'http://127.0.0.1:1',
  api: '1',
  database: 'history',
  organisation: '',
  timeoutS: 60,
};

describe('InfluxDB in trouble', () => {
  let server: TestServer;
  let config: InfluxdbConfig;
  let databases = 0;
  beforeAll(async () => {
    server = await startInfluxd();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    databases += 1;
    config = { ...settings, url: server.url, database: `trouble_${databases}` };
  });

  const query = async (influxQl: string): Promise<string> => {
    const q = encodeURIComponent(influxQl);
    const answer = await fetch(`${server.url}/query?db=${config.database}&q=${q}`, {
      method: 'POST',
    });
    return answer.text();
  };

  test('what the server refuses is set aside line by line, everything else is stored', async () => {
    await query(`CREATE DATABASE "${config.database}"`);
    await fetch(`${server.url}/write?db=${config.database}`, {
      method: 'POST',
      body: `count,device=old,direction=left vehicles="many" ${startMs}000000`,
    });
    const refused: { lines: readonly string[]; reason: string }[] = [];
    const store = influxdbStore(config, {
      logId: 'log',
      refuse: (lines, reason) => refused.push({ lines, reason }),
    });
    const observations = Array.from({ length: 200 }, (_, at) => observation(at));
    await store.append(batch({ observations, counts: [count(0), count(1)], upTo: 7 }));
    expect(refused).toHaveLength(2);
    expect(refused[0]?.lines[0]).toMatch(/^count,device=/);
    expect(refused[0]?.reason).toMatch(/field type conflict/);
    expect(await store.observations(always)).toEqual(observations);
    expect(await store.cursor()).toBe(7);
    expect(store.status()).toEqual({ state: 'ready', problem: null });
  });

  test('rows that are no line never reach the server', async () => {
    const refused: string[] = [];
    const store = influxdbStore(config, { logId: 'log', refuse: (_, why) => refused.push(why) });
    await store.append(
      batch({
        observations: [observation(Number.NaN), observation(1)],
        counts: [count(0, { vehicles: 1.5 })],
        health: [health(0, { batteryV: Number.POSITIVE_INFINITY })],
      }),
    );
    expect(refused).toEqual([
      "observation: 'NaN' is no time",
      "count: vehicles cannot be '1.5'",
      "health: battery_v cannot be 'Infinity'",
    ]);
    expect(await store.observations(always)).toEqual([observation(1)]);
  });

  test('without a place for them, refused rows fail their batch and leave the cursor', async () => {
    const store = influxdbStore(config, { logId: 'log' });
    const rows = batch({ counts: [count(0, { vehicles: 1.5 })], upTo: 3 });
    await expect(store.append(rows)).rejects.toMatchObject({
      code: 'store-refused',
      retryable: false,
    });
    expect(await store.cursor()).toBe(0);
  });

  test('a server that is away is unavailable, and the same batch succeeds afterwards', async () => {
    const store = influxdbStore(config, { logId: 'log' });
    await store.append(batch({ observations: [observation(1)], upTo: 1 }));
    await server.kill9();
    const rows = batch({ observations: [observation(2)], upTo: 2 });
    const away = { code: 'store-unavailable', retryable: true };
    await expect(store.append(rows)).rejects.toMatchObject(away);
    await expect(store.cursor()).rejects.toMatchObject(away);
    expect(store.status().state).toBe('unavailable');
    expect(store.status().problem).toMatch(/^InfluxDB at http:.* does not answer: .*ECONNREFUSED/);
    await server.restart();
    expect(await store.cursor()).toBe(1);
    await store.append(rows);
    expect(await store.cursor()).toBe(2);
    expect(store.status().state).toBe('ready');
    expect(await store.observations(always)).toEqual([observation(1), observation(2)]);
  });

  test('a server whose disk is full is unavailable, and has everything when it was given room', async () => {
    const small = await startInfluxdOnDisk(64);
    const store = influxdbStore({ ...config, url: small.url }, { logId: 'log' });
    const rows = 2_000;
    const batchOf = (n: number) =>
      batch({
        observations: Array.from({ length: rows }, (_, at) => observation(n * rows + at)),
        upTo: n,
      });
    await store.append(batchOf(1));
    const filler = join(small.disk, 'filler');
    expect(() => {
      for (;;) appendFileSync(filler, Buffer.alloc(4096));
    }).toThrow(/ENOSPC/);
    let stored = 1;
    await expect(async () => {
      for (; stored < 100; stored += 1) await store.append(batchOf(stored + 1));
    }).rejects.toMatchObject({ code: 'store-unavailable', retryable: true });
    expect(store.status().problem).toMatch(/no space left on device/);
    expect(stored).toBeLessThan(100);

    rmSync(filler);
    // InfluxDB 1.6 remembers that its log could not be written until it is started again.
    small.killOnce();
    await waitFor(() => store.append(batchOf(stored + 1)).then(() => true), {
      what: 'the batch to be taken',
    });
    expect(store.status()).toEqual({ state: 'ready', problem: null });
    const seen = await store.observations(always);
    expect(seen.map(({ observedAtMs }) => observedAtMs - startMs)).toEqual(
      Array.from({ length: (stored + 1) * rows }, (_, at) => rows + at),
    );
    expect(await store.cursor()).toBe(stored + 1);
    await small.stop();
  });

  test('a server that hangs is given up after the timeout', async () => {
    const patient = influxdbStore(config, { logId: 'log' });
    await patient.append(batch({ observations: [observation(1)], upTo: 1 }));
    const store = influxdbStore({ ...config, timeoutS: 1 }, { logId: 'log' });
    server.freeze();
    try {
      await expect(store.append(batch({ observations: [observation(2)] }))).rejects.toMatchObject({
        code: 'store-unavailable',
      });
      await expect(store.observations(always)).rejects.toMatchObject({ code: 'store-unavailable' });
    } finally {
      server.thaw();
    }
    expect(await patient.observations(always)).toContainEqual(observation(1));
  });

  test('the cursor of another log is not ours', async () => {
    await influxdbStore(config, { logId: 'old' }).append(batch({ upTo: 99 }));
    const store = influxdbStore(config, { logId: 'new' });
    expect(await store.cursor()).toBe(0);
    await store.append(batch({ upTo: 1 }));
    expect(await store.cursor()).toBe(1);
  });

  test('points carry the site and the zone of their space, and fields keep their types', async () => {
    const store = influxdbStore(config, { logId: 'log', inventory: () => street });
    const rows = batch({ observations: [observation(0)], transitions: [transition(0)] });
    await store.append(rows);
    await store.append(batch({ revisions: [{ spaceId: observation(0).spaceId, ...always }] }));
    await store.append(rows);
    expect(await query('SHOW SERIES FROM "transition"')).toContain(
      'transition,site=kerb-1,space=space-a,zone=zone-1',
    );
    expect(await query('SHOW FIELD KEYS FROM "observation"')).toContain('["occupied","integer"]');
    expect(await store.transitions(always)).toEqual([transition(0)]);
  });
});

describe('InfluxDB of each generation is spoken to in its own way', () => {
  test.each([
    {
      api: '1',
      username: 'writer',
      write: '/write?db=history&precision=u',
      authorization: `Basic ${Buffer.from('writer:secret').toString('base64')}`,
    },
    {
      api: '2',
      write: '/api/v2/write?org=county&bucket=history&precision=us',
      authorization: 'Token secret',
    },
    {
      api: '3',
      write: '/api/v3/write_lp?db=history&precision=microsecond&accept_partial=false',
      authorization: 'Bearer secret',
    },
  ] as const)('$api', async ({ write, authorization, ...parts }) => {
    const requests: { url: string; authorization: string | undefined; body: string }[] = [];
    const answer = (request: IncomingMessage): { status: number; body?: string } =>
      request.url?.startsWith('/query') === true
        ? { status: 200, body: '{"results":[{"statement_id":0}]}' }
        : { status: 204 };
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { authorization: given } = request.headers;
        requests.push({ url: request.url ?? '', authorization: given, body });
        const { status, body: text } = answer(request);
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const store = influxdbStore(
      { ...settings, ...parts, url, organisation: 'county' },
      { logId: 'log', secret: 'secret' },
    );
    await store.append(batch({ observations: [observation(5, { order: 3 })] }));
    await store.prune({ observationsMs: startMs });
    expect(await store.cursor()).toBe(0);
    server.closeAllConnections();
    server.close();

    expect(requests[0]).toMatchObject({ url: write, authorization });
    expect(requests[0]?.body).toBe(
      `observation,device=70B3D5E75E000001,space=space-a occupied=1i,heartbeat=0i,order_in_ms=3i,absent="previous_min_ms previous_max_ms" ${startMs + 5}003`,
    );
    expect(requests.at(-1)?.url).toMatch(/^\/query\?db=history&epoch=ms&q=SELECT/);
    const pruned = requests.slice(1, -1).map(({ url: path, body }) => `${path} ${body}`);
    expect(pruned).toHaveLength(parts.api === '3' ? 0 : 1);
    if (parts.api === '2')
      expect(pruned[0]).toContain('/api/v2/delete?org=county&bucket=history {"start"');
  });

  test.each([401, 403])(
    'credentials that are refused (%i) wait for somebody to mend them',
    async (status) => {
      const server = createServer((_, response) => response.writeHead(status).end());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const store = influxdbStore({ ...settings, url }, { logId: 'log', secret: 'wrong' });
      await expect(store.append(batch({ observations: [observation(1)] }))).rejects.toMatchObject({
        code: 'store-unavailable',
        retryable: true,
      });
      expect(store.status().problem).toBe(`InfluxDB at ${url} does not accept our credentials`);
      server.closeAllConnections();
      server.close();
    },
  );
});
