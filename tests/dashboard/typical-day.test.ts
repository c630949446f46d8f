import { describe, expect, test } from 'vitest';
import {
  findTypicalDay,
  hourText,
  summarise,
  tenthsText,
} from '../../dashboard/src/site/typical-day.ts';
import type { TypicalWeek } from '../../services/contract/metrics.ts';

const ratios = (at: (hour: number) => number | null): (number | null)[] =>
  Array.from({ length: 24 }, (_, hour) => at(hour));
/** Saturdays fill up until noon; of Sundays nothing is known. */
const week: TypicalWeek = {
  siteId: 'kerb-1',
  publishedAt: '2026-11-21T13:00:00Z',
  licence: { id: 'x', name: 'X', url: 'https://example.org', attribution: 'X', publisher: 'X' },
  timeZone: 'Europe/Berlin',
  from: '2026-10-24T00:00:00Z',
  to: '2026-11-21T00:00:00Z',
  days: Array.from({ length: 7 }, (_, day) => ({
    weekday: day + 1,
    weeks: day === 6 ? 0 : 4,
    occupancyRatios: ratios((hour) =>
      day === 6 ? null : hour === 12 ? 0.96 : hour < 8 ? 0.2 : 0.6,
    ),
  })),
};
const saturday = Date.parse('2026-11-21T23:30:00Z');

describe('the typical day', () => {
  test('is today by the clocks of the town', () => {
    const friday = findTypicalDay(week, Date.parse('2026-11-20T11:15:00Z'), 'de');
    expect(friday).toMatchObject({ name: 'Freitag', hour: 12, weeks: 4 });
    expect(friday?.tenths[12]).toBe(10);
    // Half past midnight in Berlin: Sunday already, of which nothing is known.
    expect(findTypicalDay(week, saturday, 'de')).toBeNull();
  });

  test('is summed up in a sentence', () => {
    const day = findTypicalDay(week, Date.parse('2026-11-20T11:15:00Z'), 'de');
    expect(day && summarise(day)).toBe(
      'Am vollsten um 12 Uhr: 10 von 10 Plätzen belegt. Tagsüber am leersten um 6 Uhr: 2 von 10.',
    );
    const even = day && { ...day, tenths: day.tenths.map(() => 5) };
    expect(even && summarise(even)).toBe('Den ganzen Tag etwa 5 von 10 Plätzen belegt.');
    expect([tenthsText(null), tenthsText(7), hourText(9)]).toEqual([
      'keine Daten',
      '7 von 10 belegt',
      '9 Uhr',
    ]);
  });
});
