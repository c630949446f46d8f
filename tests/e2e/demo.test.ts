import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DeploymentInput } from '../../config/schema.ts';
import type { SiteList } from '../../services/contract/site.ts';
import { launchBrowser } from '../support/browser.ts';
import { startProduct, type Product } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
let browser: Browser;
let product: Product;
const data = temporaryDirectory();

/** The demo as it is, with one day of simulated past instead of four weeks. */
function demoWithShortPast(): string {
  const dir = temporaryDirectory();
  cpSync(join(import.meta.dirname, '../../config/demo'), dir, { recursive: true });
  const path = join(dir, 'deployment.json');
  const deployment = JSON.parse(readFileSync(path, 'utf8')) as DeploymentInput;
  const { measure: _, guidance, ...simulation } = deployment.simulation ?? {};
  const guided = guidance && { guidance: { ...guidance, daysBeforeStart: 1 } };
  const short = { ...deployment, simulation: { ...simulation, ...guided, historyDays: 1 } };
  writeFileSync(path, JSON.stringify(short));
  return dir;
}

const speed = 30;
const hourMs = 3_600_000;

/**
 * Where the time-lapse has to begin for it to be day in the town now: at night hardly anybody drives. Its
 * clock shows `anchorMs + (now - anchorMs) * speed`.
 */
function anchorForDaytime(nowMs: number): number {
  const hours = (nowMs / hourMs) % 24;
  // In the town it is an hour or two later.
  const aheadMs = hours >= 8 && hours < 15 ? 0 : ((24 + 9 - hours) % 24) * hourMs;
  return Math.round(nowMs - aheadMs / (speed - 1));
}

beforeAll(async () => {
  browser = await launchBrowser();
  const lapse = { anchorMs: anchorForDaytime(Date.now()), speed };
  writeFileSync(join(data, 'time-lapse.json'), JSON.stringify(lapse));
  const args = ['--config', demoWithShortPast(), '--data', data];
  product = await startProduct([...args, '--simulate', '--speed', String(speed)]);
  await waitFor(() => product.output().includes('the town lives'), {
    what: 'the simulated past',
    timeoutMs: 150_000,
  });
});
afterAll(async () => {
  await browser.close();
  expect(await product.stop()).toBe(0);
});

/** Stops of guided drivers, as the file's lines tell them. */
const stopsIn = (...path: string[]): readonly string[] => {
  const file = join(data, ...path);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
};

describe('the demo town', () => {
  test('a share of its drivers was guided in its past, and asks the API since', async () => {
    const past = stopsIn('simulation', 'guided-stops.csv');
    expect(past.filter((line) => line.includes(',parked,')).length).toBeGreaterThan(300);
    // What they tell over HTTP arrives as stops in the product's own record.
    const own = (): readonly string[] =>
      readdirSync(join(data, 'guided')).flatMap((name) => stopsIn('guided', name));
    await waitFor(() => own().some((line) => line.includes(',parked,')), {
      what: 'a guided driver who parked',
      timeoutMs: 90_000,
    });
    const { items } = (await product.json('/api/v1/measures')) as { items: { id: string }[] };
    expect(items.map(({ id }) => id)).toEqual(['parkleitsystem-app']);
  });

  test('knows most of its spaces from real bytes of its sensors', async () => {
    const { items } = (await product.json('/api/v1/sites?limit=1000')) as SiteList;
    const sum = (pick: (site: (typeof items)[number]) => number): number =>
      items.reduce((total, site) => total + pick(site), 0);
    const known = sum(({ status }) => status.numberOfKnownSpaces);
    const vacant = sum(({ status }) => status.numberOfVacantSpaces ?? 0);
    expect(known).toBeGreaterThan(1_500);
    expect(vacant).toBeGreaterThan(0);
    expect(vacant).toBeLessThan(known);
    const carParks = items.filter(({ kind }) => kind !== 'on-street');
    expect(carParks).toHaveLength(6);
    for (const { status } of carParks) expect(status.numberOfVacantSpaces).not.toBeNull();
    const metrics = await product.text('/metrics');
    expect(metrics).not.toMatch(/uplinks_rejected_total\{/);
  });

  test('changes on the list while one looks at it, without a word to foreign servers', async () => {
    const context = await browser.newContext({
      locale: 'de-DE',
      viewport: { width: 1280, height: 800 },
    });
    const page = await context.newPage();
    const foreign: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(product.url)) foreign.push(request.url());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(product.url);
    await page.locator('[data-site]').first().waitFor();
    await page.getByRole('region', { name: 'Karte der Parkplätze' }).waitFor();
    const words = (): Promise<string[]> => page.locator('[data-site]').allInnerTexts();
    const before = (await words()).join('\n');
    expect(before).toMatch(/\d+ von \d+ frei/);
    await waitFor(async () => (await words()).join('\n') !== before, {
      what: 'a change in the list',
      timeoutMs: 90_000,
    });
    expect(foreign).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
