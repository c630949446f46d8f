import { describe, expect, test } from 'vitest';
import {
  backtest,
  type CountRow,
} from '../../../../../services/domain/guidance/forecast/backtest.ts';

const startMs = Date.UTC(2026, 2, 2);
const series = (days: number, vacant: (hour: number) => number): CountRow[] =>
  Array.from({ length: days * 96 }, (_, i) => ({
    atMs: startMs + i * 900_000,
    siteId: 'a',
    numberOfSpaces: 100,
    vacantSpaces: vacant((i / 4) % 24),
  }));
const daily = series(9, (hour) => Math.round(50 + 40 * Math.sin((hour / 24) * 2 * Math.PI)));

describe('the backtest', () => {
  test('a series that repeats every day is forecast far better than by its last count', () => {
    const [score] = backtest(daily, [60]);
    expect(score?.samples).toBe(3 * 96 - 4);
    expect(score?.mae).toBeLessThan(0.35 * (score?.maePersistence ?? 0));
  });

  test('neither the order of the rows nor repeated rows make a difference', () => {
    const mixed = [...daily.toReversed(), ...daily];
    expect(backtest(mixed, [15, 60])).toEqual(backtest(daily, [15, 60]));
  });

  test('never looks ahead: what cannot be known is not forecast', () => {
    let state = 1;
    const dice = series(60, () => (state = (state * 48_271) % 2_147_483_647) % 101);
    const [score] = backtest(dice, [15]);
    // The best constant, 50, is 25 off on average.
    expect(score?.mae).toBeGreaterThan(24);
    expect(score?.mae).toBeLessThan(score?.maePersistence ?? 0);
  });

  test('a horizon nothing was recorded for has no score', () => {
    const [score] = backtest(
      daily.filter((_, i) => i % 4 === 0),
      [30],
    );
    expect(score).toMatchObject({ samples: 0, mae: null, brier: null, reliability: [] });
    expect(backtest([], [30])[0]).toMatchObject({ sites: 0, samples: 0 });
  });
});
