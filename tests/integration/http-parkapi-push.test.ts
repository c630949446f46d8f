import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Present, SitePresent } from '../../services/domain/present.ts';
import { createParkApiPush } from '../../services/publish/push/parkapi-push.ts';
import { indexInventory } from '../../services/publish/inventory-index.ts';
import { aPresent, inventory, nowMs } from '../fixtures/feeds/town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { startProduct } from '../support/product.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

interface Got {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { items?: { uid: string }[]; uid?: string };
}

/**
 * Behaves like ParkAPI: Basic auth, a list answers 200 with its errors, an item 201 or 400. With
 * `refusesWith` it refuses the whole request that holds what it does not want.
 */
function fakeParkApi() {
  const got: Got[] = [];
  const state = { status: 200, refuse: new Set<string>(), refusesWith: 0 };
  const server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as Got['body'];
      got.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
      const unwanted = (body.items ?? [{ uid: body.uid ?? '' }]).filter(({ uid }) =>
        state.refuse.has(uid),
      );
      if (unwanted.length > 0 && state.refusesWith > 0) {
        response.statusCode = state.refusesWith;
        response.end('x'.repeat(10_000));
        return;
      }
      const isRefused = body.items === undefined && unwanted.length > 0;
      response.statusCode = state.status === 200 && isRefused ? 400 : state.status;
      const errors = unwanted.map(({ uid }) => ({
        message: 'Invalid parking site',
        parking_site_uid: uid,
      }));
      response.end(JSON.stringify({ items: [], errors }));
    });
  });
  return { server, got, state };
}

const spacesOfTown = inventory.spaces.length;
let api = fakeParkApi();
let url = '';
beforeEach(async () => {
  api = fakeParkApi();
  await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  api.server.closeAllConnections();
  api.server.close();
});

function aPush() {
  const clock = createManualClock(nowMs);
  const log = createRecordingLogger();
  const base = aPresent();
  const changed = new Map<string, SitePresent>();
  const present: Present = { ...base, site: (id) => changed.get(id) ?? base.site(id) };
  const index = indexInventory(inventory);
  /** How long it has waited before each round. */
  const pauses: number[] = [];
  const push = createParkApiPush({
    url,
    sourceUid: 'musterstadt',
    password: 'geheim',
    index: () => index,
    present,
    inventoryAtMs: () => nowMs,
    timeZone: 'Europe/Berlin',
    clock: {
      ...clock,
      after(ms, run) {
        pauses.push(ms);
        return clock.after(ms, run);
      },
    },
    log,
  });
  const lists = () => api.got.filter(({ body }) => body.items !== undefined);
  const rounds = (count: number) =>
    waitFor(() => push.status().lastSuccessMs === clock.now() && lists().length >= count);
  /** A round is over and the next one begins after so many milliseconds. */
  const pausing = (ms: number) =>
    waitFor(() => pauses.at(-1) === ms, { what: `a pause of ${ms} ms` });
  return { push, clock, log, changed, present, lists, rounds, pauses, pausing };
}

