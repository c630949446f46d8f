import { describe, expect, test } from 'vitest';
import { toProgress, type MonthShare } from '../../../../services/domain/planning/goal.ts';
import { anEstimate } from './estimates.ts';

const start = Date.parse('2026-01-01T00:00Z');
const monthMs = 30 * 86_400_000;
const month = (at: number, ratio: number, spread = 0.05): MonthShare => ({
  fromMs: start + at * monthMs,
  toMs: start + (at + 1) * monthMs,
  estimate: anEstimate({
    searchShareRatio: ratio,
    interval: [ratio * (1 - spread), ratio * (1 + spread)],
  }),
});
const goal = {
  baselineRatio: 0.3,
  baseline: 'assumed',
  targetRatio: 0.15,
  deadlineMs: start + 24 * monthMs,
} as const;

describe('progress towards the goal', () => {
  test('an assumed baseline is replaced by the first measured month: halve it', () => {
    const progress = toProgress(goal, [month(0, 0.1), month(1, 0.1)]);
    expect(progress.startRatio).toBe(0.1);
    expect(progress.targetRatio).toBeCloseTo(0.05);
    expect(progress.verdict).not.toBe('reached');
  });
  test('one month of an assumed baseline says nothing', () => {
    expect(toProgress(goal, [month(0, 0.1)]).verdict).toBe('not-enough-data');
    expect(toProgress(goal, []).verdict).toBe('not-enough-data');
  });
  test('insufficient months do not count', () => {
    const poor = { ...month(1, 0.02), estimate: anEstimate({ sufficiency: 'insufficient' }) };
    expect(toProgress(goal, [month(0, 0.1), poor])).toMatchObject({
      verdict: 'not-enough-data',
      missingMonths: 2,
    });
  });
  test.each([
    ['reached', 0.045],
    ['on-track', 0.06],
    ['not-distinguishable', 0.075],
    ['off-track', 0.1],
  ] as const)('is %s half way at %d', (verdict, ratio) => {
    const measured = {
      ...goal,
      baselineRatio: 0.1,
      baseline: 'measured',
      targetRatio: 0.05,
    } as const;
    const progress = toProgress(measured, [month(0, 0.1), month(12, ratio)]);
    expect(progress.plannedRatio).toBeCloseTo(0.1 - 0.05 * (12 / 23.5));
    expect(progress.verdict).toBe(verdict);
  });
  test('a forecast needs three months and knows how unsure it is', () => {
    expect(toProgress(goal, [month(0, 0.1), month(1, 0.097)]).forecast).toBeNull();
    const soon = toProgress(goal, [month(0, 0.1), month(1, 0.099), month(2, 0.098)]).forecast;
    expect(soon?.verdict).toBe('open');
    const falling = Array.from({ length: 18 }, (_, at) => month(at, 0.1 * 0.93 ** at));
    expect(toProgress(goal, falling).forecast?.verdict).toBe('will-be-met');
    const steady = Array.from({ length: 18 }, (_, at) => month(at, 0.1));
    expect(toProgress(goal, steady).forecast?.verdict).toBe('will-be-missed');
  });
});
