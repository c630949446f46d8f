import { expect, test } from 'vitest';
import {
  createExposure,
  evenPressure,
} from '../../../../services/domain/search-share/model/exposure.ts';
import { createFalseEnds } from '../../../../services/domain/search-share/model/false-vacancies.ts';
import {
  createPosterior,
  createSums,
  initialParameters,
} from '../../../../services/domain/search-share/model/mixture-state.ts';
import { improve, weighVacancies } from '../../../../services/domain/search-share/model/mixture.ts';
import type { Vacancy } from '../../../../services/domain/search-share/model/observed.ts';
import { vacancyEnd } from '../../../../services/domain/search-share/model/vacancy-end.ts';
import { tabulateVacancies } from '../../../../services/domain/search-share/model/vacancies.ts';

const apartS = 20_000;
const sensors = {
  debounceS: 20,
  freeLatencyS: 15,
  occupiedLatencyS: 15,
  heartbeatS: 3600,
  lostUplinkRatio: 0,
  undercountRatio: 0,
  missedArrivalRatio: 0,
};

const numberOfOpenings = 1500;

/** Openings of one kerb, one after the other: one in ten is false and lasts one to ten minutes. */
const openings = (meanWaitS: number): Vacancy[] =>
  Array.from({ length: numberOfOpenings }, (_, i) => {
    const part = (i + 0.5) / numberOfOpenings;
    const lifeS = i % 10 === 0 ? 60 + 540 * part : -meanWaitS * Math.log(part);
    const fromS = apartS * (i + 1);
    return { fromS, toS: fromS + lifeS, end: vacancyEnd.taken };
  });

test('as many vacancies are found false where searchers are many as where they are few', () => {
  const groups = [20, 60, 1200].map((meanWaitS, stretch) => {
    const vacancies = openings(meanWaitS);
    return { stretch, day: 0, sensedSpaces: 1, vacancies, counts: [] };
  });
  const segments = [[{ fromS: 0, toS: apartS * (numberOfOpenings + 2), stratum: 0 }]];
  const table = tabulateVacancies(groups, segments, 1, sensors);
  const { exposure, update } = createExposure(table, groups.length);
  const posterior = createPosterior(table.size);
  update(posterior.presence, evenPressure);
  const law = { spread: 0, priorTakes: 0.1, blindTakes: 1 } as const;
  const parameters = initialParameters(table, exposure, 3, law, createFalseEnds('stepwise'));
  for (let i = 0; i < 80; i++) {
    const sums = createSums(parameters);
    weighVacancies(table, exposure, sensors, parameters, posterior, sums);
    improve(parameters, sums, sensors.missedArrivalRatio);
  }
  expect(parameters.falseFreeRatio).toBeGreaterThan(0.08);
  expect(parameters.falseFreeRatio).toBeLessThan(0.12);
  groups.forEach((_, g) => {
    let found = 0;
    for (let row = table.groupStart[g] ?? 0; row < (table.groupStart[g + 1] ?? 0); row++)
      if (table.age[row] !== 0) found += 1 - (posterior.real[row] ?? 0);
    expect(found / (0.1 * numberOfOpenings)).toBeGreaterThan(0.85);
    expect(found / (0.1 * numberOfOpenings)).toBeLessThan(1.15);
  });
});
