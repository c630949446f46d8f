import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { guidanceSessionSchema } from '../../services/contract/guidance.ts';
import { launchBrowser } from '../support/browser.ts';
import type { ComposedTown } from '../support/composed-town.ts';
import { expectAccessible, type DriverPage } from '../support/driver-page.ts';
import {
  allSpaces,
  askFor,
  mayLocate,
  openGuidedPage,
  spacesOf,
  startGuidedTown,
} from '../support/guided-town.ts';
import { eventually } from '../support/wait-for.ts';

vi.setConfig({ testTimeout: 120_000 });
let browser: Browser;
let town: ComposedTown;
let opened: DriverPage | undefined;
let followed = '';

beforeAll(async () => {
  browser = await launchBrowser();
});
// A town for each: how fast kerbs fill is learnt from what happened before.
beforeEach(async () => {
  followed = '';
  town = await startGuidedTown();
  await town.report(allSpaces, false);
  await town.pass(30_000);
});
afterEach(async () => {
  await opened?.close();
  await town.stop();
  expect(opened?.complaints ?? []).toEqual([]);
  expect(opened?.foreign ?? []).toEqual([]);
  opened = undefined;
});
afterAll(() => browser.close());

async function open(settings: object = {}): Promise<Page> {
  opened = await openGuidedPage(browser, town, mayLocate, settings);
  opened.page.on('request', (request) => {
    followed = /guidance\/([\w-]{36})\/events/.exec(request.url())?.[1] ?? followed;
  });
  await opened.page.locator('main article').first().waitFor();
  return opened.page;
}

const title = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { name, level: 2 }).waitFor();
const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name, exact: true }).first().click();
/** Recommendations from where the driver is: as soon as that is known, it is asked once more. */
async function ask(page: Page): Promise<void> {
  await askFor(page, 'Hauptstraße');
  const explanation = page.locator('[data-suggestion] [data-fact=explanation]').first();
  await explanation.getByText('min Fahrt').waitFor();
}
const lookAt = (id: string) => town.send('GET', `/api/v1/guidance/${id}`);
const pickedIn = async (id: string) => {
  const { target } = guidanceSessionSchema.parse(await (await lookAt(id)).json());
  return target?.isPicked === true ? target.site.name : null;
};
/** The session that the page follows, once the server has heard where the driver goes. */
const sessionOf = (): Promise<string> =>
  eventually(async () => {
    expect(await pickedIn(followed)).not.toBeNull();
    return followed;
  });
/** Lets the town's time pass until the page shows it, no faster than the page hears of it. */
async function passUntil(page: Page, shown: Locator): Promise<void> {
  const heard = () => page.evaluate<number>('window.heard');
  for (let passedS = 0; passedS < 600 && !(await shown.isVisible()); passedS += 10) {
    const before = await heard();
    await town.pass(10_000);
    await eventually(async () => expect(await heard()).toBeGreaterThan(before));
  }
  expect(await shown.isVisible()).toBe(true);
}
const storedKeys = (page: Page) => page.evaluate(() => Object.keys(localStorage).sort());

/** A glance is enough and a thumb hits it: few facts, few and large targets, nothing to scroll or type. */
async function expectGlanceable(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Fahrmodus' });
  expect(await dialog.locator('.facts > p').count()).toBeLessThanOrEqual(3);
  const buttons = await dialog.getByRole('button').all();
  expect(buttons.length).toBeLessThanOrEqual(2);
  for (const button of buttons) {
    const box = (await button.boundingBox())!;
    expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(72);
  }
  expect(await dialog.locator('input, select, textarea, a').count()).toBe(0);
  const spare = await dialog.evaluate((element) => [
    element.scrollHeight - element.clientHeight,
    element.scrollWidth - element.clientWidth,
  ]);
  expect(spare).toEqual([0, 0]);
}

