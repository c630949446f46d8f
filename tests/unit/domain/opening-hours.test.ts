import { describe, expect, test } from 'vitest';
import { germanHoliday } from '../../../services/domain/german-holidays.ts';
import { isOpenAt, toLocalMoment } from '../../../services/domain/opening-hours.ts';

const at = (local: string) =>
  toLocalMoment(
    Temporal.PlainDateTime.from(local).toZonedDateTime('Europe/Berlin').epochMilliseconds,
    'Europe/Berlin',
  );

describe('opening hours', () => {
  // 28 November 2026 is a Saturday.
  test.each([
    ['24/7', '2026-11-28T03:00', true],
    ['Mo-Fr 08:00-18:00; Sa 08:00-14:00', '2026-11-27T17:59', true],
    ['Mo-Fr 08:00-18:00; Sa 08:00-14:00', '2026-11-27T18:00', false],
    ['Mo-Fr 08:00-18:00; Sa 08:00-14:00', '2026-11-28T13:00', true],
    ['Mo-Fr 08:00-18:00; Sa 08:00-14:00', '2026-11-29T13:00', false],
    ['Mo-Su 06:30-01:00', '2026-11-28T00:30', true],
    ['Mo-Su 06:30-01:00', '2026-11-28T01:00', false],
    ['Mo-Sa 06:00-24:00; Su,PH 08:00-22:00', '2026-12-25T07:00', false],
    ['Mo-Sa 06:00-24:00; Su,PH 08:00-22:00', '2026-12-25T09:00', true],
    ['Mo-Fr 07:30-22:00; Sa 07:30-18:00; PH off', '2026-12-25T10:00', false],
    ['Mo-Fr 07:30-22:00; Sa 07:30-18:00; PH off', '2027-01-06T10:00', null],
    ['Mo-Su 00:00-24:00; PH 00:00-24:00', '2027-05-01T10:00', true],
    ['Mo,We-Th,Sa-Su 00:00-24:00; Tu,Fr 15:00-24:00', '2026-11-27T14:00', false],
    ['Mo,We,Th,Fr,Su 00:00-24:00; Tu,Sa 00:00-02:00, 14:30-24:00', '2026-11-28T01:00', true],
    ['Mo,We,Th,Fr,Su 00:00-24:00; Tu,Sa 00:00-02:00, 14:30-24:00', '2026-11-28T09:00', false],
    ['09:00-17:00', '2026-11-29T10:00', true],
    ['Mo-Fr sunrise-sunset', '2026-11-27T12:00', null],
    ['nach Vereinbarung', '2026-11-27T12:00', null],
    ['', '2026-11-27T12:00', null],
  ])('%s at %s: %s', (hours, local, expected) => {
    expect(isOpenAt(hours, at(local))).toBe(expected);
  });
});

test.each([
  [{ year: 2026, month: 4, day: 3 }, 'national'],
  [{ year: 2026, month: 4, day: 6 }, 'national'],
  [{ year: 2027, month: 5, day: 6 }, 'national'],
  [{ year: 2027, month: 5, day: 17 }, 'national'],
  [{ year: 2026, month: 6, day: 4 }, 'regional'],
  [{ year: 2026, month: 11, day: 28 }, null],
] as const)('%o is a holiday: %s', (day, expected) => {
  expect(germanHoliday(day)).toBe(expected);
});
