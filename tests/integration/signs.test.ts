import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signListSchema, signSchema } from '../../services/contract/sign.ts';
import { startComposedTown, webhookSource, type ComposedTown } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';

const spaces = Array.from({ length: 40 }, (_, n) => n);
const path = '/api/v1/signs';
const sign = { location: { lat: 49.4, lon: 8.69 }, sites: ['site-0', 'site-1'] };
const signs = [
  { ...sign, id: 'north', name: 'North <bridge>', garage: 'site-3', changeEveryS: 60 },
  { ...sign, id: 'late', name: 'Late', fullBelow: 1 },
];

let dir = '';
let town: ComposedTown;
beforeAll(async () => {
  dir = deploymentFolder(spaces.length, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    server: { host: '127.0.0.1', rateLimit: null },
  });
  writeFileSync(join(dir, 'signs.json'), JSON.stringify({ signs }));
  town = await startComposedTown(dir);
});
afterAll(() => town.stop());
const show = async (id: string) =>
  signSchema.parse(await (await town.send('GET', `${path}/${id}`)).json());

describe('dynamic signs', () => {
  test('say that there is no data while no sensor has spoken', async () => {
    expect(await show('north')).toMatchObject({
      kind: 'no-data',
      lines: { de: ['keine Angabe'], en: ['no data'] },
    });
  });

  test('count vacant spaces, at most once a minute, and say full early with the garage', async () => {
    await town.report(spaces, false);
    await town.pass(60_000);
    const before = await show('north');
    expect(before).toMatchObject({ kind: 'vacant', lines: { de: ['20 frei'], en: ['20 free'] } });

    await town.report(spaces.slice(0, 11), true);
    await town.pass(50_000);
    expect(await show('north')).toEqual(before);
    await town.pass(10_000);
    expect(await show('north')).toMatchObject({
      kind: 'full',
      garage: 'Kerb 3',
      vacantSpaces: null,
      lines: { de: ['besetzt', '→ Kerb 3'], en: ['full', '→ Kerb 3'] },
    });
    expect(await show('late')).toMatchObject({ kind: 'vacant', vacantSpaces: 9 });
  });

  test('count less the cars that were sent there', async () => {
    for (let at = 0; at < 3; at += 1)
      await town.send('POST', '/api/v1/guidance', {
        destination: sign.location,
        needs: { maxWalkM: 100 },
      });
    await town.pass(60_000);
    expect((await show('late')).vacantSpaces).toBeLessThan(9);
  });

  test('do not name a garage that is full itself', async () => {
    await town.report(spaces.slice(30), true);
    await town.pass(60_000);
    expect((await show('north')).garage).toBeNull();
  });

  test('are listed in the order of the deployment, and described', async () => {
    const list = signListSchema.parse(await (await town.send('GET', path)).json());
    expect(list.items.map(({ id }) => id)).toEqual(['north', 'late']);
    const document = (await (await town.send('GET', '/openapi.json')).json()) as {
      paths: Record<string, object>;
    };
    expect(document.paths).toHaveProperty([`${path}/{id}/preview`]);
    expect((await town.send('GET', `${path}/none`)).status).toBe(404);
  });

  test('have a page to look at that needs neither script nor inline style', async () => {
    const response = await town.send('GET', `${path}/north/preview`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain('North &lt;bridge&gt;');
    expect(page).toContain('<p>besetzt</p>');
    // By the town's clocks, as people write a time.
    expect(page).toMatch(
      /<time datetime="\d{4}-[^"]+Z">\d{2}\.\d{2}\.\d{4}, \d{2}:\d{2}:\d{2} Uhr</,
    );
    expect(page).not.toMatch(/style=|<script/);
  });

  test('follow an edited file; a wrong one is refused with its mistakes', async () => {
    const file = join(dir, 'signs.json');
    const right = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ signs: [{ ...sign, id: 'n', name: 'N', sites: ['x'] }] }));
    expect(town.reload()).toMatch(/signs\.json: signs\[0\]\.sites\[0\]: there is no site 'x'/);
    expect((await show('north')).name).toBe('North <bridge>');
    writeFileSync(file, right.replace('"late"', '"later"'));
    expect(town.reload()).toBeNull();
    await town.pass(5_000);
    expect((await show('later')).kind).toBe('vacant');
  });

  test('say closed when all of their sites are', async () => {
    const file = join(dir, 'sites.geojson');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('"counting":', '"isClosed":true,"counting":'));
    expect(town.reload()).toBeNull();
    await town.pass(60_000);
    expect(await show('north')).toMatchObject({ kind: 'closed', lines: { de: ['gesperrt'] } });
  });
});
