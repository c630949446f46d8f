import { describe, expect, test } from 'vitest';
import { feedState } from '../../dashboard/src/live/freshness.ts';
import { backoffMs } from '../../dashboard/src/live/backoff.ts';

const minute = 60_000;

describe('feed freshness', () => {
  test.each([
    [0, 'live'],
    [2 * minute, 'live'],
    [2 * minute + 1, 'delayed'],
    [10 * minute, 'delayed'],
    [10 * minute + 1, 'stale'],
  ] as const)('an uplink %i ms ago makes the feed %s', (ageMs, state) => {
    expect(feedState(1_000_000, 1_000_000 + ageMs)).toBe(state);
  });
  test('a town that never reported is not called stale', () => {
    expect(feedState(null, 1_000_000)).toBe('none');
  });
  test('an uplink from the future is live', () => {
    expect(feedState(1_000_000 + minute, 1_000_000)).toBe('live');
  });
});

describe('backoff', () => {
  test('grows to half a minute and is never longer', () => {
    expect([0, 1, 2, 5, 50].map((n) => backoffMs(n, () => 1))).toEqual([
      1000, 2000, 4000, 30_000, 30_000,
    ]);
  });
  test('is never shorter than half of that', () => {
    expect([0, 1, 5].map((n) => backoffMs(n, () => 0))).toEqual([500, 1000, 15_000]);
  });
});
