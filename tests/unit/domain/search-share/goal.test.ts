import { expect, test } from 'vitest';
import {
  assessGoal,
  type Goal,
  type GoalMonth,
} from '../../../../services/domain/search-share/goal.ts';

const month = 30 * 86_400_000;
const goal: Goal = {
  baselineRatio: 0.3,
  baseline: 'assumed',
  baselineSource: '',
  targetRatio: 0.15,
  startMs: 0,
  deadlineMs: 24 * month,
};
const at = (n: number, ratio: number, width = 0.01): GoalMonth => ({
  fromMs: n * month,
  toMs: (n + 1) * month,
  searchShareRatio: ratio,
  interval: [ratio - width, ratio + width],
  sufficiency: 'sufficient',
});

test('without usable months there is no verdict', () => {
  const poor = { ...at(0, 0.1), sufficiency: 'insufficient' as const };
  expect(assessGoal(goal, [poor], month)).toMatchObject({
    verdict: 'not-enough-data',
    progressRatio: null,
    forecast: null,
  });
});

test('the goal is met when the whole interval lies below the target', () => {
  expect(assessGoal(goal, [at(3, 0.13)], 4 * month).verdict).toBe('met');
  expect(assessGoal(goal, [at(3, 0.145)], 4 * month).verdict).toBe('on-track');
});

test('on track means that the interval lies below the planned path', () => {
  expect(assessGoal(goal, [at(11, 0.2)], 12 * month).verdict).toBe('on-track');
  expect(assessGoal(goal, [at(11, 0.22, 0.02)], 12 * month).verdict).toBe('not-distinguishable');
  expect(assessGoal(goal, [at(11, 0.2)], 12 * month).progressRatio).toBeCloseTo(2 / 3);
});

test('after the deadline the goal is missed only where the interval says so', () => {
  expect(assessGoal(goal, [at(23, 0.2)], 25 * month).verdict).toBe('missed');
  expect(assessGoal(goal, [at(23, 0.155)], 25 * month).verdict).toBe('not-distinguishable');
});

test('the forecast follows the trend and says when it cannot tell', () => {
  const falling = Array.from({ length: 12 }, (_, n) => at(n, 0.3 * 0.95 ** n));
  expect(assessGoal(goal, falling, 12 * month).forecast?.holds).toBe('yes');
  const flat = Array.from({ length: 12 }, (_, n) => at(n, 0.3));
  expect(assessGoal(goal, flat, 12 * month).forecast?.holds).toBe('no');
  const vague = Array.from({ length: 4 }, (_, n) => at(n, 0.3 * 0.97 ** n, 0.06));
  expect(assessGoal(goal, vague, 4 * month).forecast?.holds).toBe('open');
  expect(assessGoal(goal, falling.slice(0, 3), 3 * month).forecast).toBeNull();
});

test('an assumed baseline is always said to be one', () => {
  expect(assessGoal(goal, [at(3, 0.2)], 4 * month).de).toContain('Annahme');
  expect(assessGoal({ ...goal, baseline: 'measured' }, [at(3, 0.2)], 4 * month).de).not.toContain(
    'Annahme',
  );
});
