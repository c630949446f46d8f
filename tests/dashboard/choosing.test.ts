import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLoosest, listActive, matches, noFilter } from '../../dashboard/src/site/filter.ts';
import { shownVacant } from '../../dashboard/src/site/facts.ts';
import { rank, sortOrders, type RankContext } from '../../dashboard/src/site/rank.ts';
import { normalise, search, toDestinations } from '../../dashboard/src/site/search.ts';
import { deployment, townSites, townStreets } from '../support/fixture-town.ts';

const sites = townSites();
const now = { isFeedStale: false, savedIds: ['kerb-3'] };
const from: RankContext = {
  from: deployment.map,
  isFeedStale: false,
  hasBlueCard: false,
  maxWalkM: null,
  maxEurPerHour: null,
};
const byId = (id: string) => sites.find((site) => site.id === id)!;

describe('filter', () => {
  test('no filter shows everything', () => {
    expect(sites.every((site) => matches(site, noFilter, now))).toBe(true);
    expect(listActive(noFilter)).toEqual([]);
  });
  test('a height that nobody stated passes the height filter', () => {
    const filter = { ...noFilter, heightM: 2.2 };
    expect(matches(byId('car-park-1'), filter, now)).toBe(true);
    expect(matches(byId('car-park-0'), filter, now)).toBe(false);
  });
  test.each([
    ['disabled', { disabled: true }, 'car-park-0', 'kerb-1'],
    ['free', { free: true }, 'kerb-0', 'kerb-1'],
    ['stay', { stayMin: 180 }, 'kerb-1', 'kerb-0'],
    ['street', { place: 'street' as const }, 'kerb-0', 'car-park-0'],
    ['off street', { place: 'off-street' as const }, 'car-park-0', 'kerb-0'],
    ['open', { open: true }, 'car-park-0', 'car-park-2'],
    ['known', { known: true }, 'kerb-1', 'kerb-16'],
    ['saved', { saved: true }, 'kerb-3', 'kerb-4'],
  ])('%s lets one through and holds the other', (_, change, inside, outside) => {
    const filter = { ...noFilter, ...change };
    expect(matches(byId(inside), filter, now)).toBe(true);
    expect(matches(byId(outside), filter, now)).toBe(false);
    expect(listActive(filter)).toHaveLength(1);
  });
  test('names the filter whose removal helps most', () => {
    const filter = { ...noFilter, free: true, place: 'off-street' as const };
    expect(sites.some((site) => matches(site, filter, now))).toBe(false);
    expect(findLoosest(sites, filter, now)).toBe('place');
  });
});

describe('order', () => {
  test.each(sortOrders)('%s: full and closed places are last and none is lost', (order) => {
    const ids = rank(sites, order, from);
    expect([...ids].sort()).toEqual(sites.map(({ id }) => id).sort());
    expect(ids.at(-1)).toBe('car-park-2');
    const vacant = ids.map((id) => shownVacant(byId(id), false));
    expect(vacant.slice(vacant.indexOf(0), -1).every((n) => n === 0)).toBe(true);
  });
  test('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(sites, { minLength: sites.length }), (shuffled) => {
        expect(rank(shuffled, 'best', from)).toEqual(rank(sites, 'best', from));
      }),
      { numRuns: 20 },
    );
  });
  test('holders of the blue card see free disabled spaces first', () => {
    const [first] = rank(sites, 'best', { ...from, hasBlueCard: true });
    expect(byId(first!).status.vacantFor.disabled?.vacant).toBeGreaterThan(0);
  });
  test('what is farther than one walks comes after what is near', () => {
    const near = rank(sites, 'vacant', { ...from, maxWalkM: 100 })[0]!;
    const far = rank(sites, 'vacant', from)[0]!;
    expect(near).not.toBe(far);
  });
});

describe('search', () => {
  const places = toDestinations(sites, townStreets(), []);
  test.each([
    ['Straße', 'strasse'],
    ['Hauptstr.', 'hauptstrasse'],
    ['Mühlgasse', 'muhlgasse'],
    ['muehlgasse', 'muhlgasse'],
  ])('%s and %s are the same', (a, b) => expect(normalise(a)).toBe(b));
  test('what begins with the text comes first', () => {
    expect(search(places, 'haupt', 7)[0]?.name).toBe('Hauptstraße');
  });
  test('finds words inside names, and nothing for nothing', () => {
    expect(search(places, 'markt', 20).map(({ name }) => name)).toContain('Parkhaus Markt');
    expect(search(places, '  ', 7)).toEqual([]);
    expect(search(places, 'xyz', 7)).toEqual([]);
  });
});
