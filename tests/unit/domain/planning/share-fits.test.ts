import { expect, test } from 'vitest';
import { createShareDays } from '../../../../services/domain/planning/share-days.ts';
import { createShareFits } from '../../../../services/domain/planning/share-fits.ts';
import {
  answerShare,
  type ShareDay,
  type ShareQuestion,
} from '../../../../services/domain/planning/share-question.ts';
import type { Vacancy } from '../../../../services/domain/search-share/model/observed.ts';
import { exponential, randomFrom, uniform } from '../../../../simulators/random.ts';
import { plainSensors } from '../../../support/plain-sensors.ts';

const dayMs = 86_400_000;
const spaces = 4;
const stretches = Array.from({ length: 12 }, (_, street) => ({
  id: `s${street}`,
  lengthM: 100,
  roadClass: 'residential',
  numberOfSpaces: spaces,
}));

/** Spaces that wait longer for a taker the quieter their street and the day; some linger as phantoms. */
function dayOf(day: number): ShareDay {
  const random = randomFrom('share-fits', day);
  const busy = 0.8 + 0.4 * uniform(random);
  const seen = stretches.map(({ id }, street) => {
    const vacancies: Vacancy[] = [];
    for (let space = 0; space < spaces; space++)
      for (let atS = 3600 * uniform(random); atS < 86_400;) {
        const phantomS = uniform(random) < 0.05 ? 3600 * uniform(random) : 0;
        const toS = atS + 25 + exponential(random, (100 + 60 * street) / busy) + phantomS;
        if (toS < 86_400) vacancies.push({ fromS: atS, toS, end: 1 });
        atS = toS + 600 + exponential(random, 3600);
      }
    return [id, { sensedSpaces: spaces, vacancies }] as const;
  });
  const counts = stretches.map(
    ({ id }) => [id, [{ fromS: 0, toS: 86_400, vehicles: 3000 }]] as const,
  );
  const [fromMs, guidedKm] = [day * dayMs, new Map<string, number>()];
  return { fromMs, stretches: new Map(seen), counts: new Map(counts), guidedKm };
}

const question = (first: number, length: number): ShareQuestion => ({
  days: Array.from({ length }, (_, day) => (first + day) * dayMs),
  timeZone: 'UTC',
  stretches,
  counted: stretches,
  streetsOfZone: 12,
  sensors: plainSensors,
  bootstraps: 20,
  acceptance: null,
});

/** A busy machine takes its time over a dozen fits. */
const timeout = 120_000;

/** Days that count how often they were looked at. */
function watchedDays() {
  const days = createShareDays();
  const looks: number[] = [];
  return {
    add: (day: number) => days.add(dayOf(day)),
    looks,
    get(fromMs: number): ShareDay | undefined {
      const day = days.get(fromMs);
      if (day === undefined) return undefined;
      return {
        fromMs,
        counts: day.counts,
        guidedKm: day.guidedKm,
        get stretches() {
          looks.push(fromMs / dayMs);
          return day.stretches;
        },
      };
    },
  };
}

test(
  'a fit that is carried on day by day looks at the new day only, and says what a new fit says',
  { timeout },
  () => {
    const days = watchedDays();
    const fits = createShareFits();
    for (let day = 0; day < 12; day++) days.add(day);
    answerShare(question(0, 8), days.get, fits);
    days.looks.length = 0;
    for (let first = 1; first <= 4; first++) {
      const carriedOn = answerShare(question(first, 8), days.get, fits);
      expect(days.looks).toEqual([first + 7]);
      const anew = answerShare(question(first, 8), days.get);
      days.looks.length = 0;
      expect(Math.abs(carriedOn.searchShareRatio / anew.searchShareRatio - 1)).toBeLessThan(0.02);
      expect(Math.abs(carriedOn.missedArrivalRatio / anew.missedArrivalRatio - 1)).toBeLessThan(
        0.1,
      );
      expect(carriedOn.passes).toBe(anew.passes);
      expect(carriedOn.days).toBe(8);
    }
  },
);

test('an acceptance that was counted in a simulated town says so', { timeout }, () => {
  const days = watchedDays();
  days.add(0);
  const codes = (source: 'observed' | 'simulated'): string[] => {
    const acceptance = { ratio: 0.66, passes: 400, source };
    const asked = { ...question(0, 1), acceptance };
    return answerShare(asked, days.get).reasons.map(({ code }) => code);
  };
  expect(codes('simulated')).toContain('acceptance-simulated');
  expect(codes('observed')).not.toContain('acceptance-simulated');
});

test('a shorter period within known days looks at none again', { timeout }, () => {
  const days = watchedDays();
  const fits = createShareFits();
  for (let day = 0; day < 8; day++) days.add(day);
  answerShare(question(0, 8), days.get, fits);
  days.looks.length = 0;
  const week = answerShare(question(3, 5), days.get, fits);
  expect(days.looks).toEqual([]);
  const anew = answerShare(question(3, 5), days.get).searchShareRatio;
  expect(Math.abs(week.searchShareRatio / anew - 1)).toBeLessThan(0.05);
});

test(
  'other days than those known are fitted anew, and what was dropped is no longer known',
  { timeout },
  () => {
    const days = watchedDays();
    const fits = createShareFits();
    for (let day = 0; day < 10; day++) days.add(day);
    const first = answerShare(question(0, 5), days.get, fits);
    expect(answerShare(question(5, 5), days.get, fits)).toEqual(
      answerShare(question(5, 5), days.get),
    );
    fits.drop(Infinity);
    expect(answerShare(question(0, 5), days.get, fits)).toEqual(first);
  },
);
