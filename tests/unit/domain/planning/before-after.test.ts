import { describe, expect, test } from 'vitest';
import { compareDays, compareShares } from '../../../../services/domain/planning/before-after.ts';
import { windowsAround } from '../../../../services/domain/planning/periods.ts';
import { measureSentence } from '../../../../services/domain/planning/verdict-texts.ts';
import { anEstimate } from './estimates.ts';

const dayMs = 86_400_000;
const week = (values: readonly number[]) => values.map((value) => value);

describe('windows', () => {
  const change = Date.parse('2026-11-08T00:00Z');
  const known = { fromMs: change - 20 * dayMs, toMs: change + 16 * dayMs };

  test('are the same number of whole weeks on both sides, next to the change', () => {
    expect(windowsAround(change, null, known, 'UTC')).toEqual({
      weeks: 2,
      before: { fromMs: change - 14 * dayMs, toMs: change },
      after: { fromMs: change, toMs: change + 14 * dayMs },
    });
  });
  test('end with the measure, and are none below a week', () => {
    expect(windowsAround(change, change + 9 * dayMs, known, 'UTC')?.weeks).toBe(1);
    expect(windowsAround(change, change + 6 * dayMs, known, 'UTC')).toBeNull();
    expect(windowsAround(known.fromMs - dayMs, null, known, 'UTC')).toBeNull();
  });
});

describe('days before and after', () => {
  const before = week([80, 82, 81, 79, 85, 90, 60]);

  test('what the control zones did too is no effect', () => {
    const after = before.map((value, day) => value - 10 + (day % 2));
    const effect = compareDays({ before, after }, { before, after });
    expect(effect).toMatchObject({ difference: 0, verdict: 'not-distinguishable' });
  });
  test('a steady difference is seen, with its interval', () => {
    const after = before.map((value, day) => value - 10 + (day % 2));
    const effect = compareDays({ before, after }, { before, after: before });
    expect(effect?.difference).toBeCloseTo(-10 + 3 / 7);
    expect(effect?.verdict).toBe('decreased');
    expect(effect?.interval?.[1]).toBeLessThan(0);
  });
  test('days without a value on any side are left out; fewer than seven say nothing', () => {
    const after = [null, ...before.slice(1)];
    expect(compareDays({ before, after }, null)).toBeNull();
  });
});

describe('search shares before and after', () => {
  const share = (searchShareRatio: number, daySd = 0.05) => anEstimate({ searchShareRatio, daySd });

  test('halving against a steady control is a decrease by half', () => {
    const effect = compareShares({
      treated: { before: share(0.16), after: share(0.08) },
      control: { before: share(0.14), after: share(0.14) },
    });
    expect(effect?.difference).toBeCloseTo(-0.5);
    expect(effect?.verdict).toBe('decreased');
    expect(measureSentence(effect, 2).de).toBe(
      'Der Anteil des Parksuchverkehrs hat gegenüber den Vergleichszonen nach 2 Wochen um 50\u00a0% (38 bis 60\u00a0%) abgenommen.',
    );
  });
  test('an interval over zero is no effect, and a change without control is not called one', () => {
    const unsure = compareShares({
      treated: { before: share(0.16, 0.3), after: share(0.12, 0.3) },
      control: null,
    });
    expect(unsure?.verdict).toBe('not-distinguishable');
    const sure = compareShares({
      treated: { before: share(0.16), after: share(0.08) },
      control: null,
    });
    expect(measureSentence(sure, 1).de).toContain('ohne Vergleichszonen nicht sagen');
  });
  test('insufficient estimates support no verdict', () => {
    const poor = anEstimate({ searchShareRatio: 0.05, sufficiency: 'insufficient' });
    const effect = compareShares({ treated: { before: share(0.16), after: poor }, control: null });
    expect(effect?.verdict).toBe('not-distinguishable');
    expect(measureSentence(effect, 2).en).toContain('not enough data');
  });
});
