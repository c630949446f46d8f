import { describe, expect, test } from 'vitest';
import { intervalsOf } from '../../../services/domain/local-intervals.ts';
import { fullRatioOf, toFigures } from '../../../services/domain/metrics.ts';
import { sumWeek, toProfile } from '../../../services/domain/metrics-profile.ts';
import type { RollUp } from '../../../services/domain/roll-up.ts';
import { rollUpRow } from '../../support/roll-up-row.ts';

const hourMs = 3_600_000;
const berlin = 'Europe/Berlin';
const at = (iso: string): number => Date.parse(iso);

const row = (more: Partial<RollUp> = {}): RollUp =>
  rollUpRow({
    scope: 'zone',
    id: 'zone',
    step: 'hour',
    fromMs: 0,
    toMs: hourMs,
    numberOfSpaces: 10,
    observedMs: 10 * hourMs,
    occupiedMs: 4 * hourMs,
    arrivals: 5,
    departures: 3,
    inferred: 2,
    endedStayMs: 6 * hourMs,
    endedStays: 3,
    ...more,
  });
const place = { numberOfSpaces: 12, sensedSpaces: 10 };
const hour = { fromMs: 0, toMs: hourMs };

describe('figures', () => {
  test('are made over observed time only', () => {
    const rows = [row(), row({ fromMs: hourMs, toMs: 2 * hourMs, observedMs: 0, occupiedMs: 0 })];
    expect(toFigures(rows, place, { fromMs: 0, toMs: 2 * hourMs })).toMatchObject({
      occupancyRatio: 0.4,
      turnoverPerSpaceHour: 1,
      arrivals: 10,
      evidence: { observedRatio: 0.5 },
    });
  });

  test('tell what is not known from zero', () => {
    expect(toFigures([], place, hour)).toMatchObject({
      occupancyRatio: null,
      arrivals: null,
      vehicles: null,
      evidence: { observedRatio: 0 },
    });
    const quiet = row({ arrivals: 0, departures: 0, inferred: 0, vehicles: 0, endedStays: 0 });
    expect(toFigures([quiet], place, hour)).toMatchObject({
      arrivals: 0,
      vehicles: 0,
      inferredRatio: null,
      meanDwellMs: null,
    });
  });

  test('of fewer than five spaces are withheld, but not the traffic', () => {
    const small = { numberOfSpaces: 9, sensedSpaces: 4 };
    expect(toFigures([row({ vehicles: 70 })], small, hour)).toMatchObject({
      occupancyRatio: null,
      arrivals: null,
      meanDwellMs: null,
      fullRatio: null,
      vehicles: 70,
      withheld: 'small-group',
    });
  });

  test('weigh full streets by their spaces', () => {
    const full = { streetFullMs: 30 * hourMs, streetWatchedMs: 30 * hourMs };
    expect(fullRatioOf([row(full), row({ streetWatchedMs: 10 * hourMs })])).toBe(0.75);
    expect(fullRatioOf([row()])).toBeNull();
  });
});

describe('intervals', () => {
  test.each([
    ['day', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
    ['day', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
    ['week', '2026-10-18T22:00Z', '2026-10-25T23:00Z', 7 * 24 + 1],
    ['month', '2026-09-30T22:00Z', '2026-10-31T23:00Z', 31 * 24 + 1],
  ] as const)('a local %s from %s lasts %s hours', (step, from, to, hours) => {
    const [interval, ...more] = intervalsOf({ fromMs: at(from), toMs: at(to) }, step, berlin);
    expect(more).toEqual([]);
    expect(interval).toEqual({ fromMs: at(from), toMs: at(to) });
    expect((at(to) - at(from)) / hourMs).toBe(hours);
  });
});

describe('the typical week', () => {
  test('puts hours where the local clock has them, on both sides of a clock change', () => {
    const monday8 = ['2026-10-19T06:00Z', '2026-10-26T07:00Z'].map((iso) =>
      row({ fromMs: at(iso), toMs: at(iso) + hourMs }),
    );
    const cells = toProfile(sumWeek(monday8, berlin), place);
    expect(cells).toHaveLength(168);
    expect(cells[8]).toMatchObject({
      weekday: 1,
      hour: 8,
      occupancyRatio: 0.4,
      arrivals: 5,
      weeks: 2,
    });
    expect(cells.filter(({ weeks }) => weeks > 0)).toHaveLength(1);
    expect(cells[9]).toMatchObject({ occupancyRatio: null, arrivals: null });
  });
});