describe('guided to a space', () => {
  test('from the wish to the parked car', async () => {
    const page = await open({ isVoiceOn: true });
    await press(page, 'Parkplatz empfehlen');
    await title(page, 'Wohin möchten Sie?');
    await expectAccessible(page);

    await page.getByRole('combobox', { name: 'Ziel' }).fill('haupt');
    await page.getByRole('option', { name: 'Hauptstraße' }).click();
    const cards = page.locator('[data-suggestion]');
    await cards.first().waitFor();
    await eventually(async () =>
      expect(await cards.first().locator('[data-fact=explanation]').innerText()).toMatch(
        /^\d+ min Fahrt, \d+ min zu Fuß, in 9 von 10 Fällen frei$/,
      ),
    );
    expect(await cards.count()).toBeLessThanOrEqual(3);
    await expectAccessible(page);
    const name = await cards.first().locator('.link').innerText();

    // The map says the same: its card is the first recommendation.
    await press(page, 'Karte');
    expect(await page.locator('.card .name').innerText()).toBe(name);
    await press(page, 'Empfehlung');

    await cards
      .first()
      .getByRole('button', { name: `Zu ${name}` })
      .click();
    await title(page, 'Unterwegs');
    await expectAccessible(page);
    const id = await sessionOf();
    expect(await pickedIn(id)).toBe(name);
    await page.locator('[data-target]').getByText('in 9 von 10 Fällen frei').waitFor();

    // Handing over keeps the session; the click itself would leave for another origin.
    await page.evaluate(() => addEventListener('click', (event) => event.preventDefault()));
    const route = page.getByRole('link', { name: /Route starten/ });
    expect(await route.getAttribute('href')).toContain('google.com/maps/dir/');
    await route.click();
    expect(await storedKeys(page)).toContain('parklotse.guidance');

    await press(page, 'Fahrmodus');
    const drive = page.getByRole('dialog', { name: 'Fahrmodus' });
    await drive.locator('[data-state=driving]').waitFor();
    await expectGlanceable(page);
    await expectAccessible(page);
    await page.setViewportSize({ width: 844, height: 390 });
    await expectGlanceable(page);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('window.awake')).toBe(1);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await eventually(async () => expect(await page.evaluate('window.awake')).toBe(2));
    expect(await page.evaluate('window.said')).toEqual([`de-DE Ziel ${name}, gute Chance.`]);

    // The kerb fills up: one question with one answer.
    await town.report(spacesOf(0), true);
    await passUntil(page, drive.locator('[data-state=proposal]'));
    await expectGlanceable(page);
    await expectAccessible(page);
    expect(await drive.getByRole('button').allInnerTexts()).toEqual(['Ja']);
    await drive.getByRole('button', { name: 'Ja' }).click();
    await drive.locator('[data-state=driving]').waitFor();
    const second = await drive.locator('.name').innerText();
    expect(second).not.toBe(name);
    await eventually(async () => expect(await pickedIn(id)).toBe(second));

    const { lat, lon } = await siteCalled(second);
    await page.context().setGeolocation({ latitude: lat, longitude: lon });
    await drive.locator('[data-state=arriving]').waitFor();
    await expectGlanceable(page);
    await drive.getByRole('button', { name: 'Geparkt' }).click();
    await title(page, 'Parken gemerkt');
    await expectAccessible(page);
    await page.getByText('Höchstparkdauer bis').waitFor();
    const walk = page.getByRole('link', { name: 'Google Maps' });
    expect(await walk.getAttribute('href')).toContain('travelmode=walking');
    // The session is forgotten when the server has heard of its end.
    await eventually(async () =>
      expect(await storedKeys(page)).toEqual(['parklotse.parked', 'parklotse.settings']),
    );
    await town.pass(200_000);
    expect((await lookAt(id)).status).toBe(404);

    await press(page, 'Fertig');
    await eventually(async () =>
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('guide-open'),
    );
    await page.reload();
    await press(page, `Ihr Auto: ${second}`);
    await title(page, 'Parken gemerkt');
    await press(page, 'Auto abgeholt: vergessen');
    expect(await storedKeys(page)).toEqual(['parklotse.settings']);
    expect(await page.getByText('Ihr Auto:').count()).toBe(0);
  });

  test('no answer keeps the target, and the next hint waits for the arrival', async () => {
    const page = await open();
    await ask(page);
    await press(page, 'Zu Hauptstraße');
    await title(page, 'Unterwegs');
    const id = await sessionOf();
    await town.report(spacesOf(0), true);
    await passUntil(page, page.getByRole('button', { name: 'Beim Ziel bleiben' }));
    await expectAccessible(page);
    await press(page, 'Beim Ziel bleiben');
    await town.pass(60_000);
    expect(await pickedIn(id)).toBe('Hauptstraße');
    expect(await page.getByRole('button', { name: /Weiter zu/ }).count()).toBe(0);
  });

  test('closing the page ends the session, unless a navigation app has taken over', async () => {
    const page = await open();
    await ask(page);
    await press(page, 'Zu Hauptstraße');
    const id = await sessionOf();
    await page.goto(`${town.url}/plain.css`);
    await eventually(async () => expect((await lookAt(id)).status).toBe(404));

    followed = '';
    await page.goto(town.url);
    await ask(page);
    await press(page, 'Zu Hauptstraße');
    await page.getByText('Andere App').click();
    const kept = await sessionOf();
    await page.evaluate(() => addEventListener('click', (event) => event.preventDefault()));
    await page.getByRole('link', { name: 'OpenStreetMap' }).click();
    await page.goto(`${town.url}/plain.css`);
    expect((await lookAt(kept)).status).toBe(200);
    followed = '';
    await page.goto(town.url);
    await title(page, 'Unterwegs');
    expect(await sessionOf()).toBe(kept);
    await town.pass(50 * 60_000);
    await page.locator('[data-state=expired]').waitFor();
    await expectAccessible(page);
    await press(page, 'Beenden');
    expect(await storedKeys(page)).toEqual(['parklotse.settings']);
  });

  test('drive mode opens by itself when the car moves, if that is wanted', async () => {
    const page = await open({ opensDriveMode: true });
    await ask(page);
    await steer(page);
    await press(page, 'Zu Hauptstraße');
    await title(page, 'Unterwegs');
    await page.evaluate('move(49.402, 9, 1000); move(49.402, 9, 5500)');
    expect(await page.getByRole('dialog', { name: 'Fahrmodus' }).count()).toBe(0);
    await page.evaluate('move(49.402, 9, 6100)');
    await page.getByRole('dialog', { name: 'Fahrmodus' }).waitFor();
    await page.getByText(/m, rechts|m, geradeaus/).waitFor();
    await press(page, 'Ende');
    await title(page, 'Unterwegs');
  });

  test('drive mode says where to turn, by the streets, once aloud', async () => {
    await town.stop();
    town = await startGuidedTown('streets');
    await town.report(allSpaces, false);
    await town.pass(30_000);
    const page = await open({ isVoiceOn: true });
    const asked: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/way')) asked.push(request.postDataJSON());
    });
    await ask(page);
    await steer(page);
    await press(page, 'Zu Hauptstraße');
    await press(page, 'Fahrmodus');
    const turn = page.locator('[data-fact=turn]');
    await page.evaluate('move(49.402, 9, 10_000)');
    await eventually(async () =>
      expect(await turn.innerText()).toMatch(/^in 220 m rechts\s+Am Markt, noch 370 m$/),
    );
    await expectGlanceable(page);
    await expectAccessible(page);

    // Half a minute after the first words. Nearer: the same way, without asking again.
    await page.evaluate('performance.now = () => 1e9; move(49.4001, 9, 30_000)');
    await eventually(async () => expect(await turn.innerText()).toMatch(/^jetzt rechts/));
    expect(asked).toEqual([{ from: { lat: 49.402, lon: 8.692 }, headingDeg: 180 }]);
    // Beside the way: another one is asked for.
    await page.evaluate('move(49.4, 9, 40_000, 8.694, 270)');
    await eventually(async () => expect(await turn.innerText()).toBe('290 m geradeaus'));
    expect(asked).toHaveLength(2);
    expect(await page.evaluate<string[]>('window.said')).toContain(
      'de-DE Gleich rechts: Am Markt.',
    );
  });
});

/** Makes `move(lat, speed, at, lon, heading)` the page's only source of positions. */
const steer = (page: Page) =>
  page.evaluate(() => {
    const { geolocation } = navigator;
    let tell: PositionCallback | undefined;
    geolocation.watchPosition = (onPosition) => {
      tell = onPosition;
      return 1;
    };
    const move = (
      latitude: number,
      speed: number,
      timestamp: number,
      longitude = 8.692,
      heading = 180,
    ) =>
      tell?.({ coords: { latitude, longitude, speed, heading }, timestamp } as GeolocationPosition);
    Object.assign(window, { move });
  });

async function siteCalled(name: string): Promise<{ lat: number; lon: number }> {
  const response = await town.send('GET', '/api/v1/sites');
  const { items } = (await response.json()) as {
    items: { name: string; lat: number; lon: number }[];
  };
  return items.find((site) => site.name === name)!;
}
