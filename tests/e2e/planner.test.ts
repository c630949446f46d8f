import { readFile } from 'node:fs/promises';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible, expectToFit } from '../support/driver-page.ts';
import { goal, planning, planningZones } from '../support/fixture-planning.ts';
import { shareOf } from '../support/fixture-share.ts';
import { useFixturePages } from '../support/fixture-pages.ts';
import type { Fixture } from '../support/fixture-server.ts';
import { deployment } from '../support/fixture-town.ts';

const pages = useFixturePages();

const desktop = { viewport: { width: 1280, height: 900 } };

async function open(
  search = '',
  change: Partial<Fixture> = {},
  options: BrowserContextOptions = desktop,
): Promise<Page> {
  return pages.open({ planning, zones: planningZones, ...change }, `planung${search}`, options);
}

async function savedText(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

const views = ['overview', 'occupancy', 'zones', 'measures', 'data', 'report'] as const;
type View = (typeof views)[number];
const ready: Readonly<Record<View, string>> = {
  overview: 'Parksuchverkehr im Verlauf',
  occupancy: 'Typische Woche',
  zones: 'Zonen im Vergleich',
  measures: 'Parkleitsystem Altstadt',
  data: 'Wie gut sind die Daten?',
  report: 'So sind die Zahlen zu lesen',
};

/** The view that is shown, with all its answers. */
async function shown(page: Page, view: View): Promise<void> {
  await page.getByRole('heading', { name: ready[view] }).waitFor();
  await page.locator('[data-state=loading]').first().waitFor({ state: 'detached' });
}

describe('every view', () => {
  /** The report shows every figure of the others but those about data and devices. */
  const isInAllColours = (view: View): boolean => view === 'report' || view === 'data';

  test.each(views)('%s is accessible and fits, in every size and colour', async (view) => {
    const page = await open(`?view=${view}`);
    await shown(page, view);
    await expectAccessible(page);
    await expectToFit(page);
    if (isInAllColours(view)) {
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page, 'colours');
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
      await expectAccessible(page, 'colours');
      await page.emulateMedia({ forcedColors: 'none' });
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page, view === 'report' ? 'sizes' : 'all');
    await expectToFit(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectAccessible(page, 'sizes');
    await expectToFit(page);
  });

  test('one leads to the others', async () => {
    const page = await open('', {}, {});
    const links = page.getByRole('navigation').getByRole('link');
    expect(await links.count()).toBe(views.length);
    for (const [at, view] of views.entries()) {
      await links.nth(at).click();
      await shown(page, view);
      expect(await links.nth(at).getAttribute('aria-current')).toBe('page');
      const search = await page.evaluate(() => location.search);
      expect(new URLSearchParams(search).get('view') ?? 'overview').toBe(view);
    }
  });

  test('keeps view and area when the language changes, and says its language', async () => {
    const page = await open('?view=zones&scope=zone:altstadt');
    await page.getByRole('rowheader', { name: 'Altstadt' }).waitFor();
    await page.getByRole('button', { name: 'EN, English' }).click();
    await page.getByRole('heading', { name: 'Zones compared' }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(new URL(page.url()).search).toBe('?view=zones&scope=zone:altstadt');
    await expectAccessible(page);
  });
});

describe('the goal', () => {
  test('stands with interval, evidence, tested verdict and an assumed baseline called so', async () => {
    const page = await open();
    const section = page.getByRole('region', { name: /Wo steht das Ziel/ });
    await section.getByText('95-%-Bereich 11–15 %').waitFor();
    const text = (await section.innerText()).replaceAll('\u00a0', ' ');
    expect(text).toContain('mindestens 13 %');
    expect(text).toContain('Auf Kurs');
    expect(text).toContain('Literaturwert ausgewählter Studien, kein Messwert dieser Stadt');
    expect(text).toContain('22 mit Zähler');
  });

  test('without enough data there is no number but what is missing', async () => {
    const reasons = [{ code: 'few-days', de: 'Erst 2 Tage.', en: 'Only 2 days.' }];
    const poor = {
      ...goal,
      verdict: 'not-enough-data' as const,
      verdictText: { de: 'Zu wenig Daten.', en: 'Not enough data.' },
      forecast: null,
      recent: shareOf(0.234, { sufficiency: 'insufficient', reasons }),
      missing: reasons,
    };
    const page = await open('', { planning: { ...planning, '/api/v1/goal': poor } });
    const section = page.getByRole('region', { name: /Wo steht das Ziel/ });
    await section.getByText('Erst 2 Tage.').waitFor();
    expect((await section.innerText()).replaceAll('\u00a0', ' ')).not.toContain('23 %');
    await expectAccessible(page);
  });

  test('its definition is one click away and gives the focus back', async () => {
    const page = await open();
    const button = page.getByRole('button', { name: /Was bedeutet .*Wo steht das Ziel/ });
    await button.click();
    await page.getByRole('dialog', { name: 'Ziel' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test('simulated data are labelled, measured ones are not', async () => {
    const page = await open('', { deployment: { ...deployment, isSimulated: true } });
    await page.getByText(/^Simulierte Daten/).waitFor();
    expect(await savedText(page, 'Parksuchverkehr im Verlauf: als CSV speichern')).toContain(
      'Simulierte Daten',
    );
  });
});

describe('by keyboard', () => {
  test('the arrow keys walk over the week and the cell is said', async () => {
    const page = await open('?view=occupancy');
    await page.getByRole('gridcell', { name: /^Montag, 8–9 Uhr: 6\d/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused()).toMatch(/^Dienstag, 23–24 Uhr: 6\d\s%, 4 Wochen/);
    await page.keyboard.press('Home');
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('Dienstag, 3–4 Uhr: keine Daten');
  });

  test('the points of a chart are read one by one', async () => {
    const page = await open();
    const slider = page.getByRole('slider');
    await slider.focus();
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/: 13\s%, 95-%-Bereich 10–16\s%/);
    await page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuenow')).toBe('1');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/: 18\s%/);
  });

  test('zones are sorted by their columns; the unrated stand apart with the reason', async () => {
    const page = await open('?view=zones');
    const sort = page.locator('thead').getByRole('button', { name: /^Auslastung/ });
    await sort.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(
      await page.getByRole('columnheader', { name: /^Auslastung/ }).getAttribute('aria-sort'),
    ).toBe('ascending');
    const names = await page.locator('tbody th').allInnerTexts();
    expect(names).toEqual(['Neustadt', 'Bahnhofsviertel', 'Altstadt']);
    await page.getByText('Erst 4 Straßenabschnitte mit Sensoren und Zähler').waitFor();
    const csv = await savedText(page, 'Zonen im Vergleich: als CSV speichern');
    const rows = csv.trimEnd().split('\r\n').slice(-4);
    expect(csv.charCodeAt(0)).toBe(0xfeff);
    expect(rows.map((row) => row.split(';')[0])).toEqual([...names, 'Weststadt']);
    expect(rows[0]?.split(';').slice(1, 4)).toEqual(['3', '4,1', '64']);
  });
});

describe('measures', () => {
  test('an effect needs control zones, else it is a change', async () => {
    const page = await open('?view=measures');
    const guided = page.getByRole('region', { name: 'Parkleitsystem Altstadt' });
    await guided.getByText('Wirkung −24 % (−34 % bis −12 %)').waitFor();
    const fee = page.getByRole('region', { name: 'Gebühr Neustadt von 1 auf 2 Euro' });
    expect(await fee.innerText()).not.toContain('Wirkung');
    expect(await fee.innerText()).toContain('Veränderung −7,0 Prozentpunkte (−10,1 bis −3,9)');
  });
});

describe('files', () => {
  test('a chart is saved as a picture', async () => {
    const page = await open();
    for (const [view, chart] of [
      ['overview', 'Parksuchverkehr im Verlauf'],
      ['occupancy', 'Typische Woche'],
      ['measures', 'Parkleitsystem Altstadt'],
    ] as const) {
      await page.getByRole('navigation').getByRole('link').nth(views.indexOf(view)).click();
      await shown(page, view);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `${chart}: als PNG speichern` }).click(),
      ]);
      const bytes = await readFile(await download.path());
      expect(bytes.subarray(1, 4).toString(), chart).toBe('PNG');
      expect(bytes.readUInt32BE(16), chart).toBeGreaterThan(900);
      expect(bytes.length, chart).toBeGreaterThan(10_000);
    }
  });

  test('the report prints on A4 without controls', async () => {
    const page = await open('?view=report');
    await page.getByRole('heading', { name: 'So sind die Zahlen zu lesen' }).waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: /speichern|bedeutet/ }).count()).toBe(0);
    const pdf = await page.pdf({ preferCSSPageSize: true, tagged: true });
    expect(pdf.toString('latin1')).toMatch(/\/MediaBox \[0 0 59[45](\.\d+)? 84[12]/);
  });
});

