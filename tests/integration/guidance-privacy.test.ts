import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startComposedTown, webhookSource, type ComposedTown } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';

/** Two kerbs of ten. All of the first are hidden; of the second three are. */
const [kerb0, kerb1] = [0, 10].map((first) => Array.from({ length: 10 }, (_, n) => first + n));
const hidden = [...kerb0!, ...kerb1!.slice(0, 3)];
const destination = { lat: 49.4, lon: 8.69 };

let town: ComposedTown;
beforeAll(async () => {
  const dir = deploymentFolder(30, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    server: { host: '127.0.0.1', rateLimit: null },
  });
  const file = join(dir, 'sites.geojson');
  const inventory = JSON.parse(readFileSync(file, 'utf8')) as {
    features: { properties: Record<string, unknown> }[];
  };
  for (const { properties } of inventory.features)
    if (hidden.some((n) => properties['id'] === `space-${n}`))
      properties['visibility'] = properties['site'] === 'site-0' ? 'internal' : 'aggregate';
  writeFileSync(file, JSON.stringify(inventory));
  const sign = { location: { lat: 49.4, lon: 8.69 }, fullBelow: 1 };
  writeFileSync(
    join(dir, 'signs.json'),
    JSON.stringify({
      signs: [
        { id: 'one', name: 'One', sites: ['site-0'], ...sign },
        { id: 'two', name: 'Two', sites: ['site-1'], ...sign },
      ],
    }),
  );
  town = await startComposedTown(dir);
});
afterAll(() => town.stop());

/** Everything that guidance tells anybody, without identifiers and times of the asking. */
async function told(): Promise<string> {
  const answers: unknown[] = [];
  for (const needs of [
    {},
    { audience: 'disabled' },
    { maxWalkM: 60 },
    { acceptsCarParks: false },
  ]) {
    const response = await town.send('POST', '/api/v1/guidance', { destination, needs });
    const session = (await response.json()) as { id: string; advice: Record<string, unknown> };
    await town.send('DELETE', `/api/v1/guidance/${session.id}`);
    answers.push({ ...session.advice, expectedAt: null });
  }
  const signs = (await (await town.send('GET', '/api/v1/signs')).json()) as {
    items: { lines: unknown }[];
  };
  answers.push(signs.items.map(({ lines }) => lines));
  return JSON.stringify(answers);
}

test('advice and signs are the same whatever happens on hidden spaces', async () => {
  await town.report([...kerb1!.slice(3), ...Array.from({ length: 10 }, (_, n) => 20 + n)], false);
  await town.report(hidden, false);
  await town.pass(120_000);
  const before = await told();
  expect(before).toContain('site-1');
  expect(before).toContain('7 frei');
  expect(before).toContain('keine Angabe');

  // A session that waits at a hidden kerb hears nothing of a take there.
  const response = await town.send('POST', '/api/v1/guidance', { destination });
  const { id } = (await response.json()) as { id: string };
  const expectedAt = new Date(town.clock.now()).toISOString();
  await town.send('POST', `/api/v1/guidance/${id}`, {
    event: 'picked',
    siteId: 'site-0',
    expectedAt,
  });
  await town.report(hidden, true);
  await town.pass(180_000);
  expect((await town.send('GET', `/api/v1/guidance/${id}`)).status).toBe(200);
  await town.send('DELETE', `/api/v1/guidance/${id}`);

  await town.report([...kerb1!.slice(3), ...Array.from({ length: 10 }, (_, n) => 20 + n)], false);
  await town.pass(60_000);
  const after = await told();
  // The learnt hazards of the public kerbs fade with time; to a tenth the chances are the same.
  const rounded = (text: string): string =>
    text
      .replaceAll(/"chanceRatio":[\d.]+/g, '"chanceRatio":0')
      .replaceAll(/"informationAgeS":\d+/g, '');
  expect(rounded(after)).toBe(rounded(before));
});
