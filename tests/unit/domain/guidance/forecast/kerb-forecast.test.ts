import { describe, expect, test } from 'vitest';
import { createKerbForecast } from '../../../../../services/domain/guidance/forecast/kerb-forecast.ts';
import { unwatchedChance } from '../../../../../services/domain/guidance/forecast/unwatched.ts';

const here = { lat: 49.41, lon: 8.69 };
const near = { lat: 49.4108, lon: 8.69 };
const far = { lat: 49.45, lon: 8.69 };

describe('a watched kerb', () => {
  test('with a space free now has a chance that fades with the way there', () => {
    const kerb = createKerbForecast([{ location: here, numberOfSpaces: 5 }]);
    kerb.see(0, { known: 5, occupied: 4 });
    kerb.refresh();
    const chances = [0, 60, 300, 900].map((horizonS) => kerb.chance(0, horizonS, 0));
    expect(chances[0]).toBe(1);
    expect([...chances].sort((a, b) => b - a)).toEqual(chances);
  });

  test('cars already sent there count as parked', () => {
    const kerb = createKerbForecast([{ location: here, numberOfSpaces: 5 }]);
    kerb.see(0, { known: 5, occupied: 4 });
    kerb.refresh();
    expect(kerb.chance(0, 120, 1)).toBeLessThan(0.5);
    expect(kerb.chance(0, 120, 1)).toBeGreaterThan(0);
    expect(kerb.chance(0, 120, 0.5)).toBeCloseTo(
      (kerb.chance(0, 120, 0) + kerb.chance(0, 120, 1)) / 2,
      6,
    );
  });

  test('learns that its spaces are taken quickly, and tells its neighbour', () => {
    const blocks = [here, near, far].map((location) => ({ location, numberOfSpaces: 4 }));
    const kerb = createKerbForecast(blocks);
    for (const block of [0, 1, 2]) kerb.see(block, { known: 4, occupied: 3 });
    for (let i = 0; i < 60; i += 1) {
      kerb.advance(60);
      if (i % 2 === 0) kerb.taken(0);
    }
    kerb.refresh();
    const [own, neighbour, stranger] = [0, 1, 2].map((block) => kerb.rates(block).takesPerS);
    expect(own).toBeGreaterThan(1 / 300);
    expect(neighbour).toBeGreaterThan(stranger! * 1.2);
    expect(kerb.chance(0, 300, 0)).toBeLessThan(kerb.chance(2, 300, 0));
  });

  test('tells what was learnt until the last refresh, also when it is asked later', () => {
    const kerb = createKerbForecast([{ location: here, numberOfSpaces: 4 }]);
    kerb.see(0, { known: 4, occupied: 3 });
    kerb.advance(600);
    kerb.refresh();
    const takeMore = (): void => {
      for (let i = 0; i < 10; i += 1) {
        kerb.advance(30);
        kerb.taken(0);
      }
    };
    takeMore();
    const asked = kerb.rates(0).takesPerS;
    takeMore();
    expect(kerb.rates(0).takesPerS).toBe(asked);
    expect(asked).toBeLessThan(1 / 900);
    kerb.refresh();
    expect(kerb.rates(0).takesPerS).toBeGreaterThan(1 / 300);
  });

  test('time at a full kerb is no time in which nobody wanted a space', () => {
    const kerb = createKerbForecast([{ location: here, numberOfSpaces: 4 }]);
    kerb.see(0, { known: 4, occupied: 3 });
    for (let i = 0; i < 10; i += 1) {
      kerb.advance(30);
      kerb.taken(0);
    }
    const before = kerb.rates(0).takesPerS;
    kerb.see(0, { known: 4, occupied: 4 });
    kerb.advance(1_800);
    kerb.refresh();
    expect(kerb.rates(0).takesPerS).toBeGreaterThan(before * 0.5);
  });
});

describe('an unwatched kerb', () => {
  test('is judged by the watched kerbs around it', () => {
    const forecastAt = (occupied: number): number => {
      const blocks = [here, near].map((location) => ({ location, numberOfSpaces: 10 }));
      const kerb = createKerbForecast(blocks);
      kerb.see(1, { known: 10, occupied });
      kerb.refresh();
      return kerb.chance(0, 120, 0);
    };
    expect(forecastAt(10)).toBeLessThan(forecastAt(2));
  });

  test('is never certain, and nothing once others are sent to all of its spaces', () => {
    expect(unwatchedChance(20, 0.2)).toBeLessThanOrEqual(0.9);
    expect(unwatchedChance(1, 0.8)).toBeCloseTo(0.9 * 0.2, 6);
    expect(unwatchedChance(0.3, 0.2)).toBe(0);
    expect(unwatchedChance(-2, 0.2)).toBe(0);
  });
});
