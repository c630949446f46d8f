import { describe, expect, test } from 'vitest';
import {
  createBackoff,
  describeTrouble,
} from '../../../../services/adapters/uplink-source/mqtt-trouble.ts';
import { AppError } from '../../../../services/domain/errors.ts';

const url = 'mqtts://user:password@eu1.example.org:8883';

describe('what keeps a source from listening', () => {
  test.each([
    {
      cause: Object.assign(new Error('Connection refused: Not authorized'), { code: 5 }),
      sentence:
        'eu1.example.org:8883 refuses the connection: it does not accept the user name or the key, or could not check them',
    },
    {
      cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      sentence: 'eu1.example.org:8883 cannot be reached: connect ECONNREFUSED',
    },
    {
      cause: Object.assign(new Error(''), { code: 'ECONNRESET' }),
      sentence: 'eu1.example.org:8883 cannot be reached: ECONNRESET',
    },
    { cause: new AppError('log-unavailable', 'the disk is full'), sentence: 'the disk is full' },
  ])('is one sentence without a secret: $sentence', ({ cause, sentence }) => {
    expect(describeTrouble(url, cause)).toBe(sentence);
    expect(describeTrouble(url, cause)).not.toContain('password');
  });
});

test('pauses grow to a minute and begin again after a success, never in step', () => {
  const backoff = createBackoff();
  const isAround = (ms: number, middle: number): boolean =>
    ms >= middle * 0.5 && ms <= middle * 1.5;
  for (const middle of [1, 2, 4, 8, 16, 32, 60, 60]) {
    expect(isAround(backoff.nextMs(), middle * 1000)).toBe(true);
  }
  backoff.reset();
  expect(isAround(backoff.nextMs(), 1000)).toBe(true);
  const pauses = new Set(Array.from({ length: 20 }, () => backoff.firstMs()));
  expect(pauses.size).toBeGreaterThan(10);
});
