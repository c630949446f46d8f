import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { endAge, noAges, watchAges } from '../../../services/domain/age-table.ts';
import { toSpaceId, toStretchId, type DevEui } from '../../../services/domain/ids.ts';
import { quarterMs } from '../../../services/domain/local-time.ts';
import type { Count, Transition } from '../../../services/domain/observation.ts';
import type { RollUpGroup } from '../../../services/domain/roll-up-groups.ts';
import { addUp } from '../../../services/domain/roll-up-add.ts';
import { rollUp } from '../../../services/domain/roll-up-sums.ts';
import { toTimeline, type SpaceHistory } from '../../../services/domain/space-timeline.ts';

const hour = 4 * quarterMs;
const spaceIds = [toSpaceId('a'), toSpaceId('b'), toSpaceId('c')];
const stretchId = toStretchId('street');
const street: RollUpGroup = {
  scope: 'stretch',
  id: stretchId,
  numberOfSpaces: 3,
  spaceIds,
  stretchIds: [stretchId],
  gateSiteIds: [],
};
const single = spaceIds.map((id): RollUpGroup => ({
  ...street,
  scope: 'space',
  id,
  numberOfSpaces: 1,
  spaceIds: [id],
  stretchIds: [],
}));
const start = 1_000 * hour;
const to = (status: Transition['to'], atMs: number, earliestMs = atMs): Transition => ({
  spaceId: spaceIds[0]!,
  to: status,
  atMs,
  earliestMs,
  method: earliestMs === atMs ? 'seen' : 'inferred',
});
const history = (parts: Partial<SpaceHistory>): SpaceHistory => ({
  spaceId: spaceIds[0]!,
  before: undefined,
  transitions: [],
  lastSeenMs: undefined,
  seenMs: [],
  staleAfterMs: 2 * hour,
  ...parts,
});
const count = (fromMs: number, toMs: number, vehicles: number): Count => ({
  devEui: '70B3D5E75E000001' as DevEui,
  target: { kind: 'stretch', stretchId },
  direction: 'left',
  fromMs,
  toMs,
  vehicles,
  meanSpeedKmh: null,
});

/** Stays or vacancies from one age to another, as an age table. */
const agesOf = (...watched: readonly (readonly [number, number, 'watched' | 'ended'])[]) => {
  const sums = noAges();
  for (const [fromAgeMs, toAgeMs, how] of watched) {
    watchAges([sums], fromAgeMs, toAgeMs);
    if (how === 'ended') endAge(sums, toAgeMs);
  }
  return sums;
};

const range = { fromMs: start, toMs: start + hour };
const quarters = [0, 1, 2, 3, 4].map((i) => start + i * quarterMs);
const hourOf = (
  histories: readonly SpaceHistory[],
  counts: readonly Count[] = [],
  groups = [street],
) =>
  rollUp({
    step: 'hour',
    bounds: [range.fromMs, range.toMs],
    groups,
    timelines: histories.map((one) => toTimeline(one, range)),
    counts,
  });

describe('what is known of a space', () => {
  test('a space is observed from its first news until it is stale', () => {
    const timeline = toTimeline(
      history({
        transitions: [to('occupied', start + 100, 0)],
        seenMs: [start + 100],
        staleAfterMs: 1_000,
      }),
      range,
    );
    expect(timeline.spans).toMatchObject([
      { fromMs: start + 100, toMs: start + 1_100, isOccupied: true },
    ]);
    expect(timeline.changes).toEqual([]);
  });

  test('news before the range covers its beginning', () => {
    const timeline = toTimeline(
      history({ before: to('occupied', start - 500), lastSeenMs: start - 200, staleAfterMs: 300 }),
      range,
    );
    expect(timeline.spans).toMatchObject([{ fromMs: start, toMs: start + 100, isOccupied: true }]);
  });

  test('an inferred change counts in the middle of what was not seen, even from beyond the range', () => {
    const timeline = toTimeline(
      history({
        before: to('occupied', start - 500),
        lastSeenMs: start - 500,
        transitions: [to('vacant', range.toMs + 1_000, range.toMs - 2_000)],
      }),
      range,
    );
    expect(timeline.spans).toMatchObject([
      { fromMs: start, toMs: range.toMs - 500, isOccupied: true },
      { fromMs: range.toMs - 500, toMs: range.toMs, isOccupied: false },
    ]);
    expect(timeline.changes).toMatchObject([
      { to: 'vacant', atMs: range.toMs - 500, isInferred: true, stayFromMs: start - 500 },
    ]);
  });

  test('a change inferred into the time before the range belongs there', () => {
    const timeline = toTimeline(
      history({
        before: to('occupied', start - 5_000),
        lastSeenMs: start - 3_000,
        transitions: [to('vacant', start + 1_000, start - 3_000)],
        seenMs: [start + 1_000],
      }),
      range,
    );
    expect(timeline.spans).toMatchObject([{ fromMs: start, toMs: range.toMs, isOccupied: false }]);
    expect(timeline.changes).toEqual([]);
  });
});

