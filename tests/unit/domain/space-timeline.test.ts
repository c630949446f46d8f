import { describe, expect, test } from 'vitest';

import { toTimeline } from '../../../services/domain/space-timeline.ts';
import { start, to, history, range } from '../../support/street-history.ts';

describe('what is known of a space', () => {
  test('a space is observed from its first news until it is stale', () => {
    const timeline = toTimeline(
      history({
        transitions: [to('occupied', start + 100, 0)],
        seenMs: [start + 100],
        staleAfterMs: 1_000,
      }),
      range,
    );
    expect(timeline.spans).toMatchObject([
      { fromMs: start + 100, toMs: start + 1_100, isOccupied: true },
    ]);
    expect(timeline.changes).toEqual([]);
  });

  test('news before the range covers its beginning', () => {
    const timeline = toTimeline(
      history({ before: to('occupied', start - 500), lastSeenMs: start - 200, staleAfterMs: 300 }),
      range,
    );
    expect(timeline.spans).toMatchObject([{ fromMs: start, toMs: start + 100, isOccupied: true }]);
  });

  test('an inferred change counts in the middle of what was not seen, even from beyond the range', () => {
    const timeline = toTimeline(
      history({
        before: to('occupied', start - 500),
        lastSeenMs: start - 500,
        transitions: [to('vacant', range.toMs + 1_000, range.toMs - 2_000)],
      }),
      range,
    );
    expect(timeline.spans).toMatchObject([
      { fromMs: start, toMs: range.toMs - 500, isOccupied: true },
      { fromMs: range.toMs - 500, toMs: range.toMs, isOccupied: false },
    ]);
    expect(timeline.changes).toMatchObject([
      { to: 'vacant', atMs: range.toMs - 500, isInferred: true, stayFromMs: start - 500 },
    ]);
  });

  test('a change inferred into the time before the range belongs there', () => {
    const timeline = toTimeline(
      history({
        before: to('occupied', start - 5_000),
        lastSeenMs: start - 3_000,
        transitions: [to('vacant', start + 1_000, start - 3_000)],
        seenMs: [start + 1_000],
      }),
      range,
    );
    expect(timeline.spans).toMatchObject([{ fromMs: start, toMs: range.toMs, isOccupied: false }]);
    expect(timeline.changes).toEqual([]);
  });
});
