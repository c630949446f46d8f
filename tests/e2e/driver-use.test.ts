import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { toX, toY, worldPx } from '../../dashboard/src/map/mercator.ts';
import { expectAccessible } from '../support/driver-page.ts';
import { useFixturePages } from '../support/fixture-pages.ts';
import { deployment, townSites } from '../support/fixture-town.ts';
import { eventually } from '../support/wait-for.ts';

const pages = useFixturePages();
const wide: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

async function open(
  path = '',
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> {
  const page = await pages.open({}, path, options, prepare);
  await page.locator('[data-site]').first().waitFor({ state: 'attached' });
  return page;
}

const mapOf = (page: Page): Locator => page.getByRole('region', { name: 'Karte der Parkplätze' });
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent.trim() ?? '';
  });
const connected = (n: number) =>
  eventually(() => expect(pages.server().liveUrls()).toHaveLength(n));
/** Resolves when the map stands at a zoom: what is pressed while it moves there is not heard. */
const zoomed = (page: Page, zoom: number) =>
  page.waitForFunction(
    (scale) => {
      const proxy = document.querySelector<HTMLElement>('.leaflet-proxy')?.style.transform;
      return proxy?.endsWith(scale) && document.querySelector('.leaflet-zoom-anim') === null;
    },
    `scale(${2 ** (zoom - 1)})`,
  );

/** Facts by key of every element that shows a site, as the page says them. */
type Facts = Readonly<Record<string, string>>;

describe('list and map say the same', () => {
  test('for 50 places every fact of card, row and both sheets agrees', async () => {
    const page = await open('?view=map', { reducedMotion: 'reduce' });
    await mapOf(page).waitFor();
    const collect = (area: string) =>
      page.evaluate(
        async ([where]) => {
          const facts = (root: Element | null) =>
            Object.fromEntries(
              [...(root?.querySelectorAll('[data-fact]') ?? [])].map((element) => [
                element.getAttribute('data-fact') ?? '',
                element.textContent.trim(),
              ]),
            );
          const until = async <Found>(find: () => Found | null) => {
            let found = find();
            while (found === null) {
              await new Promise((resolve) => setTimeout(resolve));
              found = find();
            }
            return found;
          };
          const result: Record<string, { row: Facts; sheet: Facts }> = {};
          const next = [...document.querySelectorAll('button')].find(
            (button) => button.textContent.trim() === 'Nächste Straße',
          );
          const rows = [...document.querySelectorAll('main article')];
          const idOf = (row: Element | null | undefined) => row?.getAttribute('data-site') ?? '';
          for (let at = 0; at < 50; at += 1) {
            if (where === 'card') next?.click();
            const row = await until(() => {
              const card = document.querySelector('.card article.chosen');
              const shown = where === 'card' ? card : (rows[at] ?? null);
              return idOf(shown) in result ? null : shown;
            });
            const id = idOf(row);
            const shown = facts(row);
            row.querySelector<HTMLElement>('button.open')?.click();
            const sheet = await until(() => document.querySelector(`dialog [data-site="${id}"]`));
            result[id] = { row: shown, sheet: facts(sheet.closest('dialog')) };
            sheet.closest('dialog')?.close();
            await until(() => (document.querySelector('dialog') === null ? true : null));
          }
          return result;
        },
        [area],
      );
    const onMap = await collect('card');
    await page.getByRole('button', { name: 'Liste', exact: true }).click();
    const inList = await collect('row');
    expect(Object.keys(onMap)).toHaveLength(50);
    expect(Object.keys(onMap).sort()).toEqual(Object.keys(inList).sort());
    for (const [id, { row, sheet }] of Object.entries(onMap)) {
      expect(inList[id]).toEqual({ row, sheet });
      expect(sheet).toMatchObject(row);
      expect(Object.keys(row)).toEqual(
        expect.arrayContaining(['chance', 'vacant', 'distance', 'fee']),
      );
    }
  });

  test('the sheet shows how full it usually is today, as bars and as a table', async () => {
    const page = await open();
    const { id, name } = townSites().find((site) => site.id === 'kerb-44')!;
    const hours = (ratio: number) =>
      Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 1 : ratio));
    pages.server().state.planning = {
      [`/api/v1/sites/${id}/typical-week`]: {
        siteId: id,
        timeZone: 'Europe/Berlin',
        days: Array.from({ length: 7 }, (_, day) => ({
          weekday: day + 1,
          weeks: 4,
          occupancyRatios: hours(day === 5 ? 0.3 : 0.7),
        })),
      },
    };
    await page.locator(`article[data-site="${id}"] .open`).click();
    const sheet = page.getByRole('dialog', { name });
    const usual = sheet.getByRole('region', { name: 'Üblicherweise belegt, Samstag' });
    await usual.getByText('Am vollsten um 12 Uhr: 10 von 10 Plätzen belegt.').waitFor();
    expect(await usual.locator('.bar').count()).toBe(24);
    await usual.getByText('Als Tabelle').click();
    expect(await usual.getByRole('row').nth(14).innerText()).toMatch(
      /14 Uhr\s+3 von 10 belegt, jetzt/,
    );
    await expectAccessible(page);
  });

  test('a kerb picked on the map opens its sheet', async () => {
    const page = await open('', wide);
    await mapOf(page).locator('canvas').first().waitFor({ state: 'attached' });
    const box = (await mapOf(page).boundingBox())!;
    const kerb = townSites().find(({ id }) => id === 'kerb-44')!;
    const world = worldPx(deployment.map.zoom);
    const x = (toX(kerb.lon) - toX(deployment.map.lon)) * world + box.width / 2 - 15;
    const y = (toY(kerb.lat) - toY(deployment.map.lat)) * world + box.height / 2;
    await mapOf(page).click({ position: { x, y } });
    await page.getByRole('dialog', { name: kerb.name }).waitFor();
  });

  test('single spaces come with their own live connection, for what is visible only', async () => {
    const page = await open('', wide);
    await mapOf(page).waitFor();
    await connected(1);
    for (const zoom of [17, 18]) {
      await page.getByRole('button', { name: 'Vergrößern' }).click();
      await zoomed(page, zoom);
    }
    await connected(2);
    const url = new URL(pages.server().liveUrls()[1]!, pages.server().url);
    expect(url.searchParams.get('kinds')).toBe('spaces');
    expect(url.searchParams.get('bbox')?.split(',')).toHaveLength(4);
    await page.getByRole('button', { name: 'Verkleinern' }).click();
    await connected(1);
  });
});

