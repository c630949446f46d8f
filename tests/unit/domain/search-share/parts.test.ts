import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cruisingShare } from '../../../../services/domain/search-share/acceptance.ts';
import {
  crossCheck,
  isContradiction,
} from '../../../../services/domain/search-share/cross-check.ts';
import {
  addFalse,
  createFalseEnds,
  createFalseSums,
  falseLikelihood,
  learnFalseEnds,
} from '../../../../services/domain/search-share/model/false-vacancies.ts';
import { trulyFullRatio } from '../../../../services/domain/search-share/model/partly-sensed.ts';
import { seededRandom } from '../../../../services/domain/search-share/model/random.ts';
import {
  meanAgeOfTake,
  survival,
  survivalIntegral,
} from '../../../../services/domain/search-share/model/waiting.ts';
import { zoneStates } from '../../../../services/domain/search-share/model/zone-state.ts';
import { judgeStretch, judgeZone } from '../../../../services/domain/search-share/sufficiency.ts';

test('with every space sensed, seen full is full; with few, it seldom is', () => {
  expect(trulyFullRatio(8, 8, 0.4)).toBe(1);
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 20 }),
      fc.double({ min: 0.02, max: 0.95, noNaN: true }),
      (n, f) => {
        const half = trulyFullRatio(n, n / 2, f);
        const most = trulyFullRatio(n, n - 0.5, f);
        expect(half).toBeGreaterThanOrEqual(0);
        expect(most).toBeLessThanOrEqual(1);
        expect(half).toBeLessThanOrEqual(most + 1e-6);
      },
    ),
  );
});

test('the waiting law with a spread agrees with numerical integration', () => {
  for (const spread of [0, 0.1, 0.3]) {
    const waiting = { hazard: 0.01, spread };
    let sum = 0;
    for (let i = 0; i < 2950; i++) sum += survival(waiting, 5.05 + i * 0.1) * 0.1;
    const [atFrom, atTo] = [survival(waiting, 5), survival(waiting, 300)];
    const span = { from: 5, to: 300, atFrom, atTo };
    const integral = survivalIntegral(waiting, span);
    expect(integral).toBeCloseTo(sum, 3);
    expect(meanAgeOfTake(span, integral)).toBeGreaterThan(5);
    expect(meanAgeOfTake(span, integral)).toBeLessThan(152.5);
  }
});

test('the law of false vacancies is learnt from their ends, age by age', () => {
  const law = createFalseEnds('stepwise');
  const sums = createFalseSums(law);
  // Half of them end between 240 s and 360 s, the others between 360 s and 480 s.
  for (let i = 0; i < 10_000; i++) addFalse(law, sums, 240 + (i % 240), true, 1);
  learnFalseEnds(law, sums);
  const aliveAt = (age: number): number => falseLikelihood(law, age, false);
  expect(aliveAt(0)).toBe(1);
  expect(aliveAt(230)).toBeGreaterThan(0.98);
  expect(aliveAt(360)).toBeCloseTo(0.5, 1);
  expect(aliveAt(480)).toBeLessThan(0.1);
  // The density is the slope of the survival.
  const slope = (aliveAt(300) - aliveAt(301)) / 1;
  expect(falseLikelihood(law, 300.5, true) / slope).toBeCloseTo(1, 3);
});

test('the state of the zone leaves the own stretch out', () => {
  const stateOf = zoneStates(
    [Float32Array.of(1), Float32Array.of(0), Float32Array.of(0)],
    [0, 0, 0],
  );
  expect(stateOf(0)[0]).toBe(0);
  expect(stateOf(1)[0]).toBe(0.5);
});

test('who rejects free spaces keeps searching: the share grows by more than one over the acceptance', () => {
  const passes = { full: 50, takes: 100, all: 1000 };
  expect(cruisingShare(passes, 1)).toBeCloseTo(0.05);
  expect(cruisingShare(passes, 0.5)).toBeGreaterThan(0.1);
  expect(cruisingShare({ full: 0, takes: 0, all: 0 }, 1)).toBe(0);
});

