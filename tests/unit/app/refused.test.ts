import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createRefused } from '../../../services/app/refused.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

test('what the history refused is kept newest, in two files at most, and a reason is told once', () => {
  const dir = join(temporaryDirectory(), 'refused');
  const log = createRecordingLogger();
  const refused = createRefused(dir, log, 200);
  for (let n = 0; n < 50; n += 1) refused.lines([`row ${n}`], n < 40 ? 'no number' : 'no time');

  expect(readdirSync(dir).sort()).toEqual(['refused.1.ndjson', 'refused.ndjson']);
  const kept = ['refused.1.ndjson', 'refused.ndjson'].flatMap((file) =>
    readFileSync(join(dir, file), 'utf8').trim().split('\n'),
  );
  const last = JSON.parse(kept.at(-1) ?? '') as unknown;
  expect(last).toEqual({ reason: 'no time', lines: ['row 49'] });
  const numbers = kept.map((line) => Number(/row (\d+)/.exec(line)?.[1]));
  expect(numbers).toEqual(numbers.map((_, at) => 50 - numbers.length + at));
  expect(kept.length).toBeLessThan(15);
  expect(refused.count()).toBe(50);
  expect(log.lines.map(({ fields }) => fields['reason'])).toEqual(['no number', 'no time']);
});