describe('the push to ParkAPI', () => {
  it('delivers every site with its real-time part, then every space, signed in as the source', async () => {
    const { push, clock, lists, rounds } = aPush();
    push.start();
    clock.advance(0);
    await rounds(1);
    push.stop();
    expect(lists()[0]?.path).toBe('/api/admin/v1/parking-sites/upsert-list');
    expect(lists()[0]?.authorization).toBe(`Basic ${btoa('musterstadt:geheim')}`);
    expect(lists()[0]?.body.items).toHaveLength(inventory.sites.length);
    expect(JSON.stringify(lists()[0]?.body)).not.toContain('null');
    const spots = api.got.filter(({ path }) => path.endsWith('/parking-spots/upsert-item'));
    expect(spots).toHaveLength(spacesOfTown);
    expect(push.status()).toMatchObject({ rejected: 0, problem: null });
  });

  it('says afterwards what changed at once and the rest again after ten minutes', async () => {
    const { push, clock, lists, rounds, changed, present } = aPush();
    push.start();
    clock.advance(0);
    await rounds(1);
    changed.set('markt-ost', { ...present.site(inventory.sites[0]!.id)!, numberOfVacantSpaces: 1 });
    clock.advance(60_000);
    await rounds(2);
    expect(lists()[1]?.body.items?.map(({ uid }) => uid)).toEqual(['markt-ost']);
    const before = api.got.length;
    clock.advance(60_000);
    await waitFor(() => push.status().lastSuccessMs === clock.now());
    expect(api.got).toHaveLength(before);
    for (let minute = 0; minute < 9; minute += 1) {
      clock.advance(60_000);
      await waitFor(() => push.status().lastSuccessMs === clock.now());
    }
    push.stop();
    const repeated = lists()
      .slice(2)
      .flatMap(({ body }) => body.items ?? []);
    expect(repeated.map(({ uid }) => uid).toSorted()).toEqual([
      'festplatz',
      'markt-ost',
      'parkhaus-rathaus',
    ]);
  });

  it('pauses longer and longer while ParkAPI fails, and loses nothing', async () => {
    const { push, clock, lists, pauses, pausing } = aPush();
    api.state.status = 503;
    push.start();
    clock.advance(0);
    await pausing(5_000);
    expect(push.status().problem).toBe('/parking-sites/upsert-list answered 503');
    clock.advance(5_000);
    await pausing(10_000);
    api.state.status = 200;
    clock.advance(10_000);
    await pausing(60_000);
    push.stop();
    expect(push.status().problem).toBeNull();
    expect(pauses).toEqual([0, 5_000, 10_000, 60_000]);
    expect(lists()).toHaveLength(3);
    expect(lists()[2]?.body.items).toHaveLength(inventory.sites.length);
  });

  it('counts what ParkAPI refuses and goes on with the rest', async () => {
    const { push, clock, log, rounds } = aPush();
    api.state.refuse.add('parkhaus-rathaus');
    push.start();
    clock.advance(0);
    await rounds(1);
    push.stop();
    expect(push.status()).toMatchObject({
      rejected: 1,
      pushed: inventory.sites.length - 1 + spacesOfTown,
    });
    expect(log.lines).toContainEqual({
      level: 'warn',
      message: 'ParkAPI refused items',
      fields: {
        path: '/parking-sites/upsert-list',
        refused: 1,
        items: [{ uid: 'parkhaus-rathaus', reason: 'Invalid parking site' }],
      },
    });
  });

  it.each([400, 409, 413, 422])(
    'sends everything else when a request is refused with %i for one entry',
    async (status) => {
      const { push, clock, log, rounds } = aPush();
      const [space] = inventory.spaces;
      api.state.refusesWith = status;
      for (const uid of ['parkhaus-rathaus', space?.id ?? '']) api.state.refuse.add(uid);
      push.start();
      clock.advance(0);
      await rounds(1);
      const offered = api.got.length;
      const counted = { rejected: 2, pushed: inventory.sites.length + spacesOfTown - 2 };
      expect(push.status()).toMatchObject({ ...counted, problem: null });
      const named = log.lines.flatMap(({ fields }) => fields['items'] ?? []);
      expect(named).toEqual([
        { uid: 'parkhaus-rathaus', reason: `${status} ${'x'.repeat(196)}` },
        { uid: space?.id, reason: `${status} ${'x'.repeat(196)}` },
      ]);
      // What was refused and stays as it is, is not offered again as soon as what was taken.
      clock.advance(60_000);
      await rounds(1);
      push.stop();
      expect(api.got).toHaveLength(offered);
    },
  );

  it('names a few of many that are refused', async () => {
    const { push, clock, log, rounds } = aPush();
    for (const { id } of inventory.spaces) api.state.refuse.add(id);
    push.start();
    clock.advance(0);
    await rounds(1);
    push.stop();
    expect(push.status().rejected).toBe(spacesOfTown);
    const [line, ...more] = log.lines.filter(({ fields }) => 'refused' in fields);
    expect(more).toEqual([]);
    expect(line?.fields).toMatchObject({ refused: spacesOfTown });
    expect((line?.fields['items'] as unknown[]).length).toBeLessThanOrEqual(5);
  });

  it.each([401, 403, 404, 429, 500])(
    'stops the round at %i, which is not of the entry',
    async (status) => {
      const { push, clock, pausing } = aPush();
      api.state.status = status;
      push.start();
      clock.advance(0);
      await pausing(5_000);
      push.stop();
      expect(api.got).toHaveLength(1);
      expect(push.status()).toMatchObject({ pushed: 0, rejected: 0 });
    },
  );
});

describe('the program with a ParkAPI in its deployment', () => {
  const start = () =>
    startProduct(
      [
        '--config',
        deploymentFolder(10, {
          parkApiPush: { url, sourceUid: 'testtown', password: { secret: 'PARKAPI_PASSWORD' } },
        }),
        '--data',
        temporaryDirectory(),
      ],
      { PARKAPI_PASSWORD: 'geheim' },
    );

  it('delivers its sites and spaces, and counts them', async () => {
    const product = await start();
    const taken = 'parklotse_parkapi_push_items_total{answer="taken"} 11';
    await waitFor(async () => (await product.text('/metrics')).includes(taken), { what: taken });
    expect(api.got[0]?.authorization).toBe(`Basic ${btoa('testtown:geheim')}`);
    expect(api.got[0]?.body.items?.map(({ uid }) => uid)).toEqual(['site-0']);
    expect(await product.text('/metrics')).toContain('parklotse_parkapi_push_up 1');
    expect(await product.stop()).toBe(0);
  });

  it('says in its readiness what is wrong, and is ready all the same', async () => {
    api.state.status = 503;
    const product = await start();
    const problem = '/parking-sites/upsert-list answered 503';
    await waitFor(async () => (await product.text('/readyz')).includes(problem), { what: problem });
    expect((await fetch(`${product.url}/readyz`)).status).toBe(200);
    expect(await product.text('/metrics')).toContain('parklotse_parkapi_push_up 0');
    expect(await product.stop()).toBe(0);
  });
});