describe('a roll-up', () => {
  test('sums times, changes and stays of an hour', () => {
    const [row] = hourOf([
      history({
        before: to('occupied', start - quarterMs),
        lastSeenMs: start - 1,
        transitions: [
          to('vacant', start + quarterMs),
          to('occupied', start + 3 * quarterMs, start + 2 * quarterMs),
        ],
      }),
    ]);
    expect(row).toEqual({
      scope: 'stretch',
      id: 'street',
      step: 'hour',
      fromMs: start,
      toMs: start + hour,
      numberOfSpaces: 3,
      observedMs: hour,
      occupiedMs: 2.5 * quarterMs,
      arrivals: 1,
      departures: 1,
      inferred: 1,
      occupiedAtEnd: 1,
      observedAtEnd: 1,
      fullMs: 2.5 * quarterMs,
      watchedMs: hour,
      streetFullMs: 7.5 * quarterMs,
      streetWatchedMs: 3 * hour,
      endedStayMs: 2 * quarterMs,
      endedStays: 1,
      stays: agesOf([quarterMs, 2 * quarterMs, 'ended'], [0, 1.5 * quarterMs, 'watched']),
      vacancies: agesOf([0, 1.5 * quarterMs, 'ended']),
      vehicles: null,
      countedMs: 0,
    });
  });

  test('a street is full while every observed space is occupied', () => {
    const occupied = { before: to('occupied', start - 1), lastSeenMs: start - 1 };
    const [a, b, c] = spaceIds as [
      (typeof spaceIds)[0],
      (typeof spaceIds)[0],
      (typeof spaceIds)[0],
    ];
    const [row] = hourOf([
      history({
        ...occupied,
        spaceId: a,
        transitions: [{ ...to('vacant', start + 500), spaceId: a }],
      }),
      history({ ...occupied, spaceId: b }),
      // Not heard of for the first 300 ms, then vacant for 100.
      history({
        spaceId: c,
        transitions: [
          { ...to('vacant', start + 300, 0), spaceId: c },
          { ...to('occupied', start + 400), spaceId: c },
        ],
        seenMs: [start + 300, start + 400],
      }),
    ]);
    expect(row?.fullMs).toBe(400);
  });

  test('a stay whose beginning was not seen is no ended stay', () => {
    const [row] = hourOf([
      history({
        before: to('occupied', start - 100, 0),
        lastSeenMs: start - 100,
        transitions: [to('vacant', start + 100)],
      }),
    ]);
    expect(row).toMatchObject({ departures: 1, endedStays: 0, endedStayMs: 0 });
  });

  test('tells no counter from no vehicles', () => {
    expect(hourOf([], [count(start, start + quarterMs, 0)])).toMatchObject([
      { vehicles: 0, countedMs: quarterMs, observedMs: 0 },
    ]);
    expect(hourOf([])).toEqual([]);
  });

  test('an interval that never arrived is missing, not zero: no row, and less counted time above', () => {
    const rows = rollUp({
      step: '15min',
      bounds: quarters,
      groups: [street],
      timelines: [],
      counts: [0, 1, 3].map((n) => count(start + n * quarterMs, start + (n + 1) * quarterMs, 8)),
    });
    expect(rows.map(({ fromMs }) => (fromMs - start) / quarterMs)).toEqual([0, 1, 3]);
    expect(addUp(rows, 'hour', start, start + hour)).toMatchObject([
      { vehicles: 24, countedMs: 3 * quarterMs },
    ]);
  });

  test('shares a count out over the intervals it spans, and counts overlapping time once', () => {
    const rows = rollUp({
      step: '15min',
      bounds: quarters,
      groups: [street],
      timelines: [],
      counts: [
        count(start - quarterMs, start + 2 * quarterMs, 10),
        { ...count(start + quarterMs, start + 2 * quarterMs, 5), direction: 'right' },
      ],
    });
    expect(rows.map(({ fromMs, vehicles, countedMs }) => [fromMs, vehicles, countedMs])).toEqual([
      [start, 4, quarterMs],
      [start + quarterMs, 8, quarterMs],
    ]);
  });
});

