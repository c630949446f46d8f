import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible, expectToFit, snapshotKept } from '../support/driver-page.ts';
import { useFixturePages } from '../support/fixture-pages.ts';
import type { Fixture } from '../support/fixture-server.ts';
import { fixtureNow, townSites } from '../support/fixture-town.ts';

const pages = useFixturePages();

/** Rows of every kind; more of the same cost the browser and axe seconds and show them nothing. */
const fewSites = townSites().filter((site, at) => at % 8 === 0 || site.kind !== 'on-street');

async function open(
  fixture: Partial<Fixture> = {},
  path = '',
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> {
  return pages.open({ sites: fewSites, ...fixture }, path, options, prepare);
}

const firstRow = (page: Page) => page.locator('main article').first();
const store = (settings: unknown) => async (page: Page) => {
  await page.addInitScript((text) => {
    localStorage.setItem('parklotse.settings', text);
  }, JSON.stringify(settings));
};

describe('every state of the list', () => {
  test('loading: six rows of final height, nothing jumps when the data come', async () => {
    const page = await open({ api: 'hang' });
    expect(await page.locator('[data-state=loading] li').count()).toBe(6);
    await expectAccessible(page);
  });

  test('ready: rows with sign, word and number, and the best one is not full', async () => {
    const page = await open({ sites: townSites() });
    await firstRow(page).waitFor();
    expect(await page.locator('main article').count()).toBe(50);
    expect(await firstRow(page).locator('[data-fact=vacant]').innerText()).toMatch(
      /\d+ von \d+ frei/,
    );
    await page.getByRole('button', { name: /weitere zeigen/ }).click();
    expect(await page.locator('main article').count()).toBe(100);
  });

  test('ready: dots stand between facts, and before none that begins a line', async () => {
    const page = await open();
    await firstRow(page).waitFor();
    const wrong = await page.evaluate(() => {
      const lines = [...document.querySelectorAll('main article .facts')];
      const between = lines.flatMap((line) => {
        const rem = parseFloat(getComputedStyle(line).fontSize);
        const shownFrom = line.getBoundingClientRect().left + rem;
        return [...line.children].map((fact, at) => {
          const { left, top } = fact.getBoundingClientRect();
          const dot = getComputedStyle(fact, '::before');
          const before = line.children[at - 1]?.getBoundingClientRect().top;
          // A dot is narrower than what lies between its beginning and that of its fact's text.
          const isShown = dot.content === '"·"' && left + parseFloat(dot.left) >= shownFrom;
          return { isShown, beginsLine: before === undefined || top > before + 1 };
        });
      });
      return {
        facts: between.length,
        dots: between.filter(({ isShown }) => isShown).length,
        wrong: between.filter(({ isShown, beginsLine }) => isShown === beginsLine).length,
        isCut: lines.every((line) =>
          getComputedStyle(line).clipPath.startsWith('inset(0px 0px 0px'),
        ),
      };
    });
    expect(wrong).toMatchObject({ wrong: 0, isCut: true });
    expect(wrong.dots).toBeGreaterThan(3);
    expect(wrong.facts).toBeGreaterThan(wrong.dots);
  });

  test('the dot of the feed is full while live, hollow while paused', async () => {
    const page = await open();
    const dot = page.locator('.line .dot');
    const look = () =>
      dot.evaluate((one) => {
        const { backgroundColor, borderRadius } = getComputedStyle(one);
        const isFull = backgroundColor !== 'rgba(0, 0, 0, 0)';
        return { isFull, isRound: borderRadius !== '0px' };
      });
    await firstRow(page).waitFor();
    expect(await look()).toEqual({ isFull: true, isRound: true });
    await page.getByRole('button', { name: 'Aktualisierung anhalten' }).click();
    expect(await look()).toEqual({ isFull: false, isRound: true });
  });

  test('empty: says which filter to drop and resets', async () => {
    const filter = { disabled: true, place: 'off-street', free: true };
    const page = await open({}, '', {}, store({ filter }));
    await page.getByText('Keine Plätze mit diesen Filtern.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Filter zurücksetzen' }).click();
    await firstRow(page).waitFor();
  });

  test('failed: without any data the page says so and the list comes by itself', async () => {
    const page = await open({ api: 'down' });
    await page.getByText('Noch keine Daten.').waitFor();
    await page.getByRole('alert').getByText('Die Daten konnten nicht geladen werden.').waitFor();
    await expectAccessible(page);
    pages.server().state.api = 'up';
    await firstRow(page).waitFor();
  });

  test('failed: of too many requests and of no network it tells in the words of the other pages', async () => {
    const page = await open({ planning: { '/api/v1/sites': 429 } });
    const alert = page.getByRole('alert');
    await alert.getByText('Zu viele Anfragen. Bitte in einer Minute noch').waitFor();
    await page.getByRole('button', { name: 'EN, English' }).click();
    await alert.getByText('Too many requests. Please try again in a minute.').waitFor();
    await page.context().setOffline(true);
    // A little later the page asks again.
    await alert.getByText('No connection to the internet.').waitFor();
    // Back on the network the page asks at once, and then ever more seldom.
    pages.server().state.planning = {};
    await page.context().setOffline(false);
    await firstRow(page).waitFor();
    expect(await alert.count()).toBe(0);
  });

  test('offline: the last snapshot, with its time and without any claim of now', async () => {
    const page = await open({});
    await firstRow(page).waitFor();
    await page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    await snapshotKept(page);
    pages.server().state.api = 'down';
    await page.reload();
    await page
      .getByText('Die Daten konnten nicht geladen werden. Gezeigt wird der Stand von 14:32 Uhr.')
      .waitFor();
    expect(await firstRow(page).locator('[data-fact=chance]').innerText()).toBe(
      'keine aktuellen Daten',
    );
    await expectAccessible(page);
  });

  test('stale: a feed silent for ten minutes makes everything unknown', async () => {
    const page = await open({ nowMs: fixtureNow + 11 * 60_000 });
    await page.getByText('Keine aktuellen Daten seit 14:31 Uhr.').waitFor();
    const words = await page.locator('main [data-fact=chance]').allInnerTexts();
    expect(new Set(words.slice(0, -1))).toEqual(new Set(['keine aktuellen Daten']));
    await expectAccessible(page);
  });

  test('delayed: said in the small line, numbers stay', async () => {
    const page = await open({ nowMs: fixtureNow + 4 * 60_000 });
    await page.getByText('· verzögert').waitFor();
    expect(await firstRow(page).locator('[data-fact=vacant]').innerText()).toMatch(/frei/);
  });

  test('closed: listed last, crossed out, without a number', async () => {
    const page = await open({}, '', {}, store({ filter: { place: 'off-street' } }));
    const last = page.locator('main article').last();
    await last.waitFor();
    expect(await last.getAttribute('data-site')).toBe('car-park-2');
    expect(await last.locator('[data-fact=chance]').innerText()).toBe('gesperrt');
    expect(await last.locator('[data-fact=vacant]').innerText()).toBe('97 Plätze');
  });

  test('implausible: words instead of a number', async () => {
    const sites = fewSites.map((site) => ({
      ...site,
      status: { ...site.status, numberOfVacantSpaces: site.status.numberOfSpaces + 1 },
    }));
    const page = await open({ sites });
    await page.getByText('Angaben werden geprüft').first().waitFor();
  });

  test('out of area: says so and leads back', async () => {
    const page = await open({}, '', {
      geolocation: { latitude: 52.5, longitude: 13.4 },
      permissions: ['geolocation'],
    });
    await firstRow(page).waitFor();
    await page.getByRole('button', { name: 'Mein Standort' }).click();
    await page.getByText('Hier gibt es keine Daten.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Zur Stadtmitte' }).click();
    await page.getByText('Hier gibt es keine Daten.').waitFor({ state: 'detached' });
  });

  test('no sensors yet: the inventory is shown and nothing is claimed', async () => {
    const sites = fewSites.map((site) => ({
      ...site,
      status: {
        ...site.status,
        numberOfKnownSpaces: 0,
        numberOfVacantSpaces: null,
        chance: 'unknown' as const,
        chanceRatio: null,
        lastSeenAt: null,
      },
    }));
    const page = await open({ sites });
    await page.getByText('Noch melden hier keine Sensoren.').waitFor();
    expect(await firstRow(page).locator('[data-fact=vacant]').innerText()).toMatch(/Plätze$/);
  });
});

