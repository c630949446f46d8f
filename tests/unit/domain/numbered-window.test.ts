import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNumberedWindow } from '../../../services/domain/numbered-window.ts';

describe('a window on a numbered series', () => {
  test('hands out each item once, from the number asked for', () => {
    const window = createNumberedWindow<string>(4);
    window.put(7, 'a');
    window.put(8, 'b');
    window.put(9, 'c');
    expect(window.take(8, 1)).toEqual(['b']);
    expect(window.take(8, 1)).toEqual([]);
    expect(window.take(7, 3)).toEqual([]);
    expect(window.take(9, 5)).toEqual(['c']);
    expect(window.take(10, 5)).toEqual([]);
  });

  test('forgets the oldest beyond its capacity, and everything before a gap', () => {
    const window = createNumberedWindow<number>(3);
    for (const number of [1, 2, 3, 4]) window.put(number, number);
    expect(window.take(1, 9)).toEqual([]);
    expect(window.take(2, 1)).toEqual([2]);
    window.put(6, 6);
    expect(window.take(3, 9)).toEqual([]);
    expect(window.take(6, 9)).toEqual([6]);
    window.put(7, 7);
    window.clear();
    expect(window.take(7, 9)).toEqual([]);
    window.put(8, 8);
    expect(window.take(8, 9)).toEqual([8]);
  });

  test('never hands out anything but the items of the numbers asked for', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), skip: fc.integer({ min: 0, max: 2 }) }),
      fc.record({
        kind: fc.constant('take' as const),
        back: fc.integer({ min: 0, max: 12 }),
        most: fc.integer({ min: 1, max: 12 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = createNumberedWindow<string>(5);
        let next = 1;
        for (const one of steps) {
          if (one.kind === 'put') {
            next += one.skip === 2 ? 1 : 0;
            window.put(next, `item ${next}`);
            next += 1;
          } else {
            const from = next - one.back;
            const taken = window.take(from, one.most);
            expect(taken).toEqual(taken.map((_, index) => `item ${from + index}`));
            expect(taken.length).toBeLessThanOrEqual(Math.min(one.most, 5));
          }
        }
      }),
    );
  });
});
