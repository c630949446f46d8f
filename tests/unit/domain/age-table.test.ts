import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addAges, ageQuantileMs, endsOf, noAges } from '../../../services/domain/age-table.ts';
import { dwellQuantileMs, type WatchedStay } from '../../../services/domain/session.ts';
import { seededRandom } from '../../support/random.ts';
import { agesOf } from '../../support/street-history.ts';

const minuteMs = 60_000;
const tableOf = (stays: readonly WatchedStay[]) =>
  agesOf(
    ...stays.map(
      ({ fromAgeMs, toAgeMs, isEnded }) =>
        [fromAgeMs, toAgeMs, isEnded ? 'ended' : 'watched'] as const,
    ),
  );
const anyStays = fc.array(
  fc.record({
    fromAgeMs: fc.integer({ min: 0, max: 90 * minuteMs }),
    lastsMs: fc.integer({ min: 1, max: 900 * minuteMs }),
    isEnded: fc.boolean(),
  }),
  { maxLength: 40 },
);
const toStays = (drawn: readonly { fromAgeMs: number; lastsMs: number; isEnded: boolean }[]) =>
  drawn.map(({ fromAgeMs, lastsMs, isEnded }) => ({
    fromAgeMs,
    toAgeMs: fromAgeMs + lastsMs,
    isEnded,
  }));

describe('a table of ages', () => {
  test('adds up, however the stays are shared out', () => {
    fc.assert(
      fc.property(anyStays, fc.nat(), (drawn, at) => {
        const stays = toStays(drawn);
        const cut = stays.length === 0 ? 0 : at % stays.length;
        const sums = tableOf(stays.slice(0, cut));
        addAges(sums, tableOf(stays.slice(cut)));
        expect(sums).toEqual(tableOf(stays));
        expect(endsOf(sums)).toBe(stays.filter(({ isEnded }) => isEnded).length);
      }),
    );
  });

  test('keeps all the time that was watched', () => {
    fc.assert(
      fc.property(anyStays, (drawn) => {
        const total = tableOf(toStays(drawn)).watchedMs.reduce((sum, ms) => sum + ms, 0);
        expect(total).toBe(drawn.reduce((sum, { lastsMs }) => sum + lastsMs, 0));
      }),
    );
  });

  test('a stay that ends on the edge of a class was watched in the class before', () => {
    const table = tableOf([{ fromAgeMs: 0, toAgeMs: 10 * minuteMs, isEnded: true }]);
    expect(table.ended).toHaveLength(table.watchedMs.length);
  });

  test('says nothing of ages that nobody was watched to', () => {
    const stays = [
      { fromAgeMs: 0, toAgeMs: 5 * minuteMs, isEnded: true },
      { fromAgeMs: 0, toAgeMs: 60 * minuteMs, isEnded: false },
      { fromAgeMs: 0, toAgeMs: 60 * minuteMs, isEnded: false },
    ];
    expect(ageQuantileMs(tableOf(stays), 0.9)).toBeNull();
    expect(ageQuantileMs(noAges(), 0.5)).toBeNull();
  });
});

describe('quantiles', () => {
  /** Log-normal stays of median 40 min, seen through windows of six hours as a night of changes is. */
  const random = seededRandom(7);
  const watched = Array.from({ length: 6_000 }, (): WatchedStay => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const lastsMs = Math.round(40 * minuteMs * Math.exp(normal));
    const windowMs = 360 * minuteMs * random();
    return { fromAgeMs: 0, toAgeMs: Math.min(lastsMs, windowMs), isEnded: lastsMs < windowMs };
  });

  test.each([0.25, 0.5, 0.75, 0.9])(
    'of %d agree with Kaplan and Meier on single stays',
    (ratio) => {
      const exact = dwellQuantileMs(watched, ratio) ?? NaN;
      const ours = ageQuantileMs(tableOf(watched), ratio) ?? NaN;
      expect(Math.abs(ours / exact - 1)).toBeLessThan(0.03);
    },
  );

  test('count stays under way: the mean of ended ones would be far too short', () => {
    const median = ageQuantileMs(tableOf(watched), 0.5) ?? NaN;
    expect(Math.abs(median / (40 * minuteMs) - 1)).toBeLessThan(0.05);
    const ended = watched.filter(({ isEnded }) => isEnded).map(({ toAgeMs }) => toAgeMs);
    const naive = ended.sort((a, b) => a - b)[Math.floor(ended.length / 2)] ?? NaN;
    expect(naive / (40 * minuteMs)).toBeLessThan(0.85);
  });
});
