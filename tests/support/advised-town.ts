import { createAdvisor, type AdviceRequest } from '../../services/domain/guidance/advise.ts';
import { createCommitments } from '../../services/domain/guidance/commitments.ts';
import { createSiteForecast } from '../../services/domain/guidance/forecast/site-forecast.ts';
import { createWeekClock } from '../../services/domain/guidance/forecast/week-profile.ts';
import { noNeeds, type Needs } from '../../services/domain/guidance/needs.ts';
import { toSiteId, toSpaceId, toStretchId } from '../../services/domain/ids.ts';
import type { Status } from '../../services/domain/observation.ts';
import type { Inventory, ParkingSite } from '../../services/domain/site.ts';
import { kerb, kerbTown } from './towns.ts';

export const nowMs = Date.UTC(2026, 3, 1, 10);
export const garage = toSiteId('garage');
export const at = (i: number) => ({ lat: 49.4 + i * 0.001, lon: 8.69 });
export const siteId = (i: number) => toSiteId(`site-${i}`);

/** Kerbs 110 m apart going north, a garage at the fifth; the streets between them if asked. */
export function townWith(
  ways: 'streets' | 'no streets',
  change: (site: ParkingSite) => Partial<ParkingSite> = () => ({}),
): Inventory {
  const town = kerbTown({ sites: 8, spacesPerSite: 4 });
  const large = { kind: 'car-park', counting: 'balance', numberOfSpaces: 200 } as const;
  const sites = [...town.sites, kerb('garage', { ...large, location: at(5) })];
  const stretches = Array.from({ length: 8 }, (_, i) => ({
    id: toStretchId(`s${i}`),
    zoneId: null,
    name: `s${i}`,
    lengthM: 111,
    points: [at(i - 0.5), at(i + 0.5)],
    oneway: null,
    roadClass: 'residential',
    fromNode: `n${i}`,
    toNode: `n${i + 1}`,
    numberOfSpaces: 4,
    maxSpeedKmh: 30,
  }));
  return {
    ...town,
    sites: sites.map((site) => ({ ...site, ...change(site) })),
    stretches: ways === 'streets' ? stretches : [],
  };
}

/** An advisor on a town whose kerbs show these vacant spaces, and whose garage shows 80. */
export function advisorOn(
  inventory: Inventory,
  vacant: (site: number) => number | null,
  options: { readonly garage?: number | null; readonly ageS?: number | null } = {},
) {
  const forecast = createSiteForecast(inventory, createWeekClock('UTC'));
  for (let site = 0; site < 8; site += 1)
    for (let n = 0; n < 4; n += 1) {
      const free = vacant(site);
      const status: Status = free === null ? 'unknown' : n < free ? 'vacant' : 'occupied';
      forecast.seeSpace(toSpaceId(`space-${site}-${n}`), status);
    }
  const left = options.garage === undefined ? 80 : options.garage;
  forecast.seeCount(garage, nowMs, left === null ? null : { known: 200, vacant: left });
  forecast.advance(3_600);
  forecast.refresh();
  const commitments = createCommitments();
  const advisor = createAdvisor({
    inventory,
    forecast,
    commitments,
    ageS: () => (options.ageS === undefined ? 30 : options.ageS),
    random: () => 0,
  });
  const ask = (more: Partial<AdviceRequest> = {}, needs: Partial<Needs> = {}) =>
    advisor.advise(
      {
        destination: at(2),
        from: at(0),
        arrivalMs: null,
        needs: { ...noNeeds, ...needs },
        ...more,
      },
      { driver: 'me', target: null, hasFailed: false, avoid: new Set() },
      nowMs,
    );
  return { advisor, commitments, forecast, ask };
}
