import { describe, expect, test } from 'vitest';
import {
  createCarParkForecast,
  normalCdf,
} from '../../../../../services/domain/guidance/forecast/car-park.ts';
import { createWeekClock } from '../../../../../services/domain/guidance/forecast/week-profile.ts';

const weekSlot = createWeekClock('UTC');
const quarterMs = 900_000;
const monday = Date.UTC(2026, 0, 5);
/** A car park that fills and empties every day. */
const usualVacant = (atMs: number): number =>
  Math.round(100 + 90 * Math.cos((2 * Math.PI * (atMs % 86_400_000)) / 86_400_000));

const learnt = (days: number): ReturnType<typeof createCarParkForecast> => {
  const carPark = createCarParkForecast(weekSlot);
  for (let atMs = monday; atMs < monday + days * 86_400_000; atMs += quarterMs)
    carPark.see(atMs, usualVacant(atMs), 200);
  return carPark;
};

describe('a car park', () => {
  test('says nothing before it was ever seen', () => {
    expect(createCarParkForecast(weekSlot).predict(monday)).toBeNull();
  });

  test('with a week of past follows its profile', () => {
    const carPark = learnt(14);
    const noon = monday + 14 * 86_400_000 + 10 * 3_600_000;
    carPark.see(noon, usualVacant(noon), 200);
    const then = noon + 2 * 3_600_000;
    const vacant = carPark.predict(then)?.vacantSpaces ?? 0;
    expect(Math.abs(vacant - usualVacant(then))).toBeLessThan(8);
    expect(usualVacant(noon) - usualVacant(then)).toBeGreaterThan(10);
  });

  test('lets a deviation fade instead of forgetting it', () => {
    const carPark = learnt(14);
    const atMs = monday + 14 * 86_400_000 + 6 * 3_600_000;
    carPark.see(atMs, usualVacant(atMs) - 60, 200);
    const offBy = (minutes: number): number => {
      const thenMs = atMs + minutes * 60_000;
      return (carPark.predict(thenMs)?.vacantSpaces ?? 0) - (carPark.usual(thenMs) ?? 0);
    };
    expect(offBy(15)).toBeLessThan(-40);
    expect(offBy(240)).toBeGreaterThan(offBy(15));
  });

  test('an older count than the last one changes nothing', () => {
    const carPark = learnt(2);
    const before = carPark.predict(monday + 3 * 86_400_000);
    carPark.see(monday, 0, 200);
    expect(carPark.predict(monday + 3 * 86_400_000)).toEqual(before);
  });

  test('is sure when there is plenty, unsure when the last spaces go', () => {
    const carPark = createCarParkForecast(weekSlot);
    carPark.see(monday, 150, 200);
    expect(carPark.predict(monday + 300_000)?.chanceRatio).toBeGreaterThan(0.999);
    carPark.see(monday + 60_000, 0, 200);
    expect(carPark.predict(monday + 60_000)?.chanceRatio).toBeLessThan(0.1);
    const [low, high] = carPark.predict(monday + 3_660_000)?.interval ?? [0, 0];
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(5);
    expect(high).toBeLessThanOrEqual(200);
  });
});

test('the normal distribution at its usual points', () => {
  expect(normalCdf(0)).toBeCloseTo(0.5, 6);
  expect(normalCdf(1.96)).toBeCloseTo(0.975, 4);
  expect(normalCdf(-1.2816)).toBeCloseTo(0.1, 4);
});

test('the local week begins on Monday and follows daylight saving', () => {
  const berlin = createWeekClock('Europe/Berlin');
  expect(berlin(Date.UTC(2026, 0, 4, 23, 0))).toEqual({ day: 0, quarter: 0 });
  expect(berlin(Date.UTC(2026, 6, 5, 22, 15))).toEqual({ day: 0, quarter: 1 });
  expect(berlin(Date.UTC(1969, 11, 31, 23, 0))).toEqual({ day: 3, quarter: 0 });
});
