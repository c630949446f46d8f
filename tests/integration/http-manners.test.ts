import { mkdir, rm, writeFile } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { followPublicPresent } from '../../services/domain/public-present.ts';
import { createServer } from '../../services/publish/server.ts';
import { aPresent, inventory, nowMs, settings } from '../fixtures/feeds/town.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { serve } from '../support/serve.ts';
import { serverDeps } from '../support/server-deps.ts';

const clock = createManualClock(nowMs);
const publicInventory = toPublicInventory(inventory);
const gate = followPublicPresent(() => inventory, aPresent());
const { present } = gate;
const dashboard = mkdtempSync(join(tmpdir(), 'parklotse-dashboard-'));
const burst = 200;

const app = createServer(
  serverDeps({
    settings: {
      ...settings,
      map: {
        ...settings.map,
        tiles: { url: 'https://tiles.example/{z}/{x}/{y}.png', attribution: '', maxNativeZoom: 18 },
      },
    },
    inventory: () => publicInventory,
    present,
    clock,
    readiness: () => [{ name: 'history', isReady: false, problem: 'opening' }],
    dashboardDirectory: dashboard,
    trustedProxies: ['127.0.0.1'],
    rateLimit: { burst, perSecond: 1 },
    deprecated: [
      {
        path: '/datex2/v2/status.xml',
        sinceMs: Date.UTC(2026, 10, 1),
        sunsetMs: Date.UTC(2027, 4, 31, 22),
        successor: '/datex2/v3/status.xml',
      },
    ],
  }),
);
let server: Awaited<ReturnType<typeof serve>>;
let base = '';
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(base + path, { method, headers });

beforeAll(async () => {
  await mkdir(join(dashboard, 'assets'));
  await writeFile(join(dashboard, 'index.html'), '<!doctype html><title>Parklotse</title>');
  await writeFile(join(dashboard, 'assets/main-a1B2c3D4.js'), 'export const x = 1;\n'.repeat(200));
  await writeFile(join(dashboard, '.secret'), 'no');
  server = await serve(app.fetch);
  base = server.url;
});
afterAll(async () => {
  await server.stop();
  await rm(dashboard, { recursive: true });
});

const sites = '/api/public/v3/parking-sites';

describe('a document', () => {
  it('comes with ETag, licence, caching, CORS and length', async () => {
    const { headers } = await get(sites);
    expect(headers.get('etag')).toBe('W/"test1.0.mwq4b280"');
    expect(headers.get('link')).toBe('<https://www.govdata.de/dl-de/by-2-0>; rel="license"');
    expect(headers.get('cache-control')).toBe('public, max-age=15, stale-while-revalidate=30');
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('vary')).toBe('Accept-Encoding');
    expect((await get('/catalog.ttl')).headers.get('cache-control')).toBe('public, max-age=3600');
  });

  it('is not sent again to who has it: 304 with everything a cache needs', async () => {
    for (const known of ['W/"test1.0.mwq4b280"', '"x", W/"test1.0.mwq4b280"', '*']) {
      const response = await get(sites, { 'if-none-match': known });
      expect(response.status).toBe(304);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('vary')).toBe('Accept-Encoding');
      expect(response.headers.get('cache-control')).toContain('max-age=15');
      expect(response.headers.get('etag')).toBe('W/"test1.0.mwq4b280"');
      expect(await response.text()).toBe('');
    }
  });

  it('is new when the state has a new version and a second has passed', async () => {
    gate.advance();
    expect((await get(sites)).headers.get('etag')).toBe('W/"test1.0.mwq4b280"');
    clock.advance(1000);
    const response = await get(sites, { 'if-none-match': 'W/"test1.0.mwq4b280"' });
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe('W/"test1.1.mwq4b280"');
    expect((await get('/datex2/v3/table.xml')).headers.get('etag')).toBe('W/"test1"');
  });

  it('comes in the encoding that was asked for', async () => {
    for (const encoding of ['br', 'gzip']) {
      const response = await get(sites, { 'accept-encoding': encoding });
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(JSON.parse(await response.text())).toMatchObject({ total_count: 4 });
    }
  });

  it('answers HEAD like GET without the body, and OPTIONS for other origins', async () => {
    const head = await get(sites, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.headers.get('etag')).toBe('W/"test1.1.mwq4b280"');
    expect(await head.text()).toBe('');
    const preflight = await get(sites, { origin: 'https://a.example' }, 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('GET');
  });

  it('writes absolute addresses as they are seen through a trusted proxy', async () => {
    const response = await get('/ogc', {
      'x-forwarded-host': 'parken.example',
      'x-forwarded-proto': 'https',
    });
    expect(await response.text()).toContain('https://parken.example/ogc/collections');
  });
});

describe('a path that will go', () => {
  it('says since when, until when and what follows, in its header and in the document', async () => {
    const response = await get('/datex2/v2/status.xml');
    expect(response.status).toBe(200);
    expect(response.headers.get('deprecation')).toBe('@1793491200');
    expect(response.headers.get('sunset')).toBe('Mon, 31 May 2027 22:00:00 GMT');
    expect(response.headers.get('link')).toBe(
      `<${settings.licence.url}>; rel="license", </datex2/v3/status.xml>; rel="successor-version"`,
    );
    expect((await get('/datex2/v3/status.xml')).headers.has('deprecation')).toBe(false);
    const { paths } = (await (await get('/openapi.json')).json()) as {
      paths: Record<string, { get: { deprecated?: boolean } }>;
    };
    const docs = await (await get('/docs')).text();
    expect(docs.match(/<strong>deprecated<\/strong>/g)).toHaveLength(1);
    expect(docs).toMatch(/Answers until \d{4}-\d\d-\d\d at least; ask \S+ instead\./);
    const gone = Object.keys(paths).filter((path) => paths[path]?.get.deprecated);
    expect(gone).toEqual(['/datex2/v2/status.xml']);
  });
});

