import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startComposedTown, webhookSource, type ComposedTown } from './composed-town.ts';
import { deploymentFolder } from './deployment-folder.ts';
import { openDriverPage, type DriverPage } from './driver-page.ts';

const dist = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));
const names = ['Hauptstraße', 'Marktstraße', 'Schillerstraße', 'Lindenweg'];

/** Kerbs of ten watched spaces every 72 m to the east. */
export const spacesOf = (kerb: number): number[] =>
  Array.from({ length: 10 }, (_, n) => kerb * 10 + n);
export const allSpaces = names.flatMap((_, kerb) => spacesOf(kerb));
/** Where the driver is at first, some 250 m from the kerbs. */
const start = { latitude: 49.402, longitude: 8.692 };

interface Feature {
  readonly properties: Record<string, unknown>;
}

/** Bahnhofstraße comes down from the north, where the driver is, and ends in the street of the kerbs. */
const streets = [
  ['Bahnhofstraße', [8.692, 49.403], [8.692, 49.4]],
  ['Am Markt', [8.688, 49.4], [8.692, 49.4]],
  ['Am Markt', [8.692, 49.4], [8.695, 49.4]],
] as const;
const toStreetFeature = ([name, from, to]: (typeof streets)[number], n: number) => ({
  type: 'Feature',
  properties: {
    id: `street-${n}`,
    name,
    lengthM: name === 'Bahnhofstraße' ? 334 : (to[0] - from[0]) * 72_360,
    roadClass: 'residential',
    fromNode: from.join('/'),
    toNode: to.join('/'),
    numberOfSpaces: 0,
  },
  geometry: { type: 'LineString', coordinates: [from, to] },
});

/** Four kerbs with names and a maximum stay, behind the real server that also serves the pages. */
export async function startGuidedTown(
  ways: 'streets' | 'no streets' = 'no streets',
): Promise<ComposedTown> {
  const dir = deploymentFolder(allSpaces.length, {
    history: { kind: 'memory' },
    sources: [webhookSource],
    server: { host: '127.0.0.1', rateLimit: { burst: 100_000, perSecond: 1_000 } },
    legal: { imprint: 'Stadt Musterstadt', privacy: 'Keine Cookies.', accessibility: 'Erklärung.' },
  });
  const file = join(dir, 'sites.geojson');
  const sites = JSON.parse(readFileSync(file, 'utf8')) as { features: Feature[] };
  for (const { properties } of sites.features) {
    if (properties['type'] !== 'site') continue;
    const kerb = Number(String(properties['id']).replace('site-', ''));
    Object.assign(properties, { name: names[kerb], maxStayMin: 120, hasFee: kerb !== 0 });
  }
  writeFileSync(file, JSON.stringify(sites));
  if (ways === 'streets')
    writeFileSync(
      join(dir, 'streets.geojson'),
      JSON.stringify({ type: 'FeatureCollection', features: streets.map(toStreetFeature) }),
    );
  return startComposedTown(dir, dist);
}

/**
 * What the device does for the page, written down: it has neither a screen to keep on nor a voice. And how
 * often the page has heard of its session, which the town tells it every ten seconds.
 */
const device = `
  window.said = [];
  window.awake = 0;
  window.heard = 0;
  window.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      for (const news of ['advice', 'unchanged', 'ended'])
        this.addEventListener(news, () => void (window.heard += 1));
    }
  };
  speechSynthesis.speak = ({ text, lang }) => void window.said.push(lang + ' ' + text);
  Object.defineProperty(navigator, 'wakeLock', {
    value: { request: () => { window.awake += 1; return Promise.resolve({ release: () => Promise.resolve() }); } },
  });
`;

/** Opens the driver's page of the town at the town's own time. */
export function openGuidedPage(
  browser: Browser,
  town: ComposedTown,
  options: BrowserContextOptions = {},
  settings: object = {},
): Promise<DriverPage> {
  return openDriverPage(browser, `${town.url}/`, options, async (page) => {
    await page.clock.setFixedTime(town.clock.now());
    await page.addInitScript(device);
    await page.addInitScript(
      (text) => {
        if (localStorage.getItem('parklotse.settings') === null)
          localStorage.setItem('parklotse.settings', text);
      },
      JSON.stringify({ maxWalkM: 300, routeApp: 'google', ...settings }),
    );
  });
}

export const mayLocate = { geolocation: start, permissions: ['geolocation'] };

/** From the list to the recommendations for a street. */
export async function askFor(page: Page, street: string): Promise<void> {
  await page.getByRole('button', { name: 'Parkplatz empfehlen' }).click();
  await page.getByRole('combobox', { name: 'Ziel' }).fill(street);
  await page.getByRole('option', { name: street }).click();
}
