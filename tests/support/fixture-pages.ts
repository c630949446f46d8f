import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { launchBrowser } from './browser.ts';
import { newProfile, openPage, type DriverPage } from './driver-page.ts';
import { startFixtureServer, type Fixture, type FixtureServer } from './fixture-server.ts';

/**
 * For the tests of one file: a browser, and for each test a page on a fixture server of its own. Its
 * origin is its own, too, so that a profile with what it has stored serves all tests with its options.
 * A test whose page complained or asked another origin fails.
 */
export function useFixturePages(testTimeout = 120_000) {
  vi.setConfig({ testTimeout });
  let browser: Browser;
  const profiles = new Map<string, Promise<BrowserContext>>();
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
      const key = JSON.stringify(options);
      const profile = profiles.get(key) ?? newProfile(browser, options);
      profiles.set(key, profile);
      opened = await openPage(await profile, server.url + path, prepare);
      return opened.page;
    },
    /** Of the page that is open. */
    server(): FixtureServer {
      if (!server) throw new Error('no page is open');
      return server;
    },
  };
}