describe('a page', () => {
  it('may load only from here and from the configured tile server', async () => {
    const response = await get('/');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("img-src 'self' data: blob: https://tiles.example;");
    expect(policy.match(/https?:/g)).toHaveLength(1);
    expect(policy).not.toContain('unsafe');
  });

  it('has assets that never change', async () => {
    const response = await get('/assets/main-a1B2c3D4.js', { 'accept-encoding': 'br' });
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('content-encoding')).toBe('br');
  });

  it.each(['/planung', '/.secret', '/assets', '/assets/', '/%2e%2e/package.json', '/..%2f.secret'])(
    'does not exist at %s',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    },
  );

  it('cannot be reached by climbing out of the folder', async () => {
    // fetch() would normalise the path before it is sent.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      httpRequest(`${base}/x`, { path: '/assets/../../etc/passwd.txt' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});

describe('the texts of the server', () => {
  it('include an API reference that loads nothing from elsewhere and explains every problem', async () => {
    const response = await get('/docs');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).not.toContain('<script');
    expect(page.match(/(?:src|href)="https?:[^"]*"/g)).toBeNull();
    const openApi = (await (await get('/openapi.json')).json()) as {
      paths: Record<string, unknown>;
    };
    for (const path of Object.keys(openApi.paths)) expect(page).toContain(` ${path}</code>`);
    const problem = (await (await get('/nowhere')).json()) as { type: string };
    expect(page).toContain(`id="${problem.type.split('#')[1] ?? ''}"`);
    expect((await get('/plain.css')).headers.get('content-type')).toContain('text/css');
  });

  it('include the legal pages that were written, as text and not as markup', async () => {
    const page = await (await get('/impressum')).text();
    expect(page).toContain('<p>Stadt Musterstadt<br>Marktplatz 1</p>');
    expect(page).toContain('<h2>Vertreten durch</h2>');
    expect(page).toContain('&lt;b&gt;Erika Muster&lt;/b&gt;');
    expect(page).toContain('<a href="https://www.musterstadt.example/rathaus">');
    expect(await (await get('/hilfe')).text()).toContain('<p>Was die Farben heißen.</p>');
  });

  it('tell people whom to ask where a legal page is not written, and programs a problem', async () => {
    for (const [path, setting] of [
      ['/datenschutz', 'legal.privacy'],
      ['/leichte-sprache', 'legal.easyLanguage'],
      ['/gebaerdensprache', 'legal.signLanguage'],
    ] as const) {
      const page = await get(path, { accept: 'text/html,*/*;q=0.8' });
      expect(page.status, path).toBe(404);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(page.headers.get('vary')).toContain('Accept');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      const text = await page.text();
      expect(text).toContain(`<code>${setting}</code>`);
      expect(text).toContain(settings.publisher.name);
      const problem = await get(path);
      expect(problem.status).toBe(404);
      expect(problem.headers.get('content-type')).toBe('application/problem+json');
    }
    const stray = await get('/<img src=x>', { accept: 'text/html' });
    expect(stray.status).toBe(404);
    expect(await stray.text()).not.toContain('<img');
  });

  it('say whom to tell of a weakness', async () => {
    const text = await (await get('/.well-known/security.txt')).text();
    expect(text).toContain('Contact: mailto:it@musterstadt.example');
  });

  it('hold on to that as long as the server runs', () => {
    const years = createManualClock(nowMs);
    const longRunning = createServer(
      serverDeps({ inventory: () => publicInventory, present, clock: years }),
    );
    const daysLeft = async (): Promise<number> => {
      const text = await (await longRunning.request('/.well-known/security.txt')).text();
      const expires = /^Expires: (.+)$/m.exec(text)?.[1] ?? '';
      return (Date.parse(expires) - years.now()) / 86_400_000;
    };
    return fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100 }), async (days) => {
        years.advance(days * 86_400_000);
        const left = await daysLeft();
        expect(left).toBeGreaterThan(300);
        expect(left).toBeLessThan(365);
      }),
      { numRuns: 30 },
    );
  });
});

describe('trouble', () => {
  it('is told as a problem, with every part when not ready', async () => {
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      title: 'Not ready yet',
      parts: [{ name: 'history', isReady: false, problem: 'opening' }],
    });
  });

  it('ends a flood from one address, not counting 304, and leaves others alone', async () => {
    const flood = { 'x-forwarded-for': '203.0.113.7' };
    for (let at = 0; at < burst + 50; at += 1) {
      const { status } = await get(sites, { ...flood, 'if-none-match': '*' });
      expect(status).toBe(304);
    }
    let last = await get(sites, flood);
    expect(last.headers.get('ratelimit')).toBe(`"default";r=${burst - 1};t=1`);
    expect(last.headers.get('ratelimit-policy')).toBe(`"default";q=${burst};w=${burst}`);
    for (let at = 0; at < burst; at += 1) last = await get(sites, flood);
    expect(last.status).toBe(429);
    expect(last.headers.get('retry-after')).toBe('1');
    expect(last.headers.get('access-control-allow-origin')).toBe('*');
    expect(await last.json()).toMatchObject({ status: 429, title: 'Too many requests' });
    expect((await get(sites, { 'x-forwarded-for': '203.0.113.8' })).status).toBe(200);
    expect((await get('/healthz', flood)).status).toBe(200);
    clock.advance(1000);
    expect((await get(sites, flood)).status).toBe(200);
  });
});