describe('whatever happened', () => {
  const offset = fc.integer({ min: -hour, max: hour + quarterMs });
  /** Any alternating or repeating transitions of a space, seen and inferred, with news around them. */
  const anyHistory = (spaceId: (typeof spaceIds)[0]) =>
    fc
      .record({
        events: fc.array(
          fc.record({ at: offset, gap: fc.nat(quarterMs), occupied: fc.boolean() }),
          {
            maxLength: 12,
          },
        ),
        heartbeats: fc.array(offset, { maxLength: 4 }),
        staleAfterMs: fc.integer({ min: 1, max: 2 * hour }),
      })
      .map(({ events, heartbeats, staleAfterMs }): SpaceHistory => {
        const all = events
          .map(({ at, gap, occupied }) => ({
            ...to(occupied ? 'occupied' : 'vacant', start + at, start + at - gap),
            spaceId,
          }))
          .sort((x, y) => x.atMs - y.atMs);
        const news = [...all.map(({ atMs }) => atMs), ...heartbeats.map((at) => start + at)].sort(
          (x, y) => x - y,
        );
        return {
          spaceId,
          before: all.findLast(({ atMs }) => atMs < start),
          transitions: all.filter(({ atMs }) => atMs >= start),
          lastSeenMs: news.findLast((at) => at < start),
          seenMs: news.filter((at) => at >= start && at < start + hour),
          staleAfterMs,
        };
      });
  const anyTown = fc.record({
    histories: fc.tuple(...spaceIds.map((id) => anyHistory(id))),
    counts: fc
      .array(
        fc.record({ at: offset, lastsMs: fc.integer({ min: 1, max: hour }), vehicles: fc.nat(99) }),
      )
      .map((all) =>
        all
          .map(({ at, lastsMs, vehicles }) => count(start + at, start + at + lastsMs, vehicles))
          .sort((x, y) => x.fromMs - y.fromMs),
      ),
  });
  const groups = [street, ...single];
  const rollUpTown = (
    { histories, counts }: { histories: readonly SpaceHistory[]; counts: readonly Count[] },
    bounds: readonly number[],
    step: 'hour' | '15min',
  ) =>
    rollUp({
      step,
      bounds,
      groups,
      timelines: histories.map((one) => toTimeline(one, range)),
      counts,
    });
  const ends = [range.fromMs, range.toMs];

  test('quarter hours add up to the hour', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        const sum = addUp(rollUpTown(town, quarters, '15min'), 'hour', range.fromMs, range.toMs);
        const byId = (rows: typeof sum) => rows.toSorted((x, y) => (x.id < y.id ? -1 : 1));
        expect(byId(sum)).toEqual(byId(rollUpTown(town, ends, 'hour')));
      }),
    );
  });

  test('cutting the range cuts nothing off: each quarter read by itself is the same', () => {
    fc.assert(
      fc.property(anyTown, fc.integer({ min: 0, max: 3 }), ({ histories }, index) => {
        const own = { fromMs: quarters[index]!, toMs: quarters[index + 1]! };
        const cut = histories.map((one) => {
          const all = [...(one.before ? [one.before] : []), ...one.transitions];
          const news = [...(one.lastSeenMs === undefined ? [] : [one.lastSeenMs]), ...one.seenMs];
          return toTimeline(
            {
              ...one,
              before: all.findLast(({ atMs }) => atMs < own.fromMs),
              transitions: all.filter(({ atMs }) => atMs >= own.fromMs),
              lastSeenMs: news.findLast((at) => at < own.fromMs),
              seenMs: news.filter((at) => at >= own.fromMs && at < own.toMs),
            },
            own,
          );
        });
        const alone = rollUp({
          step: '15min',
          bounds: [own.fromMs, own.toMs],
          groups,
          timelines: cut,
          counts: [],
        });
        const whole = rollUpTown({ histories, counts: [] }, quarters, '15min');
        const observed = (rows: typeof whole) => rows.map(({ id, observedMs }) => [id, observedMs]);
        expect(observed(alone)).toEqual(
          observed(whole.filter(({ fromMs }) => fromMs === own.fromMs)),
        );
      }),
    );
  });

  test('places are the sum of their spaces, apart from being full', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        const rows = rollUpTown({ ...town, counts: [] }, ends, 'hour');
        const place = rows.find(({ scope }) => scope === 'stretch');
        const spaces = rows.filter(({ scope }) => scope === 'space');
        for (const key of [
          'observedMs',
          'occupiedMs',
          'arrivals',
          'departures',
          'endedStayMs',
          'inferred',
          'occupiedAtEnd',
          'observedAtEnd',
        ] as const) {
          expect(place?.[key] ?? 0).toBe(spaces.reduce((sum, row) => sum + row[key], 0));
        }
      }),
    );
  });

  test('the order of spaces does not matter', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        const other = { ...town, histories: town.histories.toReversed() };
        expect(rollUpTown(other, quarters, '15min')).toEqual(rollUpTown(town, quarters, '15min'));
      }),
    );
  });

  test('no time is negative, and none is longer than it can be', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        for (const row of rollUpTown(town, quarters, '15min')) {
          const {
            observedMs,
            occupiedMs,
            fullMs,
            endedStayMs,
            countedMs,
            vehicles,
            numberOfSpaces,
          } = row;
          expect(occupiedMs).toBeGreaterThanOrEqual(0);
          expect(occupiedMs).toBeLessThanOrEqual(observedMs);
          expect(observedMs).toBeLessThanOrEqual(numberOfSpaces * quarterMs);
          expect(fullMs).toBeGreaterThanOrEqual(0);
          expect(fullMs).toBeLessThanOrEqual(Math.min(quarterMs, occupiedMs));
          expect(endedStayMs).toBeGreaterThanOrEqual(0);
          expect(countedMs).toBeGreaterThanOrEqual(0);
          expect(countedMs).toBeLessThanOrEqual(quarterMs);
          expect(vehicles ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
