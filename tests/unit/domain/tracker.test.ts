import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../services/domain/observation.ts';
import { recentLimit } from '../../../services/domain/occupancy.ts';
import { createTracker } from '../../../services/domain/tracker.ts';
import { countTotal, devEui, health, observed, seen, spaceId } from '../../support/builders.ts';

const sensors = 4;

/** An uplink of one of a few sensors or counters at one of a few times: collisions are the point. */
const uplinkArb: fc.Arbitrary<Observed> = fc
  .record({
    sensor: fc.integer({ min: 1, max: sensors }),
    atMs: fc.integer({ min: 1, max: 30 }).map((n) => n * 60_000),
    occupied: fc.boolean(),
    kind: fc.constantFrom('event', 'heartbeat'),
    total: fc.option(fc.integer({ min: 0, max: 127 }), { nil: undefined }),
  })
  .map(({ sensor, atMs, occupied, kind, total }) => {
    const dev = devEui(total === undefined ? sensor : sensor + 100);
    const its = health(atMs, { devEui: dev, fCnt: atMs / 60_000 });
    return total === undefined
      ? observed({
          health: its,
          observations: [
            seen(atMs, occupied ? 'occupied' : 'vacant', {
              spaceId: spaceId(`space-${sensor}`),
              devEui: dev,
              kind: kind,
            }),
          ],
        })
      : observed({
          health: its,
          totals: [countTotal(atMs, total, { devEui: dev, modulus: 128 })],
        });
  });

/** A frame counter stands for one uplink: the first of each device and time counts. */
const distinct = (uplinks: readonly Observed[]): Observed[] => [
  ...new Map(uplinks.map((o) => [`${o.health.devEui}:${o.health.fCnt}`, o])).values(),
];

/** No sensor sends more than it remembers: farther back the past is history's, not the present's. */
const setArb = fc
  .array(uplinkArb, { maxLength: 40 })
  .map(distinct)
  .map((uplinks) => {
    const sent = new Map<string, number>();
    return uplinks.filter(({ health: { devEui: dev } }) => {
      sent.set(dev, (sent.get(dev) ?? 0) + 1);
      return (sent.get(dev) ?? 0) <= recentLimit;
    });
  });

/** What is known at the end, in an order that does not depend on how it came to be. */
function stateAfter(uplinks: readonly Observed[]) {
  const tracker = createTracker();
  for (const uplink of uplinks) tracker.apply(uplink);
  const { spaces, totals, intervals, devices } = tracker.snapshot();
  const byKey = <Value>(entries: readonly (readonly [string, Value])[]) =>
    entries.toSorted(([a], [b]) => a.localeCompare(b));
  return {
    spaces: byKey(spaces),
    totals: byKey(totals),
    intervals: byKey(intervals),
    devices: byKey(devices),
  };
}

describe('the tracker', () => {
  test('ends in the same state for any order and repetition of the same uplinks', () => {
    fc.assert(
      fc.property(
        setArb.chain((uplinks) =>
          fc.record({
            uplinks: fc.constant(uplinks),
            shuffled: fc.shuffledSubarray([...uplinks, ...uplinks], {
              minLength: uplinks.length * 2,
            }),
          }),
        ),
        ({ uplinks, shuffled }) => {
          expect(stateAfter(shuffled)).toEqual(stateAfter(uplinks));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('goes on from a snapshot as if nothing had happened', () => {
    fc.assert(
      fc.property(setArb, fc.nat(40), (uplinks, cut) => {
        const whole = createTracker();
        for (const uplink of uplinks) whole.apply(uplink);
        const first = createTracker();
        for (const uplink of uplinks.slice(0, cut)) first.apply(uplink);
        const second = createTracker(structuredClone(first.snapshot()));
        for (const uplink of uplinks.slice(cut)) second.apply(uplink);
        expect(second.snapshot()).toEqual(whole.snapshot());
      }),
      { numRuns: 100 },
    );
  });

  test('never changes what it was given: the history keeps that until it is stored', () => {
    fc.assert(
      fc.property(fc.array(uplinkArb, { maxLength: 40 }), (uplinks) => {
        const before = structuredClone(uplinks);
        const tracker = createTracker();
        for (const uplink of uplinks) tracker.apply(uplink);
        expect(uplinks).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  test('counts what a cumulative counter counted, through its wrap-around', () => {
    const tracker = createTracker();
    for (const [fCnt, total] of [120, 125, 2].entries())
      tracker.apply(
        observed({
          health: health((fCnt + 1) * 60_000, { fCnt }),
          totals: [countTotal((fCnt + 1) * 60_000, total, { modulus: 128 })],
        }),
      );
    expect(tracker.passed(countTotal(0, 0), 'both')).toBe(10);
  });

  test('does not take a counter that jumped back for traffic', () => {
    const tracker = createTracker();
    const at = (fCnt: number, total: number | null) =>
      tracker.apply(
        observed({
          health: health((fCnt + 1) * 60_000, { fCnt }),
          totals: [countTotal((fCnt + 1) * 60_000, total)],
        }),
      );
    at(0, 40_000);
    expect(at(1, 3).counts).toEqual([]);
    expect(at(2, 8).counts).toMatchObject([{ vehicles: 5, fromMs: 120_000, toMs: 180_000 }]);
    expect(at(3, null).counts).toEqual([]);
    expect(at(4, 6).counts).toMatchObject([{ vehicles: 6 }]);
  });

  test('counts lost uplinks from gaps in the frame counter, a session for itself', () => {
    const tracker = createTracker();
    const hear = (fCnt: number, session: string, atMs: number) =>
      tracker.apply(observed({ health: health(atMs, { fCnt, session }) }));
    for (const fCnt of [0, 1, 4, 3]) hear(fCnt, 'a', 1000 + fCnt);
    hear(0, 'b', 2000);
    hear(2, 'b', 2002);
    const track = tracker.device(devEui(1));
    expect(track?.sessions.map(({ session, received }) => [session, received])).toEqual([
      ['a', 4],
      ['b', 2],
    ]);
    expect(track?.uplinks).toBe(6);
  });
});
