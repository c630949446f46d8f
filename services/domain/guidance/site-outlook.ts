import type { EpochMs } from '../ids.ts';
import type { ParkingSite } from '../site.ts';
import type { Arrival, SiteChance, SiteForecast } from './forecast/site-forecast.ts';
import type { Needs } from './needs.ts';
import type { Outlook } from './ranking.ts';

/**
 * The outlook for one driver: his audience and his arrival. Somebody with a disabled badge finds a
 * space among those kept for him or among anybody's; who must charge finds it at a charger only.
 */
export function createSiteOutlook(
  sites: readonly ParkingSite[],
  forecast: Pick<SiteForecast, 'chance' | 'expected'>,
  request: { readonly needs: Needs; readonly arrivalMs: EpochMs | null },
  nowMs: EpochMs,
  ageS: number,
): Outlook {
  const { arrivalMs, needs } = request;
  const untilS = arrivalMs === null ? 0 : (arrivalMs - nowMs) / 1_000;
  const arrival = (driveS: number, sentCars: number): Arrival => ({
    horizonS: Math.max(driveS, untilS) + ageS,
    sentCars,
  });
  /** What a place's chance rests on does not change within one answer. */
  const bases: SiteChance['basis'][] = [];
  const find = (place: number, driveS: number, sentCars: number): SiteChance | null => {
    const id = sites[place]?.id;
    if (id === undefined) return null;
    const { audience } = needs;
    const own = audience && forecast.chance(id, audience, arrival(driveS, 0));
    if (audience === 'charging') return own;
    const general = forecast.chance(id, null, arrival(driveS, sentCars));
    if (own === null || general === null) return own ?? general;
    const neither = (1 - own.chanceRatio) * (1 - general.chanceRatio);
    return { chanceRatio: 1 - neither, basis: general.basis };
  };
  return {
    chance(place, driveS, sentCars) {
      const found = find(place, driveS, sentCars);
      if (found !== null) bases[place] = found.basis;
      return found?.chanceRatio ?? 0;
    },
    isWatched: (place) => (bases[place] ?? find(place, 0, 0)?.basis) === 'kerb',
    vacantSpaces(place, driveS) {
      const id = sites[place]?.id;
      const expected = id === undefined ? null : forecast.expected(id, arrival(driveS, 0));
      return expected?.vacantSpaces ?? null;
    },
  };
}
