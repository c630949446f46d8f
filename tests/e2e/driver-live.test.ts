import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { LiveFrame } from '../../services/contract/live.ts';
import type { SiteStatus } from '../../services/contract/site.ts';
import { snapshotKept } from '../support/driver-page.ts';
import { useFixturePages } from '../support/fixture-pages.ts';
import { fixtureNow, statusOf } from '../support/fixture-town.ts';
import { eventually } from '../support/wait-for.ts';

const pages = useFixturePages();

async function open(prepare?: (page: Page) => Promise<void>): Promise<Page> {
  const page = await pages.open({}, '', {}, prepare);
  await page.locator('[data-site]').first().waitFor({ state: 'attached' });
  return page;
}
const delta = (statuses: SiteStatus[]): LiveFrame => ({
  type: 'delta',
  cursor: 'fixture.2',
  publishedAt: new Date(fixtureNow).toISOString(),
  sites: statuses,
  spaces: [],
});
const connected = (n: number) =>
  eventually(() => expect(pages.server().liveUrls()).toHaveLength(n));
const rowOf = (page: Page, id: string) => page.locator(`main [data-site=${id}]`);
const idsOf = (page: Page) =>
  page
    .locator('main article')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-site')));

test('a change shows in its row, and the order waits while somebody is on a row', async () => {
  const page = await open();
  await connected(1);
  const before = await idsOf(page);
  const id = before[0]!;
  await rowOf(page, id).locator('button.open').focus();
  pages.server().send(delta([statusOf(id, 20, 0)]));
  await rowOf(page, id).getByText('0 von 20 frei').waitFor();
  expect(await idsOf(page)).toEqual(before);
  expect(await page.evaluate(() => document.activeElement?.className)).toContain('open');
  await page.getByRole('combobox', { name: 'Ziel' }).focus();
  await eventually(async () => expect((await idsOf(page))[0]).not.toBe(id));
});

test('paused, nothing changes; resumed, everything is there', async () => {
  let heard = 0;
  const page = await open((page) => {
    page.on('websocket', (socket) => socket.on('framereceived', () => (heard += 1)));
    return Promise.resolve();
  });
  await connected(1);
  const id = (await idsOf(page))[0]!;
  await page.getByRole('button', { name: 'Aktualisierung anhalten' }).click();
  await page.getByText('angehalten').waitFor();
  pages.server().send(delta([statusOf(id, 20, 7)]));
  pages.server().send(delta([statusOf(id, 20, 9)]));
  await eventually(() => expect(heard).toBe(2));
  // Rows are redrawn once a second.
  await page.clock.runFor(2_000);
  expect(await rowOf(page, id).getByText('von 20 frei').count()).toBe(0);
  await page.getByRole('button', { name: 'Aktualisierung fortsetzen' }).click();
  await rowOf(page, id).getByText('9 von 20 frei').waitFor();
});

test('a cut connection comes back where it stopped', async () => {
  const page = await open();
  await connected(1);
  const id = (await idsOf(page))[0]!;
  pages.server().send(delta([statusOf(id, 20, 8)]));
  await rowOf(page, id).getByText('8 von 20 frei').waitFor();
  pages.server().state.live = 'down';
  pages.server().cut();
  await page.getByText('Der Server antwortet gerade nicht. Gezeigt wird der Stand').waitFor();
  pages.server().state.live = 'up';
  await eventually(() => expect(pages.server().liveUrls()[0]).toContain('since=fixture.2'));
  await page.getByText('Der Server antwortet').waitFor({ state: 'detached' });
});

test('the shell opens without a server and shows the last snapshot', async () => {
  const page = await open();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.match('/')) !== undefined);
  await snapshotKept(page);
  await pages.server().stop();
  await page.reload();
  await page.getByText('Der Server antwortet gerade nicht. Gezeigt wird der Stand').waitFor();
  await page.locator('main article').first().waitFor();
});
