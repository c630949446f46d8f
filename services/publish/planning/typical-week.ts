import type { TypicalWeek } from '../../contract/metrics.ts';
import { AppError } from '../../domain/errors.ts';
import type { PlanningDeps } from './deps.ts';
import { makeProfile } from './figures.ts';

const hoursADay = 24;

/**
 * `GET /api/v1/sites/{id}/typical-week`: what everybody may know of a site's usual days, from the same
 * roll-ups and under the same rules as the history files. Throws `site-not-found` for a site that is none.
 */
export async function makeTypicalWeek(siteId: string, deps: PlanningDeps): Promise<TypicalWeek> {
  // A profile takes a list of ids.
  if (!deps.inventory().sites.some(({ id }) => id === siteId))
    throw new AppError('site-not-found', `no site '${siteId}'`);
  const { publishedAt, licence, timeZone, from, to, cells } = await makeProfile(
    { scope: 'site', id: siteId },
    deps,
  );
  const days = Array.from({ length: 7 }, (_, day) => {
    const own = cells.slice(day * hoursADay, (day + 1) * hoursADay);
    return {
      weekday: day + 1,
      weeks: Math.max(...own.map(({ weeks }) => weeks)),
      occupancyRatios: own.map(({ occupancyRatio }) => occupancyRatio),
    };
  });
  return { siteId, publishedAt, licence, timeZone, from, to, days };
}
