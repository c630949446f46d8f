import { expect, test } from 'vitest';
import { inProcessBus } from '../../../services/adapters/event-bus/in-process.ts';
import { createTracker } from '../../../services/domain/tracker.ts';
import { createTrack } from '../../../services/pipeline/track.ts';
import type { PresentChanged } from '../../../services/ports/event-bus.ts';
import { health, observed, seen, spaceId } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { kerbTown } from '../../support/towns.ts';

/** Two kerbs with three spaces each, and what is told of them. */
function setUp() {
  const clock = createManualClock();
  const bus = inProcessBus();
  const inventory = kerbTown({ sites: 2, spacesPerSite: 3 });
  const track = createTrack({
    bus,
    clock,
    inventory: () => inventory,
    tracker: createTracker(),
    patienceOf: () => ({ heartbeatMs: 3_600_000, staleAfterMs: 3 * 3_600_000 }),
    chanceRatio: () => null,
    epoch: 'epoch1',
  });
  track.start();
  const told: PresentChanged[] = [];
  bus.subscribe('present-changed', (event) => void told.push(event));
  let fCnt = 0;
  return {
    clock,
    present: track.present,
    stop: track.stop,
    told,
    change(space: string, status: 'occupied' | 'vacant') {
      fCnt += 1;
      bus.publish('observed', [
        observed({
          health: health(clock.now(), { fCnt }),
          observations: [seen(clock.now(), status, { spaceId: spaceId(space), order: fCnt })],
        }),
      ]);
    },
  };
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

test('nothing is told any more when it has stopped', () => {
  const { change, clock, stop, told } = setUp();
  change('space-0-0', 'occupied');
  stop();
  clock.advance(1_000);
  expect(told).toEqual([]);
});
