import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { toPublicPresent } from '../../services/domain/public-present.ts';
import type { SiteList } from '../../services/contract/site.ts';
import { createServer, type ServerDeps } from '../../services/publish/server.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { serve } from '../support/serve.ts';
import { aPresent, inventory, nowMs, settings } from '../fixtures/feeds/town.ts';

const publicInventory = toPublicInventory(inventory);
const deps: ServerDeps = {
  settings,
  isSimulated: true,
  inventory: () => publicInventory,
  present: toPublicPresent(inventory, aPresent()),
  clock: createManualClock(nowMs),
  log: createRecordingLogger(),
  readiness: () => [{ name: 'log', isReady: true, problem: null }],
  metricsText: () => 'parklotse_uplinks_total 1\n',
  state: () => {
    throw new Error('broken on purpose');
  },
  webhooks: {
    tts: {
      maxBodyBytes: 1024,
      bearer: 'ok',
      handle: () => ({ status: 200 }),
    },
  },
  dashboardDirectory: null,
  trustedProxies: [],
  rateLimit: null,
};

let base = '';
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  server = await serve(createServer(deps).fetch);
  base = server.url;
});
afterAll(() => server.stop());

describe('the HTTP server', () => {
  it('answers every list with its items, the licence and the position in the stream', async () => {
    for (const path of ['/api/v1/sites', '/api/v1/spaces', '/api/v1/zones']) {
      const response = await fetch(base + path);
      expect(response.status, path).toBe(200);
      const body = (await response.json()) as SiteList;
      expect(body.cursor).toBe('test1.0');
      expect(body.licence.attribution).toBe('Stadt Musterstadt');
      expect(body.items.length).toBeGreaterThan(0);
    }
  });

  it.each([
    ['GET', '/api/v1/sites/nowhere', 404],
    ['GET', '/api/v1/nothing', 404],
    ['GET', '/', 404],
    ['POST', '/nothing', 404],
    ['POST', '/api/v1/sites', 405],
    ['GET', '/ingest/tts', 405],
    ['POST', '/ingest/tts', 401],
    ['GET', '/api/v1/sites?limit=minus', 400],
    ['GET', '/api/v1/sites?limit=0', 400],
    ['GET', '/api/v1/sites?bbox=9,49,8,48', 400],
    ['GET', '/api/v1/sites?updated_since=yesterday', 400],
    ['GET', '/api/v1/state', 500],
  ])('answers %s %s with problem details and status %i', async (method, path, status) => {
    const response = await fetch(base + path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const problem = await response.json();
    expect(problem).toMatchObject({ status, instance: path.split('?')[0] });
    expect(JSON.stringify(problem)).not.toContain('on purpose');
  });

  it('serves health, readiness and metrics', async () => {
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${base}/readyz`)).json()).toMatchObject({ status: 'ready' });
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('parklotse_uplinks_total 1');
  });

  it('describes itself as OpenAPI 3.1', async () => {
    const response = await fetch(`${base}/openapi.json`);
    const document = (await response.json()) as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/v1/sites/{id}');
  });
});
