import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startComposedTown, webhookSource, type ComposedTown } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';

const licence = '<https://www.govdata.de/dl-de/zero-2-0>; rel="license"';
const documentShape = z.object({
  paths: z.record(
    z.string(),
    z.object({ get: z.object({ tags: z.array(z.string()) }).optional() }),
  ),
});
/** What is there for operators only. */
const elsewhere = new Set(['Operation', 'Devices']);
const ids: Readonly<Record<string, string>> = {
  '/api/v1/sites/{id}': 'site-0',
  '/api/v1/spaces/{id}': 'space-0',
  '/api/v1/signs/{id}': 'north',
  '/parkapi/v1/{city}': 'town',
  '/ogc/collections/{collection}': 'sites',
  '/ogc/collections/{collection}/items': 'spaces',
};

let town: ComposedTown;
beforeAll(async () => {
  const dir = deploymentFolder(10, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    licence: {
      id: 'dl-zero-de/2.0',
      name: 'Datenlizenz Deutschland – Zero – Version 2.0',
      url: 'https://www.govdata.de/dl-de/zero-2-0',
      attribution: '',
    },
  });
  const sign = {
    id: 'north',
    name: 'North',
    location: { lat: 49.4, lon: 8.69 },
    sites: ['site-0'],
  };
  writeFileSync(join(dir, 'signs.json'), JSON.stringify({ signs: [sign] }));
  town = await startComposedTown(dir);
});
afterAll(() => town.stop());

describe('the licence', () => {
  test('goes with every public answer of the OpenAPI document', async () => {
    const { paths } = documentShape.parse(await (await town.send('GET', '/openapi.json')).json());
    const scanned: string[] = [];
    const missing: string[] = [];
    for (const [path, { get }] of Object.entries(paths)) {
      const id = ids[path];
      if (get === undefined || get.tags.some((tag) => elsewhere.has(tag))) continue;
      if (path === '/api/v1/live' || (path.includes('{') && id === undefined)) continue;
      const response = await town.send('GET', path.replace(/\{\w+\}/, id ?? ''));
      const link = response.headers.get('link') ?? '';
      await response.body?.cancel();
      // A question without its parameters has no data in its answer, and no licence for them.
      if (response.ok) scanned.push(path);
      if (response.ok !== link.includes(licence))
        missing.push(`${path}: ${response.status} ${link}`);
    }
    expect(missing).toEqual([]);
    expect(scanned.length).toBeGreaterThan(20);
  });

  test('does not go with a problem', async () => {
    const response = await town.send('GET', '/api/v1/sites/nowhere');
    expect([response.status, response.headers.get('link')]).toEqual([404, null]);
  });
});
