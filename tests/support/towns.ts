import { toMunicipalityId, toSiteId, toSpaceId, toZoneId } from '../../services/domain/ids.ts';
import type { Inventory, ParkingSite } from '../../services/domain/site.ts';
import { devEui } from './builders.ts';

/** A kerb site whose every field is known to be nothing special. */
export const kerb = (id: string, more: Partial<ParkingSite> = {}): ParkingSite => ({
  id: toSiteId(id),
  municipalityId: toMunicipalityId('town'),
  zoneId: toZoneId('zone'),
  stretchId: null,
  name: id,
  kind: 'on-street',
  counting: 'spaces',
  location: { lat: 49.4, lon: 8.69 },
  shape: { kind: 'point', at: { lat: 49.4, lon: 8.69 } },
  numberOfSpaces: 3,
  numberOfSpacesFor: {},
  address: null,
  operator: null,
  openingHours: null,
  hasFee: null,
  feeText: null,
  feeEurPerHour: null,
  maxStayMin: null,
  maxHeightM: null,
  parkAndRide: null,
  description: null,
  url: null,
  isClosed: false,
  ...more,
});

/** Kerbs `site-0`, `site-1`, … about 110 m apart going north, with spaces `space-<site>-<n>` and a Bosch sensor each. */
export function kerbTown(size: {
  readonly sites: number;
  readonly spacesPerSite: number;
}): Inventory {
  const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const sites = numbers(size.sites).map((i) => {
    const location = { lat: 49.4 + i * 0.001, lon: 8.69 };
    return kerb(`site-${i}`, {
      location,
      shape: { kind: 'point', at: location },
      numberOfSpaces: size.spacesPerSite,
    });
  });
  const spaces = sites.flatMap((site, i) =>
    numbers(size.spacesPerSite).map((n) => ({
      id: toSpaceId(`space-${i}-${n}`),
      siteId: site.id,
      location: site.location,
      headingDeg: null,
      audience: null,
      visibility: 'public' as const,
    })),
  );
  return {
    municipalities: [
      {
        id: toMunicipalityId('town'),
        name: 'Town',
        officialKey: null,
        centre: { lat: 49.4, lon: 8.69 },
      },
    ],
    zones: [
      { id: toZoneId('zone'), municipalityId: toMunicipalityId('town'), name: 'Zone', outline: [] },
    ],
    sites,
    spaces,
    stretches: [],
    installations: spaces.map((space, n) => ({
      devEui: devEui(n + 1),
      model: 'bosch-tps110',
      target: { kind: 'space', spaceId: space.id },
      fromMs: 0,
      untilMs: null,
      occupiedBelowM: null,
    })),
  };
}
