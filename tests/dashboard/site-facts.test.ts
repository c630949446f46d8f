import { beforeEach, describe, expect, test } from 'vitest';
import { shownChance, shownVacant, type FactContext } from '../../dashboard/src/site/facts.ts';
import { isPlausible } from '../../dashboard/src/site/plausible.ts';
import { listSheetFacts } from '../../dashboard/src/site/sheet-facts.ts';
import { locale } from '../../dashboard/src/ui/locale.svelte.ts';
import type { Site, SiteStatus } from '../../services/contract/site.ts';
import { fixtureNow, statusOf, townSites } from '../support/fixture-town.ts';

const kerb = townSites()[0]!;
const garage = townSites().find(({ id }) => id === 'car-park-0')!;
const withStatus = (site: Site, change: Partial<SiteStatus>): Site => ({
  ...site,
  status: { ...site.status, ...change },
});
const context: FactContext = {
  nowMs: fixtureNow,
  locale: 'de',
  isFeedStale: false,
  distanceM: 240,
};
const textOf = (site: Site, key: string, change: Partial<FactContext> = {}) =>
  listSheetFacts(site, { ...context, ...change }).find((fact) => fact.key === key)?.text;

beforeEach(() => {
  locale.value = 'de';
});

describe('what is plausible', () => {
  test('a site whose numbers agree', () => {
    expect(townSites().every(isPlausible)).toBe(true);
  });
  test.each([
    ['more free than known', { numberOfVacantSpaces: 9, numberOfKnownSpaces: 8 }],
    ['fewer than none free', { numberOfVacantSpaces: -1 }],
    ['no capacity', { numberOfSpaces: 0, numberOfKnownSpaces: 0, numberOfVacantSpaces: 0 }],
    ['closed but free', { isClosed: true, numberOfVacantSpaces: 3 }],
    [
      'more disabled spaces free than there are',
      { vacantFor: { disabled: { known: 1, vacant: 2 } } },
    ],
    ['more known than there are', { numberOfKnownSpaces: 999 }],
  ])('%s is not: words instead of a number', (_, change) => {
    const site = withStatus(garage, change);
    expect(isPlausible(site)).toBe(false);
    expect(textOf(site, 'vacant')).toBe('Angaben werden geprüft');
    expect(shownVacant(site, false)).toBeNull();
  });
});

describe('what is shown', () => {
  test('a silent feed makes every chance unknown, and closed stays closed', () => {
    expect(shownChance(garage, true)).toBe('unknown');
    expect(
      shownChance(withStatus(garage, { isClosed: true, numberOfVacantSpaces: null }), true),
    ).toBe('closed');
  });
  test.each([
    [0.81, 'gute Chance: in 8 von 10 Fällen'],
    [0.97, 'gute Chance: in über 9 von 10 Fällen'],
    [0.02, 'kaum Chance: in unter 1 von 10 Fällen'],
  ])('a chance of %d is told in tenths', (chanceRatio, text) => {
    const chance = chanceRatio > 0.5 ? 'good' : 'bad';
    expect(textOf(withStatus(garage, { chanceRatio, chance }), 'chance')).toBe(text);
  });
  test('unknown spaces are named and never counted as free', () => {
    const status = statusOf('x', 20, 4, { numberOfKnownSpaces: 18, numberOfOccupiedSpaces: 14 });
    const site = { ...kerb, status };
    expect(textOf(site, 'vacant')).toBe('4 von 18 frei');
    expect(textOf(site, 'total')).toBe('20 Plätze');
    expect(textOf(site, 'silent')).toBe('2 Sensoren melden sich nicht');
  });
  test('counts stay when only the chance is not known', () => {
    const site = withStatus(garage, { chance: 'unknown', chanceRatio: null });
    expect(textOf(site, 'vacant')).toBe('41 von 97 frei');
    expect(textOf(site, 'chance')).toBe('Chance noch nicht bekannt');
  });
  test('below half of the spaces known there is no number', () => {
    const status = statusOf('x', 20, 4, { numberOfKnownSpaces: 9, numberOfOccupiedSpaces: 5 });
    expect(textOf({ ...kerb, status }, 'vacant')).toBe('20 Plätze');
  });
  test('one is singular', () => {
    const status = statusOf('x', 2, 1, { numberOfKnownSpaces: 1, numberOfOccupiedSpaces: 0 });
    expect(textOf({ ...kerb, status }, 'silent')).toBe('1 Sensor meldet sich nicht');
  });
  test('the last report and the last change are two clocks', () => {
    const site = withStatus(garage, {
      lastSeenAt: new Date(fixtureNow - 20 * 60_000).toISOString(),
      lastChangedAt: new Date(fixtureNow - 6 * 3_600_000).toISOString(),
    });
    expect(textOf(site, 'age')).toBe('vor 20 min');
    expect(textOf(site, 'changed')).toBe('vor 6 h');
  });
  test('a height nobody stated is said to be unknown where it matters', () => {
    expect(textOf({ ...garage, maxHeightM: null }, 'height')).toBe('Höhe nicht angegeben');
    expect(textOf({ ...kerb, maxHeightM: null }, 'height')).toBeUndefined();
  });
  test.each([
    [{ hasFee: false, feeText: null, feeEurPerHour: null }, 'kostenlos'],
    [{ hasFee: true, feeText: null, feeEurPerHour: 0.5 }, '0,50 €/h'],
    [{ hasFee: true, feeText: 'nach Tarif', feeEurPerHour: null }, 'nach Tarif'],
    [{ hasFee: null, feeText: null, feeEurPerHour: null }, 'Preis nicht angegeben'],
  ])('a fee of %j reads %s', (change, text) => {
    expect(textOf({ ...garage, ...change }, 'fee')?.replace('\u00a0', ' ')).toBe(text);
  });
  test('speaks English when asked', () => {
    locale.value = 'en';
    expect(textOf(garage, 'hours', { locale: 'en' })).toBe('always open');
    expect(textOf(garage, 'vacant', { locale: 'en' })).toBe('41 of 97 free');
  });
  test('opening hours are in the words of the language', () => {
    const site = { ...garage, openingHours: 'Mo-Sa 06:00-22:00; Su,PH off' };
    expect(textOf(site, 'hours')).toBe('Mo–Sa 06:00–22:00; So,Feiertage geschlossen');
  });
});