describe('every screen', () => {
  /** Every sheet that can be opened, the list, and the map. */
  async function walk(page: Page, look: () => Promise<void>): Promise<void> {
    await page.getByRole('dialog', { name: 'Parkhaus Markt' }).waitFor();
    await look();
    await page.keyboard.press('Escape');
    for (const name of [/^Filter/, 'Mein Fahrzeug und Einstellungen', 'Hilfe']) {
      await page.getByRole('button', { name }).first().click();
      await page.getByRole('dialog').waitFor();
      await look();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await look();
    const card = page.getByRole('button', { name: 'Karte', exact: true });
    if (await card.isVisible()) await card.click();
    await page.getByRole('region', { name: 'Karte der Parkplätze' }).waitFor();
    await look();
  }

  test('is accessible and fits on a phone, in all colours and narrow', async () => {
    const page = await open({}, '?site=car-park-0');
    await walk(page, async () => {
      await expectAccessible(page);
      await expectToFit(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page, 'colours');
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
      await expectAccessible(page, 'colours');
      await page.emulateMedia({ forcedColors: 'none' });
      await page.setViewportSize({ width: 320, height: 640 });
      await expectAccessible(page, 'sizes');
      await expectToFit(page);
      await page.setViewportSize({ width: 390, height: 844 });
    });
  });

  test('is accessible and fits beside the map', async () => {
    const options = { viewport: { width: 1280, height: 800 } };
    const page = await open({}, '?site=car-park-0', options);
    await walk(page, async () => {
      await expectAccessible(page);
      await expectToFit(page);
    });
  });

  test('speaks English, keeps the view and says its language', async () => {
    const page = await open({}, '?view=map');
    await page.getByRole('region', { name: 'Karte der Parkplätze' }).waitFor();
    await page.getByRole('button', { name: 'EN, English' }).click();
    await page.getByRole('region', { name: 'Map of parking places' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(new URL(page.url()).search).toBe('?view=map');
  });

  test('forgets everything when asked', async () => {
    const page = await open({}, '', {}, store({ theme: 'dark', hasBlueCard: true }));
    await firstRow(page).waitFor();
    expect(await page.getAttribute('html', 'data-theme')).toBe('dark');
    await page.getByRole('button', { name: 'Mein Fahrzeug und Einstellungen' }).click();
    await page.getByRole('button', { name: 'Alles löschen' }).click();
    await page.getByText('Alles gelöscht.').waitFor();
    expect(await page.getAttribute('html', 'data-theme')).toBe('system');
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  test('prints the list without controls', async () => {
    const page = await open();
    await firstRow(page).waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('combobox', { name: 'Ziel' }).isVisible()).toBe(false);
    expect(await firstRow(page).isVisible()).toBe(true);
  });
});
