import { Parser } from 'n3';
import { describe, expect, it } from 'vitest';
import { toPublicInventory } from '../../../services/domain/privacy.ts';
import { toPublicPresent } from '../../../services/domain/public-present.ts';
import type { Freshness, Present } from '../../../services/domain/present.ts';
import type { Inventory } from '../../../services/domain/site.ts';
import { toCatalogue } from '../../../services/publish/feeds/catalogue.ts';
import { toTurtle } from '../../../services/publish/feeds/rdf.ts';
import type { View } from '../../../services/publish/http/resource.ts';
import { toLocalMoment } from '../../../services/domain/opening-hours.ts';
import { isOpenNow } from '../../../services/publish/feeds/counts.ts';
import { indexInventory } from '../../../services/publish/inventory-index.ts';
import { resources } from '../../../services/publish/resources.ts';
import { aPresent, aSite, inventory, nowMs, settings } from '../../fixtures/feeds/town.ts';

function aView(town: Inventory = inventory, present: Present = aPresent()): View {
  return {
    settings,
    isSimulated: false,
    index: indexInventory(toPublicInventory(town)),
    present: toPublicPresent(town, present),
    baseUrl: 'https://parken.musterstadt.example',
    nowMs,
    isOpen: (site) => isOpenNow(site, toLocalMoment(nowMs, settings.timeZone)),
    inventoryAtMs: nowMs - 86_400_000,
    isServed: (path) =>
      resources.some((resource) => resource.path.split('{')[0] === path) ||
      path.startsWith('/ogc/'),
  };
}

