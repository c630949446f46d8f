import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { launchBrowser } from './browser.ts';
import { openDriverPage, type DriverPage } from './driver-page.ts';
import { startFixtureServer, type Fixture, type FixtureServer } from './fixture-server.ts';

/**
 * For the tests of one file: a browser, and for each test a page on a fixture server of its own. A test
 * whose page complained or asked another origin fails.
 */
export function useFixturePages(testTimeout = 120_000) {
  vi.setConfig({ testTimeout });
  let browser: Browser;
  let server: FixtureServer | undefined;
  let opened: DriverPage | undefined;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    const { complaints = [], foreign = [] } = opened ?? {};
    await opened?.close();
    await server?.stop();
    opened = undefined;
    server = undefined;
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  });
  afterAll(() => browser.close());

  return {
    async open(
      fixture: Partial<Fixture>,
      path: string,
      options: BrowserContextOptions = {},
      prepare?: (page: Page) => Promise<void>,
    ): Promise<Page> {
      server = await startFixtureServer(fixture);
      opened = await openDriverPage(browser, server.url + path, options, prepare);
      return opened.page;
    },
    /** Of the page that is open. */
    server(): FixtureServer {
      if (!server) throw new Error('no page is open');
      return server;
    },
  };
}
