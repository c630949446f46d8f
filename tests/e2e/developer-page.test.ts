import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplesFor, type Example } from '../../dashboard/src/developer/examples.ts';
import { launchBrowser } from '../support/browser.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { expectAccessible, expectToFit, openDriverPage } from '../support/driver-page.ts';
import { startProduct, type Product } from '../support/product.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { waitFor } from '../support/wait-for.ts';

let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([
    startProduct(['--config', deploymentFolder(20), '--data', temporaryDirectory()]),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  expect(await product.stop()).toBe(0);
});

const open = () =>
  openDriverPage(browser, `${product.url}/daten`, { viewport: { width: 1280, height: 900 } });

async function command(
  { language, code }: Example,
  cwd: string,
): Promise<readonly [string, string[]]> {
  if (language === 'curl') return ['bash', ['-c', code]];
  const file = join(cwd, 'example.ts');
  await writeFile(file, code);
  return [process.execPath, [file]];
}

/** What the example prints until it ends, or, where it goes on, until it has printed what is expected. */
async function outputOf(example: Example, expected: RegExp): Promise<string> {
  const cwd = temporaryDirectory();
  const [program, args] = await command(example, cwd);
  if (!example.isEndless) {
    const { stdout } = await promisify(execFile)(program, args, { cwd });
    return stdout;
  }
  // A group of its own: the shell's children end with it.
  const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await waitFor(() => expected.test(stdout), { what: `${example.id} to print a snapshot` });
  process.kill(-(child.pid ?? 0));
  return stdout;
}

describe('the examples of the developer page', () => {
  const expected: Readonly<Record<Example['id'], RegExp>> = {
    list: /"name":"Kerb 1"/,
    box: /"id":"space-0"/,
    changed: /^$/,
    stream: /event: snapshot\nid: \w+\.\d+\ndata: \{/,
    files: /"totalCount":0/,
    pages: /^Kerb 0 unknown\nKerb 1 unknown\n$/,
    live: /^snapshot 2\n/,
  };
  test.each(Object.entries(expected))('%s runs as it stands', async (id, output) => {
    const example = examplesFor(product.url, '8.68,49.39,8.70,49.41').find((one) => one.id === id);
    if (!example) throw new Error(`no example ${id}`);
    expect(await outputOf(example, output)).toMatch(output);
  });
});

describe('the developer page', () => {
  test('links only to what answers, and asks no other server', async () => {
    const { page, foreign, complaints, close } = await open();
    await page.getByText('Noch keine Dateien').waitFor();
    const links = await page
      .locator('a[href^="/"]')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
    expect(links.length).toBeGreaterThan(15);
    for (const link of new Set(links)) {
      const ending = new AbortController();
      const response = await fetch(product.url + link, { signal: ending.signal });
      expect(response.status, link).toBe(200);
      ending.abort();
    }
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('shows the same examples as are tested here, for this very server', async () => {
    const { page, close } = await open();
    const shown = await page.locator('pre').allTextContents();
    const box = '8.680,49.390,8.700,49.410';
    await page.getByText(box).waitFor();
    expect(await page.locator('pre').allTextContents()).toEqual(
      examplesFor(product.url, box).map(({ code }) => code),
    );
    expect(shown.length).toBe(7);
    await close();
  });

  test('is accessible in both languages and needs no sideways scrolling in any size', async () => {
    const { page, close } = await open();
    await page.getByText('0 von 20').waitFor();
    await expectAccessible(page);
    await expectToFit(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'EN, English' }).click();
    await page.getByRole('heading', { name: 'What there is' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toBe('Open data · Testtown');
    await expectAccessible(page);
    await expectToFit(page);
    await page.setViewportSize({ width: 320, height: 700 });
    await expectAccessible(page, 'sizes');
    await expectToFit(page);
    await page.getByRole('button', { name: 'DE, Deutsch' }).click();
    await page.getByText('0 von 20').waitFor();
    await expectToFit(page);
    await close();
  });
});
