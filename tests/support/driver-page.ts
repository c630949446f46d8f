import axe, { type Result } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { fixtureNow } from './fixture-town.ts';

export interface DriverPage {
  readonly page: Page;
  /** Addresses of other origins that the page asked for. */
  readonly foreign: readonly string[];
  /** Errors and warnings of the page. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens the driver's page in a fresh browser profile, German and phone-sized unless said otherwise. */
export async function openDriverPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<DriverPage> {
  const context = await browser.newContext({
    locale: 'de-DE',
    viewport: { width: 390, height: 844 },
    ...options,
  });
  const page = await context.newPage();
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
  return { page, foreign, complaints, close: () => context.close() };
}

/** For the browser: resolves when no animation that ends is under way. */
const animationsEnd = `Promise.allSettled(
  document.getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    .map(({ finished }) => finished),
).then(() => undefined)`;

/** For the browser: what does not pass. Only that is described, which is the longer part of the work. */
const findViolations = `axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  resultTypes: ['violations'],
}).then(({ violations }) => violations)`;

/** WCAG 2.0 to 2.2, A and AA, by axe; zero violations. */
export async function expectAccessible(page: Page): Promise<void> {
  // Half faded in, nothing has its colours yet.
  await page.evaluate(animationsEnd);
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  const violations = await page.evaluate<Result[]>(findViolations);
  const told = violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('\n  ')}`,
  );
  expect(told).toEqual([]);
}
