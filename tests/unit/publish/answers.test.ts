import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createAnswers } from '../../../services/publish/planning/answers.ts';
import { createManualClock } from '../../support/manual-clock.ts';

/** Documents of 600 bytes where 1,000 may be kept; those named `broken…` fail the first time. */
function open() {
  const answers = createAnswers(createManualClock(), { maxBytes: 1000, minAgeMs: 0 });
  const made: string[] = [];
  const app = new Hono();
  app.onError((_, c) => c.body(null, 500));
  app.get('/:key', (c) => {
    const key = c.req.param('key');
    return answers(c, key, '1', {}, async () => {
      const isFirst = !made.includes(key);
      made.push(key);
      await Promise.resolve();
      if (key.startsWith('broken') && isFirst) throw new Error('no');
      return { text: 'x'.repeat(600) };
    });
  });
  return { made, ask: async (key: string) => (await app.request(`/${key}`)).status };
}

describe('answers that are made of the history', () => {
  it('are made once for all who ask, and kept', async () => {
    const { ask, made } = open();
    expect(await Promise.all([ask('a'), ask('a')])).toEqual([200, 200]);
    expect(await ask('a')).toBe(200);
    expect(made).toEqual(['a']);
  });

  it('never take more memory than allowed: what others pushed out is made again', async () => {
    const { ask, made } = open();
    for (const key of ['a', 'b', 'a']) await ask(key);
    expect(made).toEqual(['a', 'b', 'a']);
  });

  it('are tried again when they failed', async () => {
    const { ask } = open();
    expect(await ask('broken')).toBe(500);
    expect(await ask('broken')).toBe(200);
  });
});
