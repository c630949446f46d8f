import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createQueue } from '../../../simulators/town/queue.ts';

/** A number of seconds is scheduled, `null` takes what is next. */
const acts = fc.array(fc.option(fc.integer({ min: 0, max: 20 })), { maxLength: 200 });

test('what is scheduled and taken in any order comes out by time, and at one time in order', () => {
  fc.assert(
    fc.property(acts, (todo) => {
      const queue = createQueue();
      const waiting: { atS: number; order: number }[] = [];
      for (const [order, atS] of todo.entries()) {
        if (atS === null) {
          waiting.sort((a, b) => a.atS - b.atS || a.order - b.order);
          const next = waiting.shift();
          expect(queue.nextAtS()).toBe(next?.atS ?? Infinity);
          expect(queue.pop()?.index).toBe(next?.order);
        } else {
          queue.schedule(atS, 1, order, null);
          waiting.push({ atS, order });
        }
      }
      expect(queue.store().items).toHaveLength(waiting.length);
    }),
  );
});

test('a stored queue goes on in the same order', () => {
  fc.assert(
    fc.property(acts, (todo) => {
      const queue = createQueue();
      for (const [order, atS] of todo.entries())
        if (atS === null) queue.pop();
        else queue.schedule(atS, 1, order, null);
      const again = createQueue(queue.store());
      const rest = (from: typeof queue): (number | undefined)[] =>
        todo.map(() => from.pop()?.index);
      expect(rest(again)).toEqual(rest(queue));
    }),
  );
});
