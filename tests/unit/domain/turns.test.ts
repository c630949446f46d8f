import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../services/domain/turns.ts';

describe('turns', () => {
  it('are taken two at a time and in order, and passed on by work that fails', async () => {
    const inTurn = createTurns(2);
    const begun: number[] = [];
    let atWork = 0;
    let mostAtWork = 0;
    const work = (number: number) => async () => {
      begun.push(number);
      mostAtWork = Math.max(mostAtWork, (atWork += 1));
      await Promise.resolve();
      atWork -= 1;
      if (number < 2) throw new Error('no');
      return number;
    };
    const all = [0, 1, 2, 3, 4];
    const done = await Promise.allSettled(all.map((number) => inTurn(work(number))));
    expect(done.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(begun).toEqual(all);
    expect(mostAtWork).toBe(2);
    expect(await inTurn(work(5))).toBe(5);
  });
});
