import { describe, expect, test } from 'vitest';
import { createSiteStore } from '../../dashboard/src/live/site-store.ts';
import { distanceToLine, halfway, toLine } from '../../dashboard/src/map/lines.ts';
import { pxPerM, toX, toY } from '../../dashboard/src/map/mercator.ts';
import { createSpaceStore, stateOf } from '../../dashboard/src/map/space-store.ts';
import { townSites, townSpaces } from '../support/fixture-town.ts';

const sites = townSites();
const spaces = townSpaces(sites);

describe('space store', () => {
  test('a change is one byte and only what looks different is reported', () => {
    const store = createSpaceStore(spaces);
    const [first, second] = spaces;
    const same = { ...first!, status: first!.status };
    const other = { ...second!, status: 'unknown' } as const;
    expect(store.merge([same, other])).toEqual([1]);
    expect(store.state[1]).toBe(stateOf.unknown);
    expect(store.merge([other])).toEqual([]);
  });
  test('spaces outside of what is loaded are ignored', () => {
    const store = createSpaceStore([]);
    expect(store.merge([spaces[0]!])).toEqual([]);
    expect(store.search(0, 0, 1, 1)).toEqual([]);
    expect(store.nearest(0.5, 0.5, 1)).toBeUndefined();
  });
  test('the nearest within reach is found', () => {
    const store = createSpaceStore(spaces);
    const target = spaces[17]!;
    const at = store.nearest(toX(target.lon), toY(target.lat), 1e-9);
    expect(store.siteIds[at!]).toBe(target.siteId);
    expect(store.nearest(0, 0, 1e-9)).toBeUndefined();
  });
});

describe('site store', () => {
  test('keeps the newest status and the newest uplink', () => {
    const store = createSiteStore();
    store.replace(sites);
    const status = { ...sites[0]!.status, lastSeenAt: '2026-11-21T14:00:00Z' };
    expect(store.merge([status])).toBe(true);
    expect(store.find(status.id)?.status).toBe(status);
    expect(store.newestUplinkMs()).toBe(Date.parse('2026-11-21T14:00:00Z'));
  });
  test('says when a status belongs to no known site', () => {
    const store = createSiteStore();
    store.replace([]);
    expect(store.merge([sites[0]!.status])).toBe(false);
  });
});

describe('geometry', () => {
  test('the middle of the world is in its middle', () => {
    expect([toX(0), toY(0)]).toEqual([0.5, 0.5]);
  });
  test('zoom 15 in Heidelberg: six metres are about two pixels', () => {
    expect(6 * pxPerM(15, 49.4)).toBeCloseTo(1.93, 2);
  });
  test('halfway and distance along a bent line', () => {
    const line = toLine([
      [0, 0],
      [90, 0],
      [90, 0],
    ]);
    expect(halfway(line).x).toBeCloseTo(0.625, 9);
    expect(distanceToLine(line, 0.625, 0.6)).toBeCloseTo(0.1, 9);
  });
  test('a line of one point has a middle', () => {
    expect(halfway(toLine([[0, 0]]))).toMatchObject({ x: 0.5, y: 0.5, length: 0 });
  });
});
