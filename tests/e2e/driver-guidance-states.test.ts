import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { guidanceSessionSchema } from '../../services/contract/guidance.ts';
import { launchBrowser } from '../support/browser.ts';
import type { ComposedTown } from '../support/composed-town.ts';
import { expectAccessible, expectToFit, type DriverPage } from '../support/driver-page.ts';
import {
  allSpaces,
  askFor,
  mayLocate,
  openGuidedPage,
  startGuidedTown,
} from '../support/guided-town.ts';
import { eventually } from '../support/wait-for.ts';

vi.setConfig({ testTimeout: 120_000 });
let browser: Browser;
let town: ComposedTown;
let opened: DriverPage | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
  town = await startGuidedTown();
});
afterEach(async () => {
  await opened?.close();
  expect(opened?.complaints ?? []).toEqual([]);
  expect(opened?.foreign ?? []).toEqual([]);
  opened = undefined;
});
afterAll(async () => {
  await browser.close();
  await town.stop();
});

async function open(options: BrowserContextOptions = {}, settings: object = {}): Promise<Page> {
  opened = await openGuidedPage(browser, town, options, settings);
  await opened.page.locator('main article').first().waitFor();
  return opened.page;
}
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).first().click();
const state = (page: Page, name: string) => page.locator(`[data-state=${name}]`);
const news = async () => {
  await town.report(allSpaces, false);
  await town.pass(30_000);
};
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id ?? document.activeElement?.textContent ?? '');

describe('an honest answer in every case', () => {
  test('no sensor has spoken yet: said, and the nearest is named', async () => {
    const page = await open();
    await askFor(page, 'Hauptstraße');
    await state(page, 'no-news').waitFor();
    await page.getByRole('button', { name: 'Zu Hauptstraße' }).waitFor();
    await expectAccessible(page);
  });

  test.each([
    ['another town', { latitude: 52.5, longitude: 13.4 }, 'outside-area'],
    ['the river to the north', { latitude: 49.41, longitude: 8.69 }, 'nothing-in-reach'],
  ])('a destination in %s: said, with the nearest place', async (_, geolocation, outcome) => {
    await news();
    const page = await open({ ...mayLocate, geolocation });
    await press(page, 'Parkplatz empfehlen');
    await page.locator('.ways').getByRole('button', { name: 'Mein Standort' }).click();
    await state(page, outcome).waitFor();
    await page.locator('main article').first().waitFor();
    await expectAccessible(page);
  });

  test('nothing suits: each need can be left out', async () => {
    await news();
    const page = await open({}, { isElectric: true });
    await askFor(page, 'Hauptstraße');
    await state(page, 'nothing-suitable').waitFor();
    await expectAccessible(page);
    await press(page, 'Ohne „Ladeplatz“');
    await page.locator('[data-suggestion]').first().waitFor();
  });

  test('everything is full: the least unlikely place, and the garage first', async () => {
    const page = await open();
    const place = (id: string, name: string) => ({ id, name, lat: 49.4, lon: 8.69 });
    const body = guidanceSessionSchema.parse({
      id: '0b0b0b0b-0b0b-4b0b-8b0b-0b0b0b0b0b0b',
      advisedAt: '2026-11-21T09:00:00Z',
      target: null,
      advice: {
        outcome: 'everything-full',
        best: {
          site: place('site-1', 'Marktstraße'),
          kind: 'kerb',
          driveMin: 5,
          walkMin: 3,
          walkM: 240,
          chanceRatio: 0.05,
          timesOutOfTen: 0,
          basis: 'sensors',
          garage: place('site-3', 'Lindenweg'),
          isUnlikely: true,
        },
      },
    });
    // A town that full takes hours to fill; what the server would say of it is known.
    await page.route('**/api/v1/guidance', (route) => route.fulfill({ status: 201, json: body }));
    await askFor(page, 'Hauptstraße');
    await state(page, 'everything-full').waitFor();
    await page.getByText('in weniger als 1 von 10 Fällen frei').waitFor();
    await page.getByText('Sicherer: Lindenweg.').waitFor();
    expect(await page.locator('[data-suggestion] .actions button').first().innerText()).toBe(
      'Zu Lindenweg',
    );
    await expectAccessible(page);
  });

  test('old data: said before the recommendation', async () => {
    await news();
    await town.pass(15 * 60_000);
    const page = await open();
    await askFor(page, 'Hauptstraße');
    await page.getByText(/^Die Daten sind vor \d+ min entstanden/).waitFor();
    await expectAccessible(page);
  });

  test('no connection, or the server is away: the list helps, and it can be tried again', async () => {
    await news();
    const page = await open();
    await press(page, 'Parkplatz empfehlen');
    await page.getByText('Suchen Sie oben').waitFor();
    await page.context().setOffline(true);
    await page.getByRole('combobox', { name: 'Ziel' }).fill('Haupt');
    await page.getByRole('option', { name: 'Hauptstraße' }).click();
    await state(page, 'offline').waitFor();
    await expectAccessible(page);
    expect(await page.locator('main article').count()).toBe(3);
    await page.context().setOffline(false);
    await press(page, 'Noch einmal versuchen');
    await page.locator('[data-suggestion]').first().waitFor();

    await page.route('**/api/v1/guidance', (route) => route.fulfill({ status: 503 }));
    await press(page, 'Beenden');
    await press(page, 'Parkplatz empfehlen');
    await state(page, 'server').waitFor();
  });

  test('a location that is refused is no dead end', async () => {
    await news();
    const page = await open();
    await press(page, 'Parkplatz empfehlen');
    await page.locator('.ways').getByRole('button', { name: 'Mein Standort' }).click();
    await page.getByText('Ihr Standort ist nicht verfügbar. Suchen Sie').waitFor();
    await expectAccessible(page);
    await press(page, 'Auf der Karte wählen');
    await page.getByText('Tippen Sie auf Ihr Ziel.').waitFor();
    await page.locator('.leaflet-container canvas').first().waitFor({ state: 'attached' });
    await expectAccessible(page);
    await press(page, 'Kartenmitte nehmen');
    await page.locator('[data-suggestion]').first().waitFor();
    await page.getByText('Ziel: Punkt auf der Karte').waitFor();
    expect(await page.locator('[data-fact=explanation]').first().innerText()).not.toContain(
      'Fahrt',
    );
  });
});