/** The text of a document as a client would ask for it. */
function textOf(path: string, view = aView()): string {
  const [route = '', search = ''] = path.split('?');
  for (const resource of resources) {
    const names = [...resource.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    const pattern = new RegExp(`^${resource.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`);
    const match = pattern.exec(route);
    if (!match) continue;
    const params = Object.fromEntries(names.map((name, at) => [name, match[at + 1] ?? '']));
    const text = resource.read(params, Object.fromEntries(new URLSearchParams(search))).text(view);
    return typeof text === 'string' ? text : [...text].join('');
  }
  throw new Error(`no resource for ${path}`);
}

/** One thing a line, so that a change shows where it is. */
function legible(text: string): string {
  if (text.startsWith('<?xml')) return `${text.replaceAll('><', '>\n<')}\n`;
  return text.startsWith('{') ? `${JSON.stringify(JSON.parse(text), null, 1)}\n` : text;
}

describe('the feeds', () => {
  it.each([
    ['/api/v1/sites', 'api-sites.json'],
    ['/api/v1/spaces?limit=3', 'api-spaces.json'],
    ['/api/v1/zones', 'api-zones.json'],
    ['/api/public/v3/parking-sites', 'parkapi-v3-sites.json'],
    ['/api/public/v3/parking-spots?site=markt-ost&limit=4', 'parkapi-v3-spots.json'],
    ['/parkapi/v1', 'parkapi-v1-index.json'],
    ['/parkapi/v1/musterstadt', 'parkapi-v1-city.json'],
    ['/datex2/v3/table.xml', 'datex2-v3-table.xml'],
    ['/datex2/v3/status.xml', 'datex2-v3-status.xml'],
    ['/datex2/v2/table.xml', 'datex2-v2-table.xml'],
    ['/datex2/v2/status.xml', 'datex2-v2-status.xml'],
    ['/ogc', 'ogc.json'],
    ['/ogc/collections', 'ogc-collections.json'],
    ['/ogc/collections/sites/items?limit=2', 'ogc-sites.json'],
    ['/ogc/collections/spaces/items/markt-ost-03', 'ogc-space.json'],
    ['/catalog.ttl', 'catalog.ttl'],
    ['/catalog.rdf', 'catalog.rdf'],
    ['/catalog.jsonld', 'catalog.jsonld'],
  ])('writes %s as its golden file says', async (path, file) => {
    await expect(legible(textOf(path))).toMatchFileSnapshot(
      `../../fixtures/feeds/golden/${file}.golden`,
    );
  });

  it('lists only sites with a number in the DATEX II 2.3 status, and all as unknown when none has one', () => {
    expect(textOf('/datex2/v2/status.xml')).not.toContain('p-r-bahnhof');
    const silent: Present = { ...aPresent(), site: () => undefined, sites: () => [] };
    const text = textOf('/datex2/v2/status.xml', aView(inventory, silent));
    expect(text.match(/<parkingSiteStatus>unknown/g)).toHaveLength(inventory.sites.length);
    expect(text).not.toContain('parkingNumberOfVacantSpaces');
  });

  it.each([
    ['/api/v1/sites', 'markt-ost'],
    ['/api/v1/spaces', 'markt-ost'],
    ['/api/v1/zones', 'altstadt'],
    ['/api/public/v3/parking-sites', 'markt-ost'],
    ['/api/public/v3/parking-spots', 'markt-ost'],
    ['/parkapi/v1', 'musterstadt'],
    ['/datex2/v3/table.xml', 'markt-ost'],
    ['/datex2/v3/status.xml', 'markt-ost'],
    ['/datex2/v2/table.xml', 'markt-ost'],
    ['/datex2/v2/status.xml', 'markt-ost'],
    ['/ogc/collections/sites/items', 'markt-ost'],
    ['/ogc/collections/spaces/items', 'markt-ost'],
    ['/catalog.ttl', 'municipalityKey/08115999'],
    ['/catalog.rdf', 'municipalityKey/08115999'],
    ['/catalog.jsonld', 'municipalityKey/08115999'],
  ])('narrows %s to a municipality', (path, its) => {
    const oneOf = (municipality: string): string => {
      try {
        return textOf(`${path}?municipality=${municipality}`);
      } catch (error) {
        // DATEX II cannot say that there is none.
        expect(error).toMatchObject({ code: 'not-found' });
        return '';
      }
    };
    // The address of the publisher is in every text.
    const told = (text: string) => text.replaceAll(/musterstadt\.example/g, '');
    expect(told(oneOf('musterstadt'))).toContain(its);
    expect(told(oneOf('nebenort'))).not.toContain(its);
    expect(told(oneOf('nebenort,musterstadt'))).toContain(its);
  });

  it('offers in the catalogue of a municipality addresses that answer for it alone', () => {
    const text = textOf('/catalog.ttl?municipality=nebenort');
    const offered = [...text.matchAll(/(?:accessURL|downloadURL|endpointURL) <([^>]+)>/g)];
    expect(offered.length).toBeGreaterThan(10);
    for (const [, url] of offered) expect(url).toMatch(/\?municipality=nebenort$/);
    expect(text).toContain(': Nebenort"@de');
    expect(() => textOf('/catalog.ttl?municipality=nowhere')).toThrow('no municipality');
  });

  it('answers a DATEX II scope without sites with not-found: the schema cannot say none', () => {
    for (const path of ['/datex2/v2/status.xml', '/datex2/v3/table.xml']) {
      expect(() => textOf(`${path}?municipality=nowhere`)).toThrow('no site in this scope');
    }
  });

  it('confirms what has stood still for hours, as long as its sensors are heard as usual', () => {
    const present = aPresent();
    const heard = (freshness: Freshness): Present => ({
      ...present,
      site: (id) => {
        const now = present.site(id);
        return now && { ...now, lastSeenMs: nowMs - 7_200_000, freshness };
      },
    });
    const updatedAt = (freshness: Freshness): unknown =>
      JSON.parse(textOf('/api/public/v3/parking-sites', aView(inventory, heard(freshness))))
        .items[0].realtime_data_updated_at;
    expect(updatedAt('live')).toBe(new Date(nowMs).toISOString().replace('.000', ''));
    expect(updatedAt('delayed')).toBe('2026-11-21T06:00:00Z');
    for (const path of ['/datex2/v3/status.xml', '/datex2/v2/status.xml'])
      expect(textOf(path, aView(inventory, heard('live')))).not.toContain('06:00:00Z');
  });

  it('shows a car park outside its hours as closed, in every feed that says so', () => {
    const garage = aSite({ openingHours: 'Mo-Fr 08:00-18:00' });
    const view = aView({ ...inventory, sites: [garage], spaces: [] });
    expect(textOf('/parkapi/v1/musterstadt', view)).toContain('"state":"closed"');
    expect(textOf('/api/public/v3/parking-sites', view)).toContain(
      '"realtime_opening_status":"CLOSED"',
    );
    expect(textOf('/datex2/v3/status.xml', view)).toContain('openingStatus>closed<');
    expect(textOf('/datex2/v2/status.xml', view)).toContain('parkingSiteOpeningStatus>closed<');
  });

  it('shows a closed site as closed with nothing free, in every feed that has a number', () => {
    const lots = JSON.parse(textOf('/parkapi/v1/musterstadt')).lots as { id: string }[];
    expect(lots.find(({ id }) => id === 'festplatz')).toMatchObject({ state: 'closed', free: 0 });
    const sites = JSON.parse(textOf('/api/public/v3/parking-sites')).items as { uid: string }[];
    expect(sites.find(({ uid }) => uid === 'festplatz')).toMatchObject({
      realtime_opening_status: 'CLOSED',
      realtime_free_capacity: 0,
    });
  });

  it('survives names with markup, control characters and half characters', () => {
    const odd = aSite({ name: '<b>&"\u0000\u0007\ud800 ]]> Straße' });
    const view = aView({ ...inventory, sites: [odd], spaces: [] });
    for (const path of ['/datex2/v3/table.xml', '/datex2/v2/table.xml']) {
      const text = textOf(path, view);
      expect(text).toContain('&lt;b&gt;&amp;"\ufffd ]]&gt; Straße');
      expect(text.isWellFormed()).toBe(true);
    }
  });

  it('builds the text of a site again only when its present is another object', () => {
    const present = aPresent();
    const before = textOf('/datex2/v3/status.xml', aView(inventory, present));
    const changed: Present = {
      ...present,
      site: (id) => {
        const now = present.site(id);
        return now && id === 'markt-ost' ? { ...now, numberOfVacantSpaces: 1 } : now;
      },
    };
    const after = textOf('/datex2/v3/status.xml', aView(inventory, changed));
    expect(after).not.toBe(before);
    expect(after).toContain('<prk:numberOfVacantSpaces>1<');
  });

  it('says the same in all three forms of the catalogue', () => {
    const triples = new Set(
      new Parser()
        .parse(toTurtle(toCatalogue(aView())))
        .map(({ subject, predicate, object }) =>
          [subject, predicate, object].map((term) => term.value).join(' '),
        ),
    );
    const context = JSON.parse(textOf('/catalog.jsonld')) as {
      '@context': Record<string, string>;
      '@graph': Record<string, unknown>[];
    };
    const whole = (name: string): string => {
      const [prefix = '', local = ''] = name.split(/:(.*)/s);
      return (context['@context'][prefix] ?? `${prefix}:`) + local;
    };
    const type = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';
    const fromJson = new Set<string>();
    for (const { '@id': id, '@type': types, ...rest } of context['@graph']) {
      for (const name of types as string[]) fromJson.add(`${id as string} ${type} ${whole(name)}`);
      for (const [name, values] of Object.entries(rest)) {
        for (const value of values as { '@id'?: string; '@value'?: string }[]) {
          fromJson.add(`${id as string} ${whole(name)} ${value['@id'] ?? value['@value'] ?? ''}`);
        }
      }
    }
    expect(fromJson).toEqual(triples);
    const rdfXml = textOf('/catalog.rdf');
    expect(rdfXml.match(/<rdf:Description /g)).toHaveLength(context['@graph'].length);
  });

  it('offers in the catalogue only what is served', () => {
    const view = { ...aView(), isServed: (path: string) => path === '/api/v1/sites' };
    const text = textOf('/catalog.ttl', view);
    expect(text).toContain('/api/v1/sites>');
    expect(text).not.toContain('/datex2/');
    expect(text).not.toContain('#static>');
  });

  it('pages through everything exactly once, whatever the page size', () => {
    for (const limit of [1, 2, 3, 7, 1000]) {
      const seen: string[] = [];
      let next: string | null = `/api/public/v3/parking-sites?limit=${limit}`;
      while (next !== null) {
        const page = JSON.parse(textOf(next)) as {
          items: { uid: string }[];
          next_path: string | null;
        };
        seen.push(...page.items.map(({ uid }) => uid));
        next = page.next_path;
      }
      expect(seen).toEqual(inventory.sites.map(({ id }) => id).toSorted());
    }
  });
});
