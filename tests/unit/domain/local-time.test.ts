import { expect, test } from 'vitest';

import {
  hourMs,
  localDate,
  localDateStart,
  localDayStart,
  nextLocalDayStart,
  quarterMs,
} from '../../../services/domain/local-time.ts';

const berlin = 'Europe/Berlin';

test.each([
  { name: 'an ordinary day', date: '2026-05-04', hours: 24 },
  { name: 'the day summer time begins', date: '2026-03-29', hours: 23 },
  { name: 'the day summer time ends', date: '2026-10-25', hours: 25 },
])('$name lasts $hours hours', ({ date, hours }) => {
  const startMs = localDateStart(date, berlin);
  const endMs = nextLocalDayStart(startMs, berlin);
  expect((endMs - startMs) / hourMs).toBe(hours);
  expect(localDayStart(endMs - 1, berlin)).toBe(startMs);
  expect(localDayStart(startMs, berlin)).toBe(startMs);
  expect(localDate(startMs, berlin)).toBe(date);
  expect(localDate(endMs - 1, berlin)).toBe(date);
});

test.each(['Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns'])(
  'days of %s begin on a quarter hour all year round',
  (zone) => {
    let dayMs = localDateStart('2026-01-01', zone);
    for (let day = 0; day < 365; day += 1) {
      expect(dayMs % quarterMs).toBe(0);
      dayMs = nextLocalDayStart(dayMs, zone);
    }
    expect(localDate(dayMs, zone)).toBe('2027-01-01');
  },
);

test('what is no date is refused', () => {
  expect(() => localDateStart('2026-02-30', berlin)).toThrow(RangeError);
  expect(() => localDateStart('yesterday', berlin)).toThrow(RangeError);
});