describe('trouble', () => {
  test('loading: lines of about the final height', async () => {
    const page = await open('', { api: 'hang' });
    expect(await page.locator('[data-state=loading]').count()).toBeGreaterThan(1);
    expect(await page.getByRole('button', { name: /speichern/ }).count()).toBe(0);
    await expectAccessible(page);
  });
  test('a failed figure says so, the others stand, and it can be asked again', async () => {
    const page = await open('', { planning: { ...planning, '/api/v1/goal': 503 } });
    await page.getByText('Auslastung', { exact: true }).first().waitFor();
    await page.locator('[data-state=failed]').first().waitFor();
    await expectAccessible(page);
    pages.server().state.planning = planning;
    await page.getByRole('button', { name: 'Erneut versuchen' }).first().click();
    await page.getByText('mindestens 13 %').first().waitFor();
  });
  test('offline: what was loaded stays, with its time', async () => {
    const page = await open();
    await page.getByText('mindestens 13 %').first().waitFor();
    pages.server().state.api = 'down';
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await page.getByText('Keine Verbindung. Gezeigt wird der Stand von 14:32 Uhr.').waitFor();
    expect(await page.getByText('mindestens 13 %').first().isVisible()).toBe(true);
  });
  test('devices ask for the token of the operator', async () => {
    const page = await open('?view=data', { planning: { ...planning, '/api/v1/devices': 401 } });
    await page.getByLabel('Zugangsschlüssel').fill('secret');
    await expectAccessible(page);
    pages.server().state.planning = planning;
    await page.getByRole('button', { name: 'Öffnen' }).click();
    await page.getByText('verliert Meldungen, schwacher Empfang').waitFor();
  });
  test('an empty town is told what is missing', async () => {
    const nothing = {
      ...planning,
      '/api/v1/goal': {
        ...goal,
        recent: null,
        months: [],
        weeks: [],
        start: null,
        goal: null,
        missing: [],
      },
      '/api/v1/measures': { items: [] },
    };
    const page = await open('', { planning: nothing });
    await page.getByText('Für dieses Gebiet ist kein Ziel festgelegt.').waitFor();
    await page.getByText('Noch ist keine Woche vollständig ausgewertet.').waitFor();
    await expectAccessible(page);
    // Without a chart the picture is of the table; who clicks twice gets it once.
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Wo steht das Ziel?: als PNG speichern' }).dblclick(),
    ]);
    expect((await readFile(await download.path())).subarray(1, 4).toString()).toBe('PNG');
    expect(await page.getByRole('alert').allInnerTexts()).toEqual([]);
  });
});
