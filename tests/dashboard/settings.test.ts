import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaults, parseSettings } from '../../dashboard/src/driver/settings.svelte.ts';
import { readAddress } from '../../dashboard/src/driver/address.ts';
import { listRouteApps, toRouteLink } from '../../dashboard/src/site/route-links.ts';
import { formatDistance, formatStay, formatTime } from '../../dashboard/src/ui/format.ts';

describe('settings', () => {
  test('what was stored comes back', () => {
    const stored = { ...defaults, theme: 'dark', vehicleHeightM: 1.9, savedIds: ['a'] } as const;
    expect(parseSettings(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });
  test('anything at all can be stored without harm', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(Object.keys(parseSettings(value))).toEqual(Object.keys(defaults));
      }),
    );
  });
  test('values of the wrong kind fall back', () => {
    const parsed = parseSettings({ theme: 'pink', sort: 3, filter: { heightM: -1, open: 'yes' } });
    expect(parsed).toEqual(defaults);
  });
});

describe('address', () => {
  test.each([
    ['', { view: 'list', siteId: null }],
    ['?view=map&site=kerb-1', { view: 'map', siteId: 'kerb-1' }],
    ['?view=other', { view: 'list', siteId: null }],
  ])('%j opens %j', (text, address) => expect(readAddress(text)).toEqual(address));
});

describe('hand-over', () => {
  const place = { lat: 49.41, lon: 8.6942345 };
  test.each([
    [
      'google',
      'https://www.google.com/maps/dir/?api=1&destination=49.410000,8.694235&travelmode=driving&dir_action=navigate',
    ],
    ['apple', 'https://maps.apple.com/?daddr=49.410000,8.694235&dirflg=d'],
    ['waze', 'https://waze.com/ul?ll=49.410000,8.694235&navigate=yes'],
    [
      'osm',
      'https://www.openstreetmap.org/directions?engine=fossgis_osrm_car&route=%3B49.410000%2C8.694235',
    ],
    ['geo', 'geo:49.410000,8.694235?q=49.410000,8.694235(Hauptstra%C3%9Fe)'],
  ] as const)('%s', (app, link) => expect(toRouteLink(app, place, 'Hauptstraße')).toBe(link));
  test('geo links are offered on Android only', () => {
    expect(listRouteApps('Mozilla/5.0 (Linux; Android 15)')).toContain('geo');
    expect(listRouteApps('Mozilla/5.0 (iPhone)')).not.toContain('geo');
  });
});

describe('formats', () => {
  test.each([
    [3, '10 m'],
    [124, '120 m'],
    [994, '990 m'],
    [1240, '1,2 km'],
  ])('%d metres', (metres, text) => expect(formatDistance(metres, 'de')).toBe(text));
  test.each([
    [30, '30 min'],
    [90, '90 min'],
    [120, '2 h'],
    [150, '2 h 30 min'],
  ])('%d minutes', (minutes, text) => expect(formatStay(minutes)).toBe(text));
  test('times are those of the town, with the date when it is another day', () => {
    const now = Date.parse('2026-11-21T13:32:00Z');
    expect(formatTime(now, now, 'Europe/Berlin', 'de')).toBe('14:32');
    expect(formatTime(now - 86_400_000, now, 'Europe/Berlin', 'de')).toBe('20.11., 14:32');
  });
});
