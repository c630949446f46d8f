import { expect, test } from 'vitest';
import { toSpaceId, toStretchId } from '../../../../services/domain/ids.ts';
import type { Transition } from '../../../../services/domain/observation.ts';
import { observeDay } from '../../../../services/domain/search-share/observe-day.ts';

const dayMs = 1_000_000_000_000;
const spaceId = toSpaceId('p1');
const stretchId = toStretchId('s1');
const seen = (s: number, to: 'occupied' | 'vacant'): Transition => ({
  spaceId,
  to,
  atMs: dayMs + s * 1000,
  earliestMs: dayMs + s * 1000,
  method: 'seen',
});
const inferred = (earliestS: number, s: number, to: 'occupied' | 'vacant'): Transition => ({
  ...seen(s, to),
  earliestMs: dayMs + earliestS * 1000,
  method: 'inferred',
});

const observe = (
  transitions: readonly Transition[],
  known?: readonly (readonly [number, number])[],
  guidedS: readonly number[] = [],
) => {
  const spans = known?.map(([from, to]) => ({
    fromMs: dayMs + from * 1000,
    toMs: dayMs + to * 1000,
  }));
  return observeDay({
    day: 0,
    fromMs: dayMs,
    toMs: dayMs + 86_400_000,
    stretches: [{ stretch: 0, stretchId, spaces: [spaceId] }],
    transitions: new Map([[spaceId, transitions]]),
    known: new Map(spans ? [[spaceId, spans]] : []),
    counts: new Map(),
    guidedArrivals: guidedS.map((s) => ({ stretchId, atMs: dayMs + s * 1000 })),
    heartbeatS: 3600,
  })[0]?.vacancies;
};

test('a vacancy lasts from departure to arrival; the last one is open when the day ends', () => {
  expect(
    observe([
      seen(-50, 'occupied'),
      seen(100, 'vacant'),
      seen(160, 'occupied'),
      seen(900, 'vacant'),
    ]),
  ).toEqual([
    { fromS: 100, toS: 160, end: 1 },
    { fromS: 900, toS: 86_400, end: 0 },
  ]);
});

test('a vacancy carried over from yesterday has no opening of its own', () => {
  expect(observe([seen(-50, 'vacant'), seen(60, 'occupied')])).toEqual([
    { fromS: 0, toS: 60, end: 1, isOpeningSeen: false },
  ]);
});

test('an inferred arrival is an interval', () => {
  expect(
    observe([seen(0, 'occupied'), seen(100, 'vacant'), inferred(700, 1300, 'occupied')]),
  ).toEqual([{ fromS: 100, toS: 1300, end: 3, earliestToS: 700 }]);
});

test('after hours of silence a vacancy is only known until the last news', () => {
  expect(
    observe([seen(0, 'occupied'), seen(100, 'vacant'), inferred(700, 20_000, 'occupied')]),
  ).toEqual([{ fromS: 100, toS: 700, end: 0 }]);
});

test('what was not known is not watched', () => {
  expect(
    observe(
      [seen(0, 'occupied'), seen(100, 'vacant'), seen(5000, 'occupied')],
      [
        [0, 1000],
        [4000, 9000],
      ],
    ),
  ).toEqual([
    { fromS: 100, toS: 1000, end: 0 },
    { fromS: 4000, toS: 5000, end: 1, isOpeningSeen: false },
  ]);
});

test('the take nearest to a guided arrival is the guided one', () => {
  const day = [
    seen(0, 'occupied'),
    seen(100, 'vacant'),
    seen(200, 'occupied'),
    seen(300, 'vacant'),
    seen(330, 'occupied'),
  ];
  expect(observe(day, undefined, [320])?.map(({ end }) => end)).toEqual([1, 2]);
  expect(observe(day, undefined, [900])?.map(({ end }) => end)).toEqual([1, 1]);
});
