import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { toMunicipalityId, toStretchId, toZoneId } from '../../services/domain/ids.ts';
import type { ShareResult } from '../../services/domain/planning/share-results.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import type { SignNow } from '../../services/domain/sign.ts';
import type { Inventory } from '../../services/domain/site.ts';
import { createSumUp } from '../../services/pipeline/sum-up.ts';
import { settings } from '../fixtures/feeds/town.ts';
import { priceMeasure } from '../support/builders.ts';
import { openStream, openWebSocket } from '../support/live-clients.ts';
import { startLiveTown, type LiveTown } from '../support/live-town.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { streetAt } from '../support/planned-town.ts';
import { kerbTown } from '../support/towns.ts';
import { anEstimate } from '../unit/domain/planning/estimates.ts';

/** Two municipalities: what is in a feed of one has its mark, and none of the other's. */
const marks = {
  town: /site-0|space-0-|street-0|first-/,
  village: /site-1|space-1-|street-1|second-/,
} as const;
type Name = keyof typeof marks;

function twoMunicipalities(): Inventory {
  const { sites, spaces, installations } = kerbTown({ sites: 2, spacesPerSite: 6 });
  const names = ['town', 'village'].map(toMunicipalityId);
  const zones = ['first-zone', 'second-zone'].map(toZoneId);
  const own = sites.map((site, at) => ({
    ...site,
    municipalityId: names[at] ?? site.municipalityId,
    zoneId: zones[at] ?? null,
    stretchId: toStretchId(`street-${at}`),
  }));
  return {
    municipalities: names.map((id, at) => ({
      id,
      name: ['first-name', 'second-name'][at] ?? '',
      officialKey: null,
      centre: { lat: 49.4, lon: 8.69 },
    })),
    zones: zones.map((id, at) => ({
      id,
      municipalityId: names[at] ?? toMunicipalityId('town'),
      name: id,
      outline: [],
    })),
    sites: own,
    spaces,
    // The second street is in no zone: its kerb says where it lies.
    stretches: own.map((site, at) => streetAt(site, at, at === 0 ? site.zoneId : null)),
    installations,
  };
}

const inventory = twoMunicipalities();
const nowMs = Date.UTC(2026, 10, 21, 8);
const { store, sums } = createSumUp({ store: memoryStore(), timeZone: 'UTC' });

const shareOf = (id: string, searchShareRatio: number): ShareResult => ({
  scope: 'municipality',
  id,
  period: 'recent',
  fromMs: nowMs - 28 * 86_400_000,
  toMs: nowMs,
  estimate: anEstimate({ searchShareRatio }),
});
const signAt = (id: string, { id: siteId, location }: Inventory['sites'][number]): SignNow => ({
  sign: {
    id,
    name: id,
    location,
    siteIds: [siteId],
    garageId: null,
    fullBelow: 1,
    changeEveryMs: 60_000,
    device: null,
  },
  text: { kind: 'vacant', vacantSpaces: 3 },
  sinceMs: nowMs,
  delivery: null,
});
const fileOf = (municipality: string | null, name: string) => ({
  kind: 'day' as const,
  name,
  municipalityId: municipality === null ? null : toMunicipalityId(municipality),
  fromMs: nowMs,
  toMs: nowMs,
  madeAtMs: nowMs,
  rows: 1,
  bytes: 1,
  sha256: 'ab',
});
const files = [
  fileOf(null, 'all.csv.gz'),
  fileOf('town', 'first-.csv.gz'),
  fileOf('village', 'second-.csv.gz'),
];

let town: LiveTown;
beforeAll(async () => {
  const clock = createManualClock(nowMs);
  town = await startLiveTown({
    sites: 0,
    spacesPerSite: 0,
    inventory,
    systemClock: clock,
    serving: {
      planning: {
        settings,
        inventory: () => toPublicInventory(inventory),
        sensedSpaces: () => new Map(),
        store,
        sums,
        rolledUp: () => ({ doneMs: nowMs, revision: 1 }),
        shares: () => ({
          revision: 1,
          known: null,
          pending: 0,
          results: [shareOf('town', 0.1), shareOf('village', 0.2)],
        }),
        goal: null,
        measures: () => [
          priceMeasure('first-measure', { zones: ['first-zone'] }),
          priceMeasure('second-measure', { stretches: ['street-1'] }),
        ],
        devices: () => [],
        staleAfterMs: () => 3_600_000,
        clock,
        epoch: 'e',
        token: undefined,
      },
      signs: {
        all: () => inventory.sites.map((site, at) => signAt(['first-', 'second-'][at] ?? '', site)),
        find: () => undefined,
      },
      downloads: { list: () => files, read: () => new ReadableStream() },
    },
  });
  town.changeAll('vacant');
});
afterAll(() => town.stop());

