import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectAccessible } from '../support/driver-page.ts';
import { useFixturePages } from '../support/fixture-pages.ts';
import { deployment } from '../support/fixture-town.ts';
import { eventually } from '../support/wait-for.ts';

const pages = useFixturePages();
/** The map of a deployment with a tile server, or without. */
const open = (
  tiles: typeof deployment.map.tiles,
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> =>
  pages.open(
    { deployment: { ...deployment, map: { ...deployment.map, tiles } } },
    '?view=map',
    {},
    prepare,
  );

test('without a tile server no request leaves the origin', async () => {
  const page = await open(null);
  await page.locator('.leaflet-container canvas').first().waitFor({ state: 'attached' });
  await eventually(() => expect(pages.server().requests).toContain('/api/v1/streets'));
});

test('tiles are turned dark with the page, by its own theme before that of the device', async () => {
  const tiles = { url: '/tiles/{z}/{x}/{y}.svg', attribution: '© Amt', maxNativeZoom: 18 };
  const page = await open(tiles, async (page) => {
    await page.route('**/tiles/**', (route) =>
      route.fulfill({
        contentType: 'image/svg+xml',
        body: '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>',
      }),
    );
  });
  await page.locator('.tiles img').first().waitFor();
  const filterOf = (colorScheme: 'light' | 'dark', theme: string): Promise<string> =>
    page.emulateMedia({ colorScheme }).then(() =>
      page.evaluate((wanted) => {
        document.documentElement.dataset['theme'] = wanted;
        return getComputedStyle(document.querySelector('.tiles') ?? document.body).filter;
      }, theme),
    );
  const night = 'invert(1) hue-rotate(180deg) brightness(0.9)';
  expect(await filterOf('light', 'system')).toBe('none');
  expect(await filterOf('dark', 'system')).toBe(night);
  expect(await filterOf('dark', 'light')).toBe('none');
  expect(await filterOf('light', 'dark')).toBe(night);
});

test('tiles that do not come bring the own streets', async () => {
  const tiles = { url: '/tiles/{z}/{x}/{y}.png', attribution: '© Amt', maxNativeZoom: 18 };
  const page = await open(tiles);
  await page.getByText('Hintergrundkarte nicht erreichbar.').waitFor();
  expect(pages.server().requests.some((path) => path.startsWith('/tiles/'))).toBe(true);
  await expectAccessible(page);
});
