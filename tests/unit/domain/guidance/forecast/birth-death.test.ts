import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chanceOf,
  createChanceTable,
  createChanceTables,
} from '../../../../../services/domain/guidance/forecast/birth-death.ts';

const minute = 1 / 60;

describe('chance of a vacant space at a kerb block', () => {
  test('one space, taken: vacant with the two-state closed form', () => {
    const takesPerS = 4 / 3_600;
    const leavesPerS = 2 / 3_600;
    const table = createChanceTable(1, { takesPerS, leavesPerS });
    const sum = takesPerS + leavesPerS;
    for (const horizonS of [20, 100, 310, 600, 900])
      expect(chanceOf(table, 1, horizonS)).toBeCloseTo(
        (leavesPerS / sum) * (1 - Math.exp(-sum * horizonS)),
        3,
      );
  });

  test('without takes a full block opens when the first of its cars leaves', () => {
    const table = createChanceTable(3, { takesPerS: 0, leavesPerS: 1 / 1_800 });
    expect(chanceOf(table, 3, 600)).toBeCloseTo(1 - Math.exp((-3 * 600) / 1_800), 4);
    expect(chanceOf(table, 2, 600)).toBeCloseTo(1, 4);
  });

  test('long after, only the load counts (Erlang loss formula)', () => {
    const table = createChanceTable(2, { takesPerS: 1 / 600, leavesPerS: 1 / 600 });
    expect(chanceOf(table, 0, 100_000)).toBeCloseTo(1 - 0.5 / 2.5, 6);
    expect(chanceOf(table, 2, 100_000)).toBeCloseTo(1 - 0.5 / 2.5, 6);
  });

  test('is a probability, falls with every parked car, and is certain now', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 1e-5, max: 0.05, noNaN: true }),
        fc.double({ min: 1e-5, max: 0.01, noNaN: true }),
        fc.double({ min: 0, max: 3_600, noNaN: true }),
        (capacity, takesPerS, leavesPerS, horizonS) => {
          const table = createChanceTable(capacity, { takesPerS, leavesPerS });
          let before = 1 + 1e-6;
          for (let occupied = 0; occupied <= capacity; occupied += 0.5) {
            const chance = chanceOf(table, occupied, horizonS);
            expect(chance).toBeGreaterThanOrEqual(0);
            expect(chance).toBeLessThanOrEqual(before);
            before = chance + 1e-6;
          }
          expect(chanceOf(table, capacity, 0)).toBe(0);
          expect(chanceOf(table, capacity - 1, 0)).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('tables shared between blocks', () => {
  test('rates of one class share a table, and a capacity has its own', () => {
    const tables = createChanceTables();
    const first = tables.table(4, { takesPerS: 0.001, leavesPerS: 0.0003 }, undefined);
    expect(tables.table(4, { takesPerS: 0.00101, leavesPerS: 0.0003 }, undefined)).toBe(first);
    expect(tables.table(5, { takesPerS: 0.001, leavesPerS: 0.0003 }, undefined)).not.toBe(first);
  });

  test('beyond the budget of a tick the stale table goes on, until the next tick', () => {
    const tables = createChanceTables({ maxBuildsPerTick: 1 });
    const old = tables.table(4, { takesPerS: minute, leavesPerS: minute }, undefined);
    const changed = { takesPerS: 2 * minute, leavesPerS: minute };
    expect(tables.table(4, changed, old)).toBe(old);
    tables.tick();
    expect(tables.table(4, changed, old)).not.toBe(old);
  });

  test('keeps a bounded number', () => {
    const tables = createChanceTables({ maxTables: 3 });
    for (let i = 1; i < 10; i += 1)
      tables.table(i, { takesPerS: minute, leavesPerS: minute }, undefined);
    expect(tables.size).toBe(3);
  });
});
