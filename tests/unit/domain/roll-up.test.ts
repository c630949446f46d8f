import { describe, expect, test } from 'vitest';

import { quarterMs } from '../../../services/domain/local-time.ts';
import { addUp } from '../../../services/domain/roll-up-add.ts';
import { rollUp } from '../../../services/domain/roll-up-sums.ts';
import {
  hour,
  spaceIds,
  street,
  start,
  to,
  history,
  count,
  agesOf,
  quarters,
  hourOf,
} from '../../support/street-history.ts';

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