describe('the cross-check', () => {
  /** A circle of four streets, each full with the same probability. */
  const world = (full: number) => ({
    lanes: Array.from({ length: 4 }, (_, i) => ({
      tail: i,
      head: (i + 1) % 4,
      lengthM: 100,
      stretch: i,
    })),
    leaving: Array.from({ length: 4 }, (_, i) => [i]),
    walkM: () => 100,
    fullAt: () => full,
    arrivals: [{ lane: 0, atS: 0 }],
  });

  test('finds the mean excess of a geometric search', () => {
    const days = Array.from({ length: 5 }, () => ({
      world: world(0.5),
      parkings: 100,
      vehicleM: 200_000,
    }));
    // Excess of a geometric search: L·F/(1−F) = 100 m.
    const check = crossCheck(days, 50, seededRandom(1));
    expect(check?.searchShareRatio).toBeGreaterThan(0.045);
    expect(check?.searchShareRatio).toBeLessThan(0.055);
  });

  test('drives nowhere where every street is free, and gives up where none is', () => {
    const one = (full: number) =>
      crossCheck([{ world: world(full), parkings: 1, vehicleM: 1 }], 0, seededRandom(1));
    expect(one(0)?.searchShareRatio).toBe(0);
    expect(one(1)?.gaveUpRatio).toBe(1);
  });

  test('contradicts an estimate far off, or with a disjoint interval', () => {
    const check = {
      searchShareRatio: 0.1,
      interval: [0.09, 0.11] as const,
      gaveUpRatio: 0,
      searches: 1500,
    };
    expect(isContradiction({ searchShareRatio: 0.1, interval: [0.08, 0.12] }, check)).toBe(false);
    expect(isContradiction({ searchShareRatio: 0.05, interval: [0.04, 0.2] }, check)).toBe(true);
    expect(isContradiction({ searchShareRatio: 0.13, interval: [0.12, 0.14] }, check)).toBe(true);
  });
});

describe('sufficiency', () => {
  const zone = {
    searchShareRatio: 0.05,
    interval: [0.04, 0.06] as const,
    passes: 10_000,
    takes: 1000,
    days: 12,
    stretches: 20,
    streetSd: 0.1,
    sensedSpacesRatio: 0.9,
    missedArrivalRatio: 0.04,
    isAcceptanceMeasured: true,
  };

  test('holds when everything holds', () => {
    expect(judgeZone(zone)).toEqual({ sufficiency: 'sufficient', reasons: [] });
  });

  test.each([
    [{ takes: 600 }, 'provisional', 'few-takes'],
    [{ days: 5 }, 'provisional', 'few-days'],
    [{ days: 2 }, 'insufficient', 'few-days'],
    [{ stretches: 9 }, 'insufficient', 'few-stretches'],
    [{ sensedSpacesRatio: 0.4 }, 'provisional', 'few-spaces-sensed'],
    [{ streetSd: 0.2 }, 'provisional', 'few-streets-of-zone'],
    [
      { missedArrivalRatio: 0.1, searchShareRatio: 0.12, days: 25 },
      'insufficient',
      'many-missed-arrivals',
    ],
    [{ passes: 0 }, 'insufficient', 'no-counts'],
  ] as const)('says what is missing: %o', (change, sufficiency, code) => {
    const judgement = judgeZone({ ...zone, ...change });
    expect(judgement.sufficiency).toBe(sufficiency);
    expect(judgement.reasons.map((reason) => reason.code)).toEqual([code]);
    expect(judgement.reasons[0]?.de).not.toBe(judgement.reasons[0]?.en);
  });

  test('one of something is said in the singular', () => {
    const [oneDay] = judgeZone({ ...zone, days: 1 }).reasons;
    expect(oneDay?.de).toMatch(/^Erst 1 Tag mit/);
    expect(oneDay?.en).toMatch(/^Only 1 day with/);
    expect(judgeZone({ ...zone, days: 2 }).reasons[0]?.de).toMatch(/^Erst 2 Tage mit/);
  });

  test('a stretch with many phantoms is not shown', () => {
    const stretch = {
      takes: 200,
      exposure: 2000,
      passes: 4000,
      days: 12,
      interval: [0.04, 0.06] as const,
      phantomRatio: 0.2,
      sensedSpacesRatio: 1,
      vacancyLifeS: 120,
      blindS: 40,
    };
    expect(judgeStretch(stretch).sufficiency).toBe('insufficient');
    expect(judgeStretch({ ...stretch, phantomRatio: 0.1 }).sufficiency).toBe('sufficient');
  });
});
