import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toSpaceId } from '../../../services/domain/ids.ts';
import type { Transition } from '../../../services/domain/observation.ts';
import {
  changedAtMs,
  dwellQuantileMs,
  meanDwellMs,
  occupancyRatio,
  toSessions,
  turnoverPerSpaceHour,
  watchedStays,
} from '../../../services/domain/session.ts';

const spaceId = toSpaceId('space');
const seen = (atMs: number, to: Transition['to']): Transition => ({
  spaceId,
  to,
  atMs,
  earliestMs: atMs,
  method: 'seen',
});
const inferred = (earliestMs: number, atMs: number, to: Transition['to']): Transition => ({
  ...seen(atMs, to),
  earliestMs,
  method: 'inferred',
});

describe('when a change counts', () => {
  test('a seen one at its own time, an inferred one in the middle, first news when it came', () => {
    expect(changedAtMs(seen(100, 'vacant'))).toBe(100);
    expect(changedAtMs(inferred(100, 200, 'vacant'))).toBe(150);
    expect(changedAtMs(inferred(100, 101, 'vacant'))).toBe(101);
    expect(changedAtMs(inferred(0, 200, 'vacant'))).toBe(200);
  });
});

describe('sessions', () => {
  test('begin and end with the transitions, and say what was inferred', () => {
    expect(
      toSessions([
        inferred(0, 10, 'vacant'),
        seen(20, 'occupied'),
        seen(50, 'vacant'),
        seen(60, 'occupied'),
        inferred(70, 90, 'vacant'),
      ]),
    ).toEqual([
      { spaceId, startMs: 20, endMs: 50, isInferred: false },
      { spaceId, startMs: 60, endMs: 80, isInferred: true },
    ]);
  });

  test('have no beginning when the space was occupied at first news, and no end while they last', () => {
    expect(
      toSessions([inferred(0, 10, 'occupied'), seen(50, 'vacant'), seen(60, 'occupied')]),
    ).toEqual([
      { spaceId, startMs: null, endMs: 50, isInferred: false },
      { spaceId, startMs: 60, endMs: null, isInferred: false },
    ]);
  });

  test('a transition to what was there already ends nothing', () => {
    expect(toSessions([seen(1, 'vacant'), seen(10, 'occupied'), seen(20, 'occupied')])).toEqual([
      { spaceId, startMs: 10, endMs: null, isInferred: false },
    ]);
  });
});

describe('parking duration', () => {
  const session = (startMs: number | null, endMs: number | null) => ({
    spaceId,
    startMs,
    endMs,
    isInferred: false,
  });

  test('watches stays within the range only', () => {
    const stays = watchedStays(
      [
        session(50, 90), // over before
        session(50, 100), // ends as watching begins
        session(50, 120),
        session(110, 130),
        session(150, 900),
        session(160, null),
        session(null, 150),
        session(200, 210), // begins after
      ],
      100,
      200,
    );
    expect(stays).toEqual([
      { fromAgeMs: 50, toAgeMs: 70, isEnded: true },
      { fromAgeMs: 0, toAgeMs: 20, isEnded: true },
      { fromAgeMs: 0, toAgeMs: 50, isEnded: false },
      { fromAgeMs: 0, toAgeMs: 40, isEnded: false },
    ]);
  });

  test('quantiles are those of Kaplan and Meier', () => {
    // Remission times of the 6-MP group of Freireich et al. (1963), weeks: the median is 23.
    const ended = [6, 6, 6, 7, 10, 13, 16, 22, 23];
    const censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
    const stays = [
      ...ended.map((toAgeMs) => ({ fromAgeMs: 0, toAgeMs, isEnded: true })),
      ...censored.map((toAgeMs) => ({ fromAgeMs: 0, toAgeMs, isEnded: false })),
    ];
    expect(dwellQuantileMs(stays, 0.5)).toBe(23);
    // S(10) = 0.753, S(13) = 0.690
    expect(dwellQuantileMs(stays, 0.25)).toBe(13);
    expect(dwellQuantileMs(stays, 0.9)).toBeNull();
  });

  test('without censoring they are the plain ones', () => {
    const stays = [40, 10, 30, 20].map((toAgeMs) => ({ fromAgeMs: 0, toAgeMs, isEnded: true }));
    expect([0.25, 0.5, 0.75, 1].map((ratio) => dwellQuantileMs(stays, ratio))).toEqual([
      10, 20, 30, 40,
    ]);
    expect(dwellQuantileMs([], 0.5)).toBeNull();
  });

  test('a window shorter than many stays still finds the true quantiles', () => {
    // A car every ms: three of five stay 20 ms, the others 150 ms; watched for 100 ms.
    const sessions = Array.from({ length: 500 }, (_, i) =>
      session(i - 400, i - 400 + (i % 5 < 3 ? 20 : 150)),
    );
    const stays = watchedStays(sessions, 0, 100);
    expect(dwellQuantileMs(stays, 0.5)).toBe(20);
    expect(dwellQuantileMs(stays, 0.7)).toBe(150);
  });

  test('the order of stays does not matter', () => {
    const stay = fc.record({
      fromAgeMs: fc.nat(50),
      toAgeMs: fc.integer({ min: 51, max: 200 }),
      isEnded: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(stay, { minLength: 1 }),
        fc.double({ min: 0.01, max: 0.99 }),
        (stays, ratio) => {
          expect(dwellQuantileMs(stays.toReversed(), ratio)).toBe(dwellQuantileMs(stays, ratio));
        },
      ),
    );
  });
});

test('ratios of nothing observed are not known', () => {
  expect(occupancyRatio({ occupiedMs: 0, observedMs: 0 })).toBeNull();
  expect(occupancyRatio({ occupiedMs: 1, observedMs: 4 })).toBe(0.25);
  expect(turnoverPerSpaceHour({ arrivals: 3, observedMs: 7_200_000 })).toBe(1.5);
  expect(turnoverPerSpaceHour({ arrivals: 3, observedMs: 0 })).toBeNull();
  expect(meanDwellMs({ endedStayMs: 0, endedStays: 0 })).toBeNull();
});
