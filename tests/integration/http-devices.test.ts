import { describe, expect, test } from 'vitest';
import type { Problem } from '../../services/contract/common.ts';
import { deviceListSchema, type DeviceList } from '../../services/contract/device.ts';
import type { State } from '../../services/contract/state.ts';
import { assessDevice } from '../../services/domain/device-health.ts';
import { reduceDevice } from '../../services/domain/device.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { toPublicPresent } from '../../services/domain/public-present.ts';
import { createServer } from '../../services/publish/server.ts';
import { aPresent, inventory, nowMs } from '../fixtures/feeds/town.ts';
import { devEui, health, spaceId } from '../support/builders.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { serverDeps } from '../support/server-deps.ts';

const reports = [1, 2, 3].map((n) =>
  assessDevice(
    {
      installation: {
        devEui: devEui(n),
        model: 'bosch-tps110',
        target: { kind: 'space', spaceId: spaceId(`space-${n}`) },
        fromMs: 0,
        untilMs: null,
        occupiedBelowM: null,
      },
      track:
        n === 3
          ? undefined
          : reduceDevice(undefined, health(nowMs - 1000, { batteryRatio: n / 10 })),
      patience: { heartbeatMs: 86_400_000, staleAfterMs: 3 * 86_400_000 },
      batteryLowV: null,
    },
    nowMs,
  ),
);
const serverWith = (
  token: string | null,
  operatorsOnly?: Parameters<typeof createServer>[0]['operatorsOnly'],
) => {
  const publicInventory = toPublicInventory(inventory);
  return createServer(
    serverDeps({
      isSimulated: false,
      inventory: () => publicInventory,
      present: toPublicPresent(inventory, aPresent()),
      clock: createManualClock(nowMs),
      state: () => ({}) as State,
      ...(operatorsOnly && { operatorsOnly }),
      devices: { devices: () => reports, token },
    }),
  );
};
const ask = (token: string | null, query = '', authorization?: string) =>
  serverWith(token).request(
    `/api/v1/devices${query}`,
    authorization === undefined ? {} : { headers: { authorization } },
  );
const list = async (query: string): Promise<DeviceList> =>
  deviceListSchema.parse(await (await ask('secret', query, 'Bearer secret')).json());

describe('the list of devices', () => {
  test.each([undefined, '', 'secret', 'Bearer', 'Bearer wrong', 'Bearer secretsecret'])(
    'is not for who shows %j',
    async (authorization) => {
      const response = await ask('secret', '', authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(((await response.json()) as Problem).type).toBe('/docs#problem-unauthorized');
    },
  );

  test('is for who shows the token, however the scheme is written', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER'])
      expect((await ask('secret', '', `${scheme} secret`)).status, scheme).toBe(200);
    expect((await ask('secret', '', 'Bearer SECRET')).status).toBe(401);
  });

  test('is switched off, and says so, where no token is configured', async () => {
    const response = await ask(null, '', 'Bearer ');
    expect(response.status).toBe(404);
    expect(((await response.json()) as Problem).detail).toMatch(/access\.token/);
  });

  test('tells what each watches, how it is, and never gets into a cache', async () => {
    const { items, totalCount } = await list('');
    expect(totalCount).toBe(3);
    expect(items.map(({ id, problems }) => [id, problems])).toEqual([
      [devEui(1), ['battery-low']],
      [devEui(2), []],
      [devEui(3), ['offline']],
    ]);
    expect(items[0]).toMatchObject({
      model: 'bosch-tps110',
      watches: { kind: 'space', id: 'space-1', gate: null },
      batteryRatio: 0.1,
      uplinks: 1,
    });
    const response = await ask('secret', '', 'Bearer secret');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('is narrowed to a problem, comes in pages, and refuses words it does not know', async () => {
    expect((await list('?problem=offline')).items.map(({ id }) => id)).toEqual([devEui(3)]);
    const first = await list('?limit=2');
    expect(first.next).toBe(`/api/v1/devices?limit=2&after=${devEui(2)}`);
    expect((await list(`?limit=2&after=${devEui(2)}`)).items).toHaveLength(1);
    expect((await ask('secret', '?problem=ugly', 'Bearer secret')).status).toBe(400);
  });

  test('stands in the API document with its token', async () => {
    const response = await serverWith('secret').request('/openapi.json');
    const document = (await response.json()) as {
      paths: Record<string, { get: { security: unknown } }>;
    };
    expect(document.paths['/api/v1/devices']?.get.security).toEqual([{ operator: [] }]);
  });
});

describe('figures that move with every uplink', () => {
  const figures = (isNeeded: boolean, path: string, authorization?: string) =>
    serverWith('secret', { isNeeded: () => isNeeded, token: 'secret' }).request(
      path,
      authorization === undefined ? {} : { headers: { authorization } },
    );

  test.each(['/metrics', '/api/v1/state'])(
    '%s is for operators while it would tell of a few hidden spaces',
    async (path) => {
      expect((await figures(false, path)).status).toBe(200);
      expect((await figures(true, path, 'Bearer secret')).status).toBe(200);
      const refused = await figures(true, path);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
    },
  );
});
