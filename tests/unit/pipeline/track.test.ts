import { expect, test } from 'vitest';
import type { PresentChanged } from '../../../services/ports/event-bus.ts';
import { spaceId } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { kerbTown } from '../../support/towns.ts';
import { trackTown } from '../../support/tracked-town.ts';

/** Two kerbs with three spaces each, and what is told of them. */
function setUp() {
  const clock = createManualClock();
  const { bus, track, change } = trackTown(kerbTown({ sites: 2, spacesPerSite: 3 }), clock);
  const told: PresentChanged[] = [];
  bus.subscribe('present-changed', (event) => void told.push(event));
  return { clock, present: track.present, start: track.start, stop: track.stop, told, change };
}

test('whoever looks at the present sees an uplink at once', () => {
  const { change, present } = setUp();
  const before = present.version();
  change('space-0-0', 'occupied');
  expect(present.space(spaceId('space-0-0'))?.status).toBe('occupied');
  change('space-0-0', 'vacant');
  expect([...present.spaces()].find((now) => now.spaceId === spaceId('space-0-0'))?.status).toBe(
    'vacant',
  );
  change('space-0-0', 'occupied');
  expect(
    Array.from(present.sites(), ({ numberOfOccupiedSpaces }) => numberOfOccupiedSpaces),
  ).toEqual([1, null]);
  change('space-0-1', 'occupied');
  expect(present.version()).toBeGreaterThan(before);
  expect(present.space(spaceId('space-0-1'))?.version).toBeGreaterThan(before);
});

test('whoever follows the present is told of many uplinks at once, a quarter of a second later at most', () => {
  const { change, clock, told } = setUp();
  change('space-0-0', 'occupied');
  clock.advance(100);
  for (const status of ['vacant', 'occupied', 'vacant'] as const) change('space-0-0', status);
  change('space-1-2', 'occupied');
  clock.advance(149);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual([{ spaceIds: ['space-0-0', 'space-1-2'], siteIds: ['site-0', 'site-1'] }]);
  clock.advance(1_000);
  expect(told).toHaveLength(1);
});

test('what was heard is told once, whether somebody looked before or not', () => {
  const { change, clock, present, told } = setUp();
  change('space-0-0', 'occupied');
  present.version();
  expect(told).toHaveLength(1);
  clock.advance(250);
  expect(told).toHaveLength(1);
  change('space-0-1', 'occupied');
  clock.advance(250);
  expect(told.map(({ spaceIds }) => spaceIds)).toEqual([['space-0-0'], ['space-0-1']]);
});

test('nothing is told any more when it has stopped, until it starts again', () => {
  const { change, clock, start, stop, told } = setUp();
  change('space-0-0', 'occupied');
  stop();
  clock.advance(1_000);
  expect(told).toEqual([]);
  start();
  change('space-0-1', 'occupied');
  clock.advance(1_000);
  expect(told.map(({ spaceIds }) => spaceIds)).toEqual([['space-0-0', 'space-0-1']]);
});