describe('by keyboard alone', () => {
  test('find a destination, open the best place, start the route and come back', async () => {
    const page = await open();
    await page.getByRole('combobox', { name: 'Ziel' }).focus();
    await page.keyboard.type('markt');
    // Names of streets come a little after those of places.
    await page.getByRole('option', { name: 'Marktstraße', exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('combobox', { name: 'Ziel' }).inputValue()).toBe('Marktstraße');
    const row = page.locator('main article button.open').first();
    await row.focus();
    const name = await row.locator('.name').innerText();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name });
    await dialog.waitFor();
    const link = dialog.getByRole('link', { name: /Route starten/ });
    expect(await link.getAttribute('href')).toMatch(/^https:\/\/www\.google\.com\/maps\/dir\//);
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      const place = await page.evaluate(() => document.activeElement?.closest('dialog') !== null);
      const isBrowser = await page.evaluate(() => document.activeElement === document.body);
      expect(place || isBrowser).toBe(true);
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await focused(page)).toContain(name);
  });

  test('filter, sort and reset', async () => {
    const page = await open();
    const button = page.getByRole('button', { name: /^Filter/ });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('checkbox', { name: 'Kostenlos' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toContain('Filter');
    expect(await button.innerText()).toContain('1');
    const fees = await page.locator('main [data-fact=fee]').allInnerTexts();
    expect(new Set(fees)).toEqual(new Set(['kostenlos']));
    await page.getByRole('combobox', { name: 'sortiert nach:' }).selectOption({ label: 'Preis' });
    await page.reload();
    await page.locator('main article').first().waitFor();
    expect(await button.innerText()).toContain('1');
  });

  test('the map is one stop, moves by arrows, and Esc leads out', async () => {
    const page = await open('?view=map', { reducedMotion: 'reduce' });
    await mapOf(page).waitFor();
    await page.locator('.leaflet-container canvas').first().waitFor({ state: 'attached' });
    const position = () =>
      page.evaluate(
        () => document.querySelector<HTMLElement>('.leaflet-map-pane')?.style.transform,
      );
    await mapOf(page).focus();
    const before = await position();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (old) => document.querySelector<HTMLElement>('.leaflet-map-pane')?.style.transform !== old,
      before,
    );
    expect(await mapOf(page).locator('[tabindex="0"], a, button').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('Liste');
  });

  test('every drag has a button', async () => {
    const page = await open('?view=map');
    await mapOf(page).waitFor();
    await page.getByRole('button', { name: 'Karte verschieben' }).click();
    for (const name of ['Nach Norden', 'Nach Süden', 'Nach Westen', 'Nach Osten']) {
      const box = (await page.getByRole('button', { name }).boundingBox())!;
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(48);
    }
    await page.getByRole('button', { name: 'Nächste Straße' }).click();
    expect(await page.locator('.card article').getAttribute('class')).toContain('chosen');
  });
});
