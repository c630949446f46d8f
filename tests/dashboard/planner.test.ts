import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddress } from '../../dashboard/src/planner/address.ts';
import { toCsv } from '../../dashboard/src/planner/csv.ts';
import {
  formatBand,
  formatDuration,
  formatPercent,
  formatPoints,
} from '../../dashboard/src/planner/numbers.ts';
import { measuresIn } from '../../dashboard/src/planner/in-scope.ts';
import { lastWeeks, monthPeriod, recentMonths } from '../../dashboard/src/planner/period.ts';
import { toFileName } from '../../dashboard/src/planner/save.ts';
import { classOf, ticksUpTo } from '../../dashboard/src/planner/scale.ts';
import { parseScope, toScopeText } from '../../dashboard/src/planner/scope.ts';
import { adviseOn, listCandidates } from '../../dashboard/src/planner/siting.ts';
import { sortRows } from '../../dashboard/src/planner/sort-table.ts';
import { isUsable, shareText } from '../../dashboard/src/planner/share.ts';
import { metrics } from '../support/fixture-planning.ts';
import { shareOf } from '../support/fixture-share.ts';

const berlin = 'Europe/Berlin';

test('only measures of the area that is looked at are marked in its charts', () => {
  const zone = (id: string, municipalityId: string) =>
    ({ id, municipalityId }) as Parameters<typeof measuresIn>[2][number];
  const zones = [zone('a', 'x'), zone('b', 'x'), zone('c', 'y')];
  const measures = [{ zones: ['a'] }, { zones: ['c'] }, { zones: [] }];
  const marked = (text: string) => measuresIn(measures, parseScope(text), zones);
  expect(marked('all')).toHaveLength(3);
  expect(marked('zone:b')).toEqual([{ zones: [] }]);
  expect(marked('zone:a')).toEqual([{ zones: ['a'] }, { zones: [] }]);
  expect(marked('municipality:y')).toEqual([{ zones: ['c'] }, { zones: [] }]);
});

describe('periods', () => {
  test('four weeks end where the day begins, through the change of clocks', () => {
    expect(lastWeeks(Date.parse('2026-11-10T13:00:00Z'), 4, berlin)).toEqual({
      from: '2026-10-12T22:00:00.000Z',
      to: '2026-11-09T23:00:00.000Z',
    });
  });
  test('the time before ends where the time begins', () => {
    const nowMs = Date.parse('2026-04-02T08:00:00Z');
    expect(lastWeeks(nowMs, 4, berlin, 1).to).toBe(lastWeeks(nowMs, 4, berlin).from);
  });
  test('a month ends with the month, the present one with yesterday', () => {
    const nowMs = Date.parse('2026-11-21T13:00:00Z');
    expect(monthPeriod('2026-10', nowMs, berlin)).toEqual({
      from: '2026-09-30T22:00:00.000Z',
      to: '2026-10-31T23:00:00.000Z',
    });
    expect(monthPeriod('2026-11', nowMs, berlin).to).toBe('2026-11-20T23:00:00.000Z');
    expect(monthPeriod('2025-12', nowMs, berlin).to).toBe('2025-12-31T23:00:00.000Z');
  });
  test('on the first of a month the newest report is that of the month before', () => {
    expect(recentMonths(Date.parse('2026-11-01T09:00:00Z'), berlin)[0]).toBe('2026-10');
    expect(recentMonths(Date.parse('2026-11-02T09:00:00Z'), berlin)[0]).toBe('2026-11');
  });
});

describe('address', () => {
  test.each([
    ['', { view: 'overview', scope: { scope: 'all', id: 'all' }, weeks: 4, month: null }],
    [
      '?view=report&scope=zone:alt:stadt&weeks=13&month=2026-10',
      { view: 'report', scope: { scope: 'zone', id: 'alt:stadt' }, weeks: 13, month: '2026-10' },
    ],
    [
      '?view=x&scope=country:de&weeks=3&month=2026-13',
      { view: 'overview', scope: { scope: 'all', id: 'all' }, weeks: 4, month: null },
    ],
  ])('%j', (search, address) => expect(readAddress(search)).toEqual(address));
  test('every scope comes back from its text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('zone', 'municipality'),
        fc.string({ minLength: 1 }),
        (scope, id) => {
          expect(parseScope(toScopeText({ scope, id } as const))).toEqual({ scope, id });
        },
      ),
    );
  });
});

describe('CSV', () => {
  const table = { about: [['Stand', 'heute']], header: ['a', 'b'], rows: [] } as const;
  test('begins with a byte order mark, has semicolons, decimal commas and empty unknowns', () => {
    const text = toCsv(
      {
        ...table,
        rows: [
          ['x;y', 1.5],
          ['"', null],
        ],
      },
      'de',
    );
    expect(text).toBe('\uFEFFStand;heute\r\n\r\na;b\r\n"x;y";1,5\r\n"""";\r\n');
  });
  test('a negative number stays a number, text that spreadsheets would run does not', () => {
    const text = toCsv({ ...table, about: [], rows: [[-1.5, '=1+1']] }, 'en');
    expect(text).toBe("\uFEFFa,b\r\n-1.5,'=1+1\r\n");
  });
});

