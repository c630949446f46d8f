import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { quarterMs } from '../../../services/domain/local-time.ts';
import type { Count } from '../../../services/domain/observation.ts';
import { addUp } from '../../../services/domain/roll-up-add.ts';
import { rollUp } from '../../../services/domain/roll-up-sums.ts';
import { toTimeline, type SpaceHistory } from '../../../services/domain/space-timeline.ts';
import {
  hour,
  single,
  spaceIds,
  street,
  start,
  to,
  count,
  range,
  quarters,
} from '../../support/street-history.ts';

describe('whatever happened', () => {
  const offset = fc.integer({ min: -hour, max: hour + quarterMs });
  /** Any alternating or repeating transitions of a space, seen and inferred, with news around them. */
  const anyHistory = (spaceId: (typeof spaceIds)[0]) =>
    fc
      .record({
        events: fc.array(
          fc.record({ at: offset, gap: fc.nat(quarterMs), occupied: fc.boolean() }),
          {
            maxLength: 12,
          },
        ),
        heartbeats: fc.array(offset, { maxLength: 4 }),
        staleAfterMs: fc.integer({ min: 1, max: 2 * hour }),
      })
      .map(({ events, heartbeats, staleAfterMs }): SpaceHistory => {
        const all = events
          .map(({ at, gap, occupied }) => ({
            ...to(occupied ? 'occupied' : 'vacant', start + at, start + at - gap),
            spaceId,
          }))
          .sort((x, y) => x.atMs - y.atMs);
        const news = [...all.map(({ atMs }) => atMs), ...heartbeats.map((at) => start + at)].sort(
          (x, y) => x - y,
        );
        return {
          spaceId,
          before: all.findLast(({ atMs }) => atMs < start),
          transitions: all.filter(({ atMs }) => atMs >= start),
          lastSeenMs: news.findLast((at) => at < start),
          seenMs: news.filter((at) => at >= start && at < start + hour),
          staleAfterMs,
        };
      });
  const anyTown = fc.record({
    histories: fc.tuple(...spaceIds.map((id) => anyHistory(id))),
    counts: fc
      .array(
        fc.record({ at: offset, lastsMs: fc.integer({ min: 1, max: hour }), vehicles: fc.nat(99) }),
      )
      .map((all) =>
        all
          .map(({ at, lastsMs, vehicles }) => count(start + at, start + at + lastsMs, vehicles))
          .sort((x, y) => x.fromMs - y.fromMs),
      ),
  });
  const groups = [street, ...single];
  const rollUpTown = (
    { histories, counts }: { histories: readonly SpaceHistory[]; counts: readonly Count[] },
    bounds: readonly number[],
    step: 'hour' | '15min',
  ) =>
    rollUp({
      step,
      bounds,
      groups,
      timelines: histories.map((one) => toTimeline(one, range)),
      counts,
    });
  const ends = [range.fromMs, range.toMs];

  test('quarter hours add up to the hour', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        const sum = addUp(rollUpTown(town, quarters, '15min'), 'hour', range.fromMs, range.toMs);
        const byId = (rows: typeof sum) => rows.toSorted((x, y) => (x.id < y.id ? -1 : 1));
        expect(byId(sum)).toEqual(byId(rollUpTown(town, ends, 'hour')));
      }),
    );
  });

  test('cutting the range cuts nothing off: each quarter read by itself is the same', () => {
    fc.assert(
      fc.property(anyTown, fc.integer({ min: 0, max: 3 }), ({ histories }, index) => {
        const own = { fromMs: quarters[index]!, toMs: quarters[index + 1]! };
        const cut = histories.map((one) => {
          const all = [...(one.before ? [one.before] : []), ...one.transitions];
          const news = [...(one.lastSeenMs === undefined ? [] : [one.lastSeenMs]), ...one.seenMs];
          return toTimeline(
            {
              ...one,
              before: all.findLast(({ atMs }) => atMs < own.fromMs),
              transitions: all.filter(({ atMs }) => atMs >= own.fromMs),
              lastSeenMs: news.findLast((at) => at < own.fromMs),
              seenMs: news.filter((at) => at >= own.fromMs && at < own.toMs),
            },
            own,
          );
        });
        const alone = rollUp({
          step: '15min',
          bounds: [own.fromMs, own.toMs],
          groups,
          timelines: cut,
          counts: [],
        });
        const whole = rollUpTown({ histories, counts: [] }, quarters, '15min');
        const observed = (rows: typeof whole) => rows.map(({ id, observedMs }) => [id, observedMs]);
        expect(observed(alone)).toEqual(
          observed(whole.filter(({ fromMs }) => fromMs === own.fromMs)),
        );
      }),
    );
  });

  test('places are the sum of their spaces, apart from being full', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        const rows = rollUpTown({ ...town, counts: [] }, ends, 'hour');
        const place = rows.find(({ scope }) => scope === 'stretch');
        const spaces = rows.filter(({ scope }) => scope === 'space');
        for (const key of [
          'observedMs',
          'occupiedMs',
          'arrivals',
          'departures',
          'endedStayMs',
          'inferred',
          'occupiedAtEnd',
          'observedAtEnd',
        ] as const) {
          expect(place?.[key] ?? 0).toBe(spaces.reduce((sum, row) => sum + row[key], 0));
        }
      }),
    );
  });

  test('the order of spaces does not matter', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        const other = { ...town, histories: town.histories.toReversed() };
        expect(rollUpTown(other, quarters, '15min')).toEqual(rollUpTown(town, quarters, '15min'));
      }),
    );
  });

  test('no time is negative, and none is longer than it can be', () => {
    fc.assert(
      fc.property(anyTown, (town) => {
        for (const row of rollUpTown(town, quarters, '15min')) {
          const {
            observedMs,
            occupiedMs,
            fullMs,
            endedStayMs,
            countedMs,
            vehicles,
            numberOfSpaces,
          } = row;
          expect(occupiedMs).toBeGreaterThanOrEqual(0);
          expect(occupiedMs).toBeLessThanOrEqual(observedMs);
          expect(observedMs).toBeLessThanOrEqual(numberOfSpaces * quarterMs);
          expect(fullMs).toBeGreaterThanOrEqual(0);
          expect(fullMs).toBeLessThanOrEqual(Math.min(quarterMs, occupiedMs));
          expect(endedStayMs).toBeGreaterThanOrEqual(0);
          expect(countedMs).toBeGreaterThanOrEqual(0);
          expect(countedMs).toBeLessThanOrEqual(quarterMs);
          expect(vehicles ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
