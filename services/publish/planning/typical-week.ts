import type { TypicalWeek } from '../../contract/metrics.ts';
import type { PlanningDeps } from './deps.ts';
import { makeProfile } from './figures.ts';

const hoursOf = 24;

/**
 * `GET /api/v1/sites/{id}/typical-week`: what everybody may know of a site's usual days, from the same
 * roll-ups and under the same rules as the history files. Throws `not-found` for a site that is none.
 */
export async function makeTypicalWeek(siteId: string, deps: PlanningDeps): Promise<TypicalWeek> {
  const { publishedAt, licence, timeZone, from, to, cells } = await makeProfile(
    { scope: 'site', id: siteId },
    deps,
  );
  const days = Array.from({ length: 7 }, (_, day) => {
    const own = cells.slice(day * hoursOf, (day + 1) * hoursOf);
    return {
      weekday: day + 1,
      weeks: Math.max(...own.map(({ weeks }) => weeks)),
      occupancyRatios: own.map(({ occupancyRatio }) => occupancyRatio),
    };
  });
  return { siteId, publishedAt, licence, timeZone, from, to, days };
}
