import { derived } from '../domain/derived.ts';
import type { MunicipalityId, SiteId, SpaceId, ZoneId } from '../domain/ids.ts';
import type { Inventory, Municipality, ParkingSite, ParkingSpace, Zone } from '../domain/site.ts';

/** The inventory as readers ask for it; lists are ordered by id, which is what page cursors rely on. */
export interface InventoryIndex {
  readonly inventory: Inventory;
  readonly sites: readonly ParkingSite[];
  readonly spaces: readonly ParkingSpace[];
  readonly site: ReadonlyMap<SiteId, ParkingSite>;
  readonly space: ReadonlyMap<SpaceId, ParkingSpace>;
  readonly zone: ReadonlyMap<ZoneId, Zone>;
  readonly municipality: ReadonlyMap<MunicipalityId, Municipality>;
  spacesOf(siteId: SiteId): readonly ParkingSpace[];
  sitesOf(zoneId: ZoneId): readonly ParkingSite[];
}

const byId = <Item extends { readonly id: string }>(a: Item, b: Item): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

const keyed = <Id extends string, Item extends { readonly id: Id }>(
  items: readonly Item[],
): ReadonlyMap<Id, Item> => new Map(items.map((item) => [item.id, item]));

export function indexInventory(inventory: Inventory): InventoryIndex {
  const sites = inventory.sites.toSorted(byId);
  const spaces = inventory.spaces.toSorted(byId);
  const spacesOf = Map.groupBy(spaces, (space) => space.siteId);
  const sitesOf = Map.groupBy(sites, (site) => site.zoneId);
  return {
    inventory,
    sites,
    spaces,
    site: keyed(sites),
    space: keyed(spaces),
    zone: keyed(inventory.zones),
    municipality: keyed(inventory.municipalities),
    spacesOf: (siteId) => spacesOf.get(siteId) ?? [],
    sitesOf: (zoneId) => sitesOf.get(zoneId) ?? [],
  };
}

/** Indexes again only when the inventory is another object. */
export const createInventoryIndex = (inventory: () => Inventory): (() => InventoryIndex) =>
  derived(inventory, indexInventory);