describe('numbers', () => {
  test.each([
    [0.2449, '24 %'],
    [0.083, '8,3 %'],
    [0.05, '5 %'],
    [0, '0 %'],
    [0.0996, '10 %'],
    [null, '–'],
  ])('%j is %s', (ratio, text) =>
    expect(formatPercent(ratio, 'de').replace('\u00a0', ' ')).toBe(text),
  );
  test('bands, points and durations', () => {
    expect(formatBand([0.21, 0.27], 'de')).toBe('21–27\u00a0%');
    expect(formatPoints(-0.05, 'de')).toBe('−5,0 Prozentpunkte');
    expect(formatDuration(125 * 60_000)).toBe('2 h 5 min');
  });
  test('ticks are round, begin at zero and hold the maximum', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (max) => {
        const ticks = ticksUpTo(max);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-9));
        expect(ticks.length).toBeLessThanOrEqual(7);
      }),
    );
    expect(ticksUpTo(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });
  test('the fullest hour is in the last class', () => {
    expect([0, 0.2, 0.999, 1].map((ratio) => classOf(ratio, 5))).toEqual([0, 1, 4, 4]);
  });
  test('file names hold nothing but letters, digits and hyphens', () => {
    expect(toFileName(['Süd/West', 'Größe?'], 'csv')).toBe('parklotse-sued-west-groesse.csv');
  });
});

describe('tables', () => {
  const columns = [
    {
      key: 'n',
      name: 'n',
      isNumber: true,
      value: ({ n }: { n: number | null }) => n,
      text: () => '',
    },
  ];
  test.each([false, true])('what is not known comes last (descending %j)', (isDescending) => {
    const rows = [{ n: null }, { n: 1 }, { n: 2 }];
    const sorted = sortRows(rows, columns, { key: 'n', isDescending }, 'de').map(({ n }) => n);
    expect(sorted).toEqual(isDescending ? [2, 1, null] : [1, 2, null]);
  });
});

describe('search share', () => {
  test('an insufficient estimate has no number', () => {
    const poor = shareOf(0.2, { sufficiency: 'insufficient' });
    expect(isUsable(poor)).toBe(false);
    expect(shareText(poor, 'de')).toBe('zu wenig Daten');
  });
  test('a lower bound says so', () => {
    const share = shareText(shareOf(0.2, { isLowerBound: true }), 'de');
    expect(share.replace('\u00a0', ' ')).toBe('mindestens 20 %');
  });
});

describe('siting advice', () => {
  const uncertainty = { daySd: 0.03, streetSd: 0.04, flowSd: null, acceptanceSd: null };
  const halfWidth = (low: number | undefined) => Math.log(0.1 / (low ?? 0)) / Math.log(0.1 / 0.09);
  test('names the biggest part and what a next step makes of the interval', () => {
    const [first, second] = adviseOn(
      shareOf(0.1, {
        uncertainty,
        interval: [0.09, 0.1 / 0.9],
        stretches: 10,
        streetsOfZone: 20,
      }),
    );
    // Ten more streets are all there are, so that their choice vanishes: 3/5 are left.
    expect(first).toMatchObject({ cause: 'streets', partRatio: 0.64, next: { n: 10 } });
    expect(halfWidth(first?.then?.[0])).toBeCloseTo(0.6, 10);
    // Twice the days: half of 9/25 is gone.
    expect(second).toMatchObject({ cause: 'days', next: { leftRatio: 0.5 } });
    expect(halfWidth(second?.then?.[0])).toBeCloseTo(Math.sqrt(1 - 0.18), 10);
  });
  test('five counters more than five halve the variance of extrapolated traffic', () => {
    const [first] = adviseOn(
      shareOf(0.1, {
        uncertainty: { ...uncertainty, flowSd: 0.3 },
        countedStretches: 5,
      }),
    );
    expect(first).toMatchObject({ cause: 'flows', next: { n: 5, leftRatio: 0.5 } });
  });
  test('an interval never grows by a step', () => {
    const sd = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(sd, sd, sd, (daySd, streetSd, flowSd) => {
        const estimate = shareOf(0.1, {
          uncertainty: { daySd, streetSd, flowSd, acceptanceSd: null },
        });
        for (const { then } of adviseOn(estimate)) {
          expect(then?.[0]).toBeGreaterThanOrEqual((estimate.interval?.[0] ?? 1) - 1e-12);
          expect(then?.[1]).toBeLessThanOrEqual(0.1 / 0.87 + 1e-12);
        }
      }),
    );
  });
  test('streets with sensors want a counter, those without want sensors', () => {
    const streets = metrics.items.filter(({ scope }) => scope === 'stretch');
    expect(listCandidates(streets).map(({ id, kind }) => [id, kind])).toEqual([
      ['stretch-0', 'counter'],
      ['stretch-1', 'counter'],
      ['stretch-2', 'sensors'],
    ]);
  });
});