describe('for everybody', () => {
  test('keyboard only, and the focus is where one looks', async () => {
    await news();
    const page = await open();
    await page.getByRole('button', { name: 'Parkplatz empfehlen' }).focus();
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await focused(page)).toBe('guide-title'));
    await page.getByRole('combobox', { name: 'Ziel' }).focus();
    await page.keyboard.type('haupt');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-suggestion]').first().waitFor();
    await eventually(async () => expect(await focused(page)).toBe('guide-title'));
    await page.getByRole('button', { name: 'Zu Hauptstraße' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Unterwegs' }).waitFor();
    const drive = page.getByRole('button', { name: 'Fahrmodus' });
    await drive.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Fahrmodus' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await drive.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.getByRole('button', { name: 'Beenden' }).focus();
    await page.keyboard.press('Enter');
    await eventually(async () => expect(await focused(page)).toBe('guide-open'));
  });

  /** Every step of a trip, from the recommendations to the parked car. */
  async function walk(page: Page, look: () => Promise<void>): Promise<void> {
    await askFor(page, 'Hauptstraße');
    await page.locator('[data-suggestion]').first().waitFor();
    await look();
    await press(page, 'Zu Hauptstraße');
    await page.getByRole('heading', { name: 'Unterwegs' }).waitFor();
    await look();
    await press(page, 'Fahrmodus');
    await page.getByRole('dialog', { name: 'Fahrmodus' }).waitFor();
    await look();
    await press(page, 'Ende');
    await press(page, 'Ich habe geparkt');
    await page.getByRole('heading', { name: 'Parken gemerkt' }).waitFor();
    await look();
  }

  test('is accessible and fits on a phone, in all colours and at 400 %', async () => {
    await news();
    const page = await open({ ...mayLocate, reducedMotion: 'reduce' });
    await walk(page, async () => {
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
      await expectAccessible(page, 'colours');
      await page.emulateMedia({ forcedColors: 'none' });
      // As 1280 px are at 400 %.
      await page.setViewportSize({ width: 320, height: 256 });
      await expectAccessible(page, 'sizes');
      await expectToFit(page);
      await page.setViewportSize({ width: 390, height: 844 });
    });
  });

  test('is accessible and fits beside the map', async () => {
    await news();
    const page = await open({ ...mayLocate, viewport: { width: 1280, height: 800 } });
    await walk(page, async () => {
      await expectAccessible(page);
      await expectToFit(page);
    });
  });

  test('the legal pages are one step away', async () => {
    const page = await open();
    for (const name of ['Impressum', 'Datenschutz', 'Barrierefreiheit']) {
      const path = await page.getByRole('link', { name, exact: true }).getAttribute('href');
      expect((await town.send('GET', path ?? '')).status).toBe(200);
    }
  });
});
