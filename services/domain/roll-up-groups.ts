import type { SiteId, SpaceId, StretchId } from './ids.ts';
import { countableSpaces } from './privacy.ts';
import type { RollUp } from './roll-up.ts';
import type { Inventory, ParkingSite, ParkingSpace } from './site.ts';

/** What a roll-up sums over. */
export interface RollUpGroup {
  readonly scope: RollUp['scope'];
  readonly id: string;
  readonly numberOfSpaces: number;
  readonly spaceIds: readonly SpaceId[];
  /** Stretches and gates whose vehicles are counted here. */
  readonly stretchIds: readonly StretchId[];
  readonly gateSiteIds: readonly SiteId[];
}

/** Each space by itself. */
export const spaceGroups = (inventory: Inventory): readonly RollUpGroup[] =>
  inventory.spaces.map(({ id }) => ({
    scope: 'space',
    id,
    numberOfSpaces: 1,
    spaceIds: [id],
    stretchIds: [],
    gateSiteIds: [],
  }));

/**
 * Sites that are the whole of their stretch, as nearly every kerb is: whatever is said of the spaces of one
 * is said of the other. A site with counters at its entries is more than that.
 */
export function wholeStretches(inventory: Inventory): ReadonlyMap<SiteId, StretchId> {
  const sitesOn = Map.groupBy(inventory.sites, ({ stretchId }) => stretchId);
  const gated = new Set(
    inventory.installations.flatMap(({ target }) =>
      target.kind === 'site-gate' ? [target.siteId] : [],
    ),
  );
  return new Map(
    inventory.stretches.flatMap(({ id, numberOfSpaces }) => {
      const [site, ...others] = sitesOn.get(id) ?? [];
      const isWhole =
        site?.numberOfSpaces === numberOfSpaces && others.length === 0 && !gated.has(site.id);
      return isWhole ? [[site.id, id] as const] : [];
    }),
  );
}

/**
 * Sites, stretches, zones and municipalities with what lies in them. Vehicles of a zone and of a
 * municipality are those of its stretches; cars through a site's gates are counted at the site alone,
 * since most of them were counted on a street before. Roll-ups of places are published, so they are
 * made of countable spaces only; those of a larger place are the sum of its sites, or what a site keeps
 * to itself could be told by subtraction.
 */
export function placeGroups(inventory: Inventory): readonly RollUpGroup[] {
  const watched = new Set(
    inventory.installations.flatMap(({ target }) =>
      target.kind === 'space' ? [target.spaceId] : [],
    ),
  );
  // A hidden group is as large as its watched part: what nobody watches hides nobody.
  const isKnown = ({ id, visibility }: ParkingSpace): boolean =>
    visibility === 'public' || watched.has(id);
  const spacesOf = new Map(
    [...Map.groupBy(inventory.spaces, ({ siteId }) => siteId)].map(
      ([siteId, spaces]) => [siteId, countableSpaces(spaces, isKnown).spaces] as const,
    ),
  );
  const municipalityOf = new Map(inventory.zones.map((zone) => [zone.id, zone.municipalityId]));
  const group = (
    scope: RollUp['scope'],
    id: string,
    sites: readonly ParkingSite[],
    stretchIds: readonly StretchId[],
    numberOfSpaces = sites.reduce((sum, site) => sum + site.numberOfSpaces, 0),
  ): RollUpGroup => ({
    scope,
    id,
    numberOfSpaces,
    spaceIds: sites.flatMap((site) => (spacesOf.get(site.id) ?? []).map((space) => space.id)),
    stretchIds,
    gateSiteIds: scope === 'site' ? sites.map((site) => site.id) : [],
  });
  const { sites, stretches, zones, municipalities } = inventory;
  return [
    ...sites.map((site) => group('site', site.id, [site], [])),
    ...stretches.map((stretch) =>
      group(
        'stretch',
        stretch.id,
        sites.filter((site) => site.stretchId === stretch.id),
        [stretch.id],
        stretch.numberOfSpaces,
      ),
    ),
    ...zones.map((zone) =>
      group(
        'zone',
        zone.id,
        sites.filter((site) => site.zoneId === zone.id),
        stretches.filter((stretch) => stretch.zoneId === zone.id).map(({ id }) => id),
      ),
    ),
    ...municipalities.map((municipality) =>
      group(
        'municipality',
        municipality.id,
        sites.filter((site) => site.municipalityId === municipality.id),
        stretches
          .filter(({ zoneId }) => zoneId !== null && municipalityOf.get(zoneId) === municipality.id)
          .map(({ id }) => id),
      ),
    ),
  ];
}
