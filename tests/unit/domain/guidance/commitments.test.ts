import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCommitments } from '../../../../services/domain/guidance/commitments.ts';

const minute = 60_000;

describe('commitments', () => {
  test('others who are there in time count, the driver himself does not', () => {
    const held = createCommitments({ complianceRatio: 0.5 });
    held.commit('a', 7, 2 * minute);
    held.commit('b', 7, 5 * minute);
    expect(held.sent(7, 3 * minute, 0, null)).toBe(0.5);
    expect(held.sent(7, 5 * minute, 0, null)).toBe(1);
    expect(held.sent(7, 5 * minute, 0, 'b')).toBe(0.5);
    expect(held.sent(8, 5 * minute, 0, null)).toBe(0);
  });

  test('a new target replaces the last one', () => {
    const held = createCommitments();
    held.commit('a', 1, minute);
    held.commit('a', 2, minute);
    expect(held.sent(1, minute, 0, null)).toBe(0);
    expect(held.sent(2, minute, 0, null)).toBeGreaterThan(0);
    expect(held.target('a')).toBe(2);
    expect(held.size).toBe(1);
  });

  test('a parked car counts fully until the delayed count knows it', () => {
    const held = createCommitments({ complianceRatio: 0.5 });
    held.commit('a', 1, minute);
    held.parked('a', 3 * minute);
    expect(held.sent(1, 2 * minute, 2 * minute, null)).toBe(1);
    expect(held.sent(1, 3 * minute, 3 * minute, null)).toBe(0);
  });

  test('who never comes is forgotten three minutes after he was expected', () => {
    const held = createCommitments();
    held.commit('a', 1, minute);
    expect(held.sent(1, minute, 4 * minute - 1, null)).toBeGreaterThan(0);
    expect(held.sent(1, minute, 4 * minute, null)).toBe(0);
    expect(held.size).toBe(0);
  });

  test('learns how many follow', () => {
    const held = createCommitments();
    for (let i = 0; i < 2_000; i += 1) {
      held.commit(`d${i}`, 1, i);
      if (i % 10 < 3) held.parked(`d${i}`, i);
      held.purge(i + 10 * minute);
    }
    expect(held.complianceRatio).toBeCloseTo(0.3, 1);
    for (let i = 0; i < 2_000; i += 1) {
      held.commit(`e${i}`, 1, i);
      held.failed(`e${i}`);
    }
    expect(held.complianceRatio).toBeGreaterThan(0.9);
  });

  test('changing one’s mind teaches nothing', () => {
    const held = createCommitments();
    const before = held.complianceRatio;
    held.commit('a', 1, minute);
    held.withdraw('a');
    held.withdraw('nobody');
    expect(held.complianceRatio).toBe(before);
  });

  test('whatever happens, it stays bounded and never counts less than nobody', () => {
    const act = fc.record({
      what: fc.constantFrom('commit', 'parked', 'failed', 'withdraw', 'purge' as const),
      driver: fc.integer({ min: 0, max: 30 }).map(String),
      place: fc.integer({ min: 0, max: 3 }),
      atMs: fc.integer({ min: 0, max: 20 * minute }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 200 }), (acts) => {
        const held = createCommitments({ maxCommitments: 10 });
        for (const { what, driver, place, atMs } of acts) {
          if (what === 'commit') held.commit(driver, place, atMs);
          else if (what === 'parked') held.parked(driver, atMs);
          else if (what === 'purge') held.purge(atMs);
          else held[what](driver);
          expect(held.size).toBeLessThanOrEqual(10);
          expect(held.sent(place, atMs, atMs, null)).toBeGreaterThanOrEqual(0);
          expect(held.sent(place, atMs, atMs, null)).toBeLessThanOrEqual(10);
        }
        held.purge(Infinity);
        expect(held.size).toBe(0);
      }),
    );
  });
});
