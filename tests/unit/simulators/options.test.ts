import { expect, test } from 'vitest';
import { parseOptions, UsageError } from '../../../simulators/options.ts';

test('without words the demo runs in real time with its own broker', () => {
  expect(parseOptions([], 1000)).toMatchObject({
    config: 'config/demo',
    data: null,
    anchorMs: 1000,
    speed: 1,
    broker: null,
    format: 'tts',
  });
});

test('a foreign broker gets one day of warm-up, unless another number is asked for', () => {
  expect(parseOptions(['--broker', 'mqtt://host'], 0).days).toBe(1);
  expect(parseOptions(['--broker', 'mqtt://host', '--days', '3'], 0).days).toBe(3);
});

test('the anchor is milliseconds or ISO 8601', () => {
  expect(parseOptions(['--anchor', '1790000000000'], 0).anchorMs).toBe(1_790_000_000_000);
  expect(parseOptions(['--anchor', '2026-01-01T00:00:00Z'], 0).anchorMs).toBe(1_767_225_600_000);
});

test.each([
  ['--speed', '0'],
  ['--speed', 'fast'],
  ['--format', 'helium'],
  ['--anchor', 'yesterday'],
  ['--days', ''],
  ['--mqtt-port', '70000'],
  ['--unknown', '1'],
])('%s %s is refused', (...words) => {
  expect(() => parseOptions(words, 0)).toThrow(UsageError);
});
