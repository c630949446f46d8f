import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { holdingTimes, seenBySpace, toTimeline } from '../../../services/domain/space-timeline.ts';
import { start, to, history, range, spaceIds } from '../../support/street-history.ts';

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

  test('the first and the last time of each step say what all times say, if news hold for a step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: range.toMs - start }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 900_000 }),
        fc.integer({ min: 0, max: 900_000 }),
        fc.integer({ min: 0, max: range.toMs - start }),
        (times, stepMs, moreMs, changeMs) => {
          const observations = times
            .sort((a, b) => a - b)
            .map((atMs) => ({ spaceId: spaceIds[0]!, observedAtMs: start + atMs }));
          const of = (step: number) =>
            toTimeline(
              history({
                before: to('occupied', start - 1000),
                transitions: [to('vacant', start + changeMs)],
                seenMs: seenBySpace(observations, step).get(spaceIds[0]!) ?? [],
                staleAfterMs: stepMs + moreMs,
              }),
              range,
            );
          expect(of(stepMs)).toEqual(of(1));
        },
      ),
    );
  });

  test.each([
    { staleAfterMs: [9000, 0, 2500.5, 7000], shortestMs: 2500, longestMs: 9000 },
    { staleAfterMs: [0, 0], shortestMs: 1, longestMs: 0 },
    { staleAfterMs: [], shortestMs: 1, longestMs: 0 },
  ])('news hold from $shortestMs to $longestMs ms', ({ staleAfterMs, ...times }) => {
    expect(holdingTimes(staleAfterMs)).toEqual(times);
  });
});
