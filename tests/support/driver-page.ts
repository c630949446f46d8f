import axe, { type Result } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { fixtureNow } from './fixture-town.ts';
import { waitFor } from './wait-for.ts';

export interface DriverPage {
  readonly page: Page;
  /** Addresses of other origins that the page asked for. */
  readonly foreign: readonly string[];
  /** Errors and warnings of the page. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** A fresh browser profile, German and phone-sized unless said otherwise. */
export const newProfile = (
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> =>
  browser.newContext({ locale: 'de-DE', viewport: { width: 390, height: 844 }, ...options });

/** Opens the driver's page in a fresh profile. */
export async function openDriverPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<void>,
): Promise<DriverPage> {
  const profile = await newProfile(browser, options);
  const opened = await openPage(profile, url, prepare);
  return { ...opened, close: () => profile.close() };
}

/** Opens a page in a profile, which stays when the page is closed. */
export async function openPage(
  profile: BrowserContext,
  url: string,
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<DriverPage> {
  const page = await profile.newPage();
  const foreign: string[] = [];
  const complaints: string[] = [];
  const { origin } = new URL(url);
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) foreign.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'warning') complaints.push(message.text());
  });
  // The town's own day: dates and ages read the same whenever the test runs.
  await page.clock.setFixedTime(fixtureNow);
  await prepare(page);
  await page.goto(url);
  return { page, foreign, complaints, close: () => page.close() };
}

/** For the browser: resolves when no animation that ends is under way. */
const animationsEnd = `Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    .map(({ finished }) => finished),
).then(() => undefined)`;

/**
 * Rules to look by: all of WCAG 2.0 to 2.2, A and AA; or of a state that all were asked about already,
 * those that other colours, or another size of the window, can break.
 */
const rules = {
  all: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  colours: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
  sizes: { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] },
} as const;

/** For the browser: what does not pass. Only that is described, which is the longer part of the work. */
const findViolations = (by: keyof typeof rules) => `axe.run(document, {
  runOnly: ${JSON.stringify(rules[by])},
  resultTypes: ['violations'],
}).then(({ violations }) => violations)`;

/** Zero violations by axe. */
export async function expectAccessible(page: Page, by: keyof typeof rules = 'all'): Promise<void> {
  // Half faded in, nothing has its colours yet.
  await page.evaluate(animationsEnd);
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  const violations = await page.evaluate<Result[]>(findViolations(by));
  const told = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('\n  ')}`,
  );
  expect(told).toEqual([]);
}

/** For the browser: whether it has stored what the page shows without a network. */
const isSnapshotKept = `new Promise((resolve) => {
  indexedDB.open('parklotse', 1).onsuccess = ({ target: { result: database } }) => {
    const store = database.transaction('snapshot').objectStore('snapshot');
    store.count('last').onsuccess = ({ target }) => {
      database.close();
      resolve(target.result === 1);
    };
  };
})`;

/** Resolves when the browser could show the page without a network. */
export const snapshotKept = (page: Page): Promise<boolean> =>
  waitFor(() => page.evaluate<boolean>(isSnapshotKept), { what: 'the browser to store the page' });

/** Nothing has to be scrolled sideways (WCAG 1.4.10). */
export async function expectToFit(page: Page): Promise<void> {
  const overflowPx = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(overflowPx).toBe(0);
}
