import type { EpochMs, StretchId } from '../ids.ts';
import type { Vacancy } from './model/observed.ts';
import { vacancyEnd } from './model/vacancy-end.ts';

/** A guidance session that ended with its driver arriving at the stretch it was sent to. */
export interface GuidedArrival {
  readonly stretchId: StretchId;
  readonly atMs: EpochMs;
}

/** A take this close to a guided arrival is taken for it (estimators.md 2.5). */
const withinS = 120;

/**
 * Marks the take nearest to each guided arrival. A matched take ends its vacancy and is no take of the
 * searching traffic; without this, guidance that works would look like searching.
 */
export function matchGuided(
  vacancies: readonly Vacancy[],
  arrivalsS: readonly number[],
): readonly Vacancy[] {
  if (arrivalsS.length === 0) return vacancies;
  const marked = [...vacancies];
  for (const arrivalS of [...arrivalsS].sort((a, b) => a - b)) {
    let nearest = -1;
    let distance = withinS;
    marked.forEach(({ end, toS }, i) => {
      if (end !== vacancyEnd.taken || Math.abs(toS - arrivalS) > distance) return;
      nearest = i;
      distance = Math.abs(toS - arrivalS);
    });
    const take = marked[nearest];
    if (take !== undefined) marked[nearest] = { ...take, end: vacancyEnd.guided };
  }
  return marked;
}
