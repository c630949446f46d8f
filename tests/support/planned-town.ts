import { devEui } from './builders.ts';
import { kerb, kerbTown } from './towns.ts';
import { toSpaceId, toStretchId, toZoneId } from '../../services/domain/ids.ts';
import type { Inventory, Stretch } from '../../services/domain/site.ts';

const zoneId = toZoneId('zone');

/** The street along a kerb, the `at`-th of a row of them. */
export const streetAt = (
  { location, numberOfSpaces }: Inventory['sites'][number],
  at: number,
  zoneOf: Stretch['zoneId'],
): Stretch => ({
  id: toStretchId(`street-${at}`),
  zoneId: zoneOf,
  name: `Street ${at}`,
  lengthM: 100,
  points: [location, location],
  oneway: null,
  roadClass: 'residential',
  fromNode: `${at}`,
  toNode: `${at + 1}`,
  numberOfSpaces,
  maxSpeedKmh: 30,
});

/** Two streets with a kerb of six spaces each, the first one counted, and a kerb of three spaces. */
export function plannedTown(): Inventory {
  const town = kerbTown({ sites: 2, spacesPerSite: 6 });
  const stretches = town.sites.map((site, at) => streetAt(site, at, zoneId));
  const small = kerb('small', { numberOfSpaces: 3 });
  const smallSpaces = [0, 1, 2].map((n) => ({
    id: toSpaceId(`small-${n}`),
    siteId: small.id,
    location: small.location,
    headingDeg: null,
    audience: null,
    visibility: 'public' as const,
  }));
  return {
    ...town,
    sites: [
      ...town.sites.map((site, at) => ({ ...site, stretchId: toStretchId(`street-${at}`) })),
      small,
    ],
    spaces: [...town.spaces, ...smallSpaces],
    stretches,
    installations: [
      ...town.installations,
      ...smallSpaces.map(({ id }, n) => ({
        devEui: devEui(50 + n),
        model: 'bosch-tps110',
        target: { kind: 'space' as const, spaceId: id },
        fromMs: 0,
        untilMs: null,
        occupiedBelowM: null,
      })),
      {
        devEui: devEui(99),
        model: 'pmx-tcr',
        target: { kind: 'stretch', stretchId: toStretchId('street-0') },
        fromMs: 0,
        untilMs: null,
        occupiedBelowM: null,
      },
    ],
  };
}