/** Why something has no such filter; whatever is new has one, or stands here. */
const without: Readonly<Record<string, string>> = {
  '/api/v1/deployment': 'speaks of the publisher and names the municipalities',
  '/api/v1/state': 'speaks of the process',
  '/healthz': 'speaks of the process',
  '/readyz': 'speaks of the process',
  '/metrics': 'speaks of the process',
  '/api/v1/sites/{id}': 'is one site',
  '/api/v1/sites/{id}/typical-week': 'is one site',
  '/api/v1/spaces/{id}': 'is one space',
  '/api/v1/zones/{id}': 'is one zone',
  '/api/v1/signs/{id}': 'is one sign',
  '/api/v1/signs/{id}/preview': 'is one sign',
  '/api/v1/history/{name}': 'is one file: those of a municipality are on its list',
  '/parkapi/v1/{city}': 'is one municipality',
  '/ogc/conformance': 'speaks of the standard',
  '/ogc/collections/{collection}/items/{id}': 'is one feature',
};

const documentShape = z.object({
  paths: z.record(
    z.string(),
    z.object({
      get: z.object({ parameters: z.array(z.object({ name: z.string() })).default([]) }).optional(),
    }),
  ),
});

/** Every address to GET, with the name of its filter; `undefined` has none. */
async function addresses(): Promise<{ path: string; filter: string | undefined }[]> {
  const document = documentShape.parse(await (await fetch(`${town.url}/openapi.json`)).json());
  return Object.entries(document.paths).flatMap(([path, { get }]) =>
    get
      ? [
          {
            path,
            filter: get.parameters.find(({ name }) => /^municipalit(y|ies)$/.test(name))?.name,
          },
        ]
      : [],
  );
}

/** What a reader gets first. */
async function textOf(path: string, query: string): Promise<string> {
  if (path === '/api/v1/live') {
    const client = await openWebSocket(town.url, query);
    await client.got(1);
    client.close();
    return JSON.stringify(client.frames[0]);
  }
  if (path === '/api/v1/stream') {
    const client = await openStream(town.url, query);
    await client.got(1);
    client.close();
    return JSON.stringify(client.events[0]);
  }
  const response = await fetch(town.url + path + query);
  expect(response.status, path + query).toBe(200);
  return response.text();
}

describe('the municipality', () => {
  test('narrows everything that speaks of more than one thing, or there is a reason', async () => {
    const all = await addresses();
    const unfiltered = all.filter(({ filter }) => filter === undefined).map(({ path }) => path);
    expect(unfiltered.toSorted()).toEqual(Object.keys(without).toSorted());
  });

  test('leaves what is its own in every feed, and nothing of another', async () => {
    const filtered = (await addresses()).filter(({ filter }) => filter !== undefined);
    expect(filtered.length).toBeGreaterThan(20);
    // Of these only the links are narrowed; their sums name no place.
    const withoutMarks = new Set([
      '/ogc',
      '/ogc/collections',
      '/ogc/collections/{collection}',
      '/api/v1/goal',
    ]);
    for (const { path, filter } of filtered) {
      const asked = path.replace('{collection}', 'spaces');
      const narrow = (name: string): Promise<string> => {
        const place = path === '/api/v1/metrics/profile' ? '&scope=municipality' : '';
        return textOf(asked, `?${filter}=${name}${place}`);
      };
      const texts: Record<Name, string> = {
        town: await narrow('town'),
        village: await narrow('village'),
      };
      expect(texts.town, path).not.toBe(texts.village);
      for (const [name, other] of [
        ['town', 'village'],
        ['village', 'town'],
      ] as const) {
        expect(texts[name], `${path} of ${name}`).not.toMatch(marks[other]);
        if (!withoutMarks.has(path)) expect(texts[name], `${path} of ${name}`).toMatch(marks[name]);
      }
    }
  });

  test('of several together is offered in the catalogue as far as addresses answer for them', async () => {
    const catalogue = await textOf('/catalog.ttl', '?municipality=town,village');
    const urls = [...catalogue.matchAll(/(?:accessURL|endpointURL) <([^>]+)>/g)].map(
      ([, url]) => url ?? '',
    );
    expect(urls.length).toBeGreaterThan(10);
    for (const url of urls) expect((await fetch(url)).status, url).toBe(200);
    expect(urls.join(' ')).not.toContain('/api/v1/goal');
    expect(await textOf('/catalog.ttl', '?municipality=town')).toContain('/api/v1/goal');
  });

  test('goes on from link to link of OGC API Features', async () => {
    const linksShape = z.object({
      links: z.array(z.object({ rel: z.string(), href: z.string() })),
    });
    const follow = async (url: string, rel: string): Promise<string> => {
      const { links } = linksShape.parse(await (await fetch(url)).json());
      return links.find((link) => link.rel === rel)?.href ?? '';
    };
    const data = await follow(`${town.url}/ogc?municipality=village`, 'data');
    const { collections } = z
      .object({ collections: z.array(linksShape.loose()) })
      .parse(await (await fetch(data)).json());
    for (const { links } of collections) {
      const self = links.find(({ rel }) => rel === 'self')?.href ?? '';
      const items = await (await fetch(await follow(self, 'items'))).text();
      expect(items).toMatch(marks.village);
      expect(items).not.toMatch(marks.town);
    }
  });
});
