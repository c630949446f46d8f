import { derived } from './derived.ts';
import type { SiteId, SpaceId } from './ids.ts';
import { siteNowFromSpaces } from './presence.ts';
import type { Present, SitePresent, SpacePresent } from './present.ts';
import type { Inventory, ParkingSite, ParkingSpace } from './site.ts';

/** A count over fewer spaces than this says too much about who parks there. */
export const smallestGroup = 5;

/** Spaces of one site that may be counted together, and whether some had to stay out. */
export interface Countable {
  readonly spaces: readonly ParkingSpace[];
  readonly isWithheld: boolean;
}

/**
 * Which spaces of a site its numbers may be made of: the public ones, which are published one by one
 * anyway, and of the others those that stay a group of five also after everything else that is
 * published was subtracted. Kept spaces are a group an audience; those of small groups are one more
 * group together, which counts for anybody (`audience` null) so that no part of it stands alone.
 * `isKnown` says whose status is known now: a group is as large as its known part.
 */
export function countableSpaces(
  spaces: readonly ParkingSpace[],
  isKnown: (space: ParkingSpace) => boolean = () => true,
): Countable {
  const knownOnes = spaces.filter(isKnown);
  const shown = knownOnes.filter((space) => space.visibility === 'public');
  const hidden = knownOnes.filter((space) => space.visibility === 'aggregate');
  const rest: ParkingSpace[] = [];
  for (const [audience, group] of Map.groupBy(hidden, (space) => space.audience)) {
    if (audience !== null && group.length >= smallestGroup) shown.push(...group);
    else rest.push(...group);
  }
  const isWithheld = rest.length > 0 && rest.length < smallestGroup;
  if (!isWithheld) shown.push(...rest.map((space) => ({ ...space, audience: null })));
  return { spaces: shown, isWithheld };
}

declare const published: unique symbol;
/** What may leave the house: the only kind of inventory and present that publishers take. */
export type PublicInventory = Inventory & { readonly [published]: 'inventory' };
export type PublicPresent = Present & { readonly [published]: 'present' };

const isPublic = (space: ParkingSpace): boolean => space.visibility === 'public';

/** The inventory without its hidden spaces, and without the devices. */
export const toPublicInventory = (inventory: Inventory): PublicInventory =>
  ({
    ...inventory,
    spaces: inventory.spaces.filter(isPublic),
    installations: [],
  }) as unknown as PublicInventory;

type SiteNumbers = Omit<SitePresent, 'version'>;

const isSame = (a: SiteNumbers, b: SiteNumbers): boolean =>
  a.numberOfKnownSpaces === b.numberOfKnownSpaces &&
  a.numberOfVacantSpaces === b.numberOfVacantSpaces &&
  a.lastSeenMs === b.lastSeenMs &&
  a.lastChangedMs === b.lastChangedMs &&
  a.freshness === b.freshness &&
  a.chanceRatio === b.chanceRatio &&
  a.withheld === b.withheld &&
  JSON.stringify(a.vacantFor) === JSON.stringify(b.vacantFor);

/**
 * The present as everybody may see it, the one gate before all publishers: hidden spaces are not there,
 * and a site with hidden spaces is counted again from the countable ones. Its times and its version move
 * only with them too, or the moment of a change would give away what the numbers keep.
 */
export function toPublicPresent(inventory: Inventory, present: Present): PublicPresent {
  const publicSpaces = new Set<SpaceId>();
  const spacesOf = Map.groupBy(inventory.spaces, (space) => space.siteId);
  const guarded = new Map<SiteId, (now: SitePresent) => SitePresent>();
  for (const space of inventory.spaces) if (isPublic(space)) publicSpaces.add(space.id);
  for (const site of inventory.sites) {
    const spaces = spacesOf.get(site.id) ?? [];
    if (site.counting === 'spaces' && !spaces.every(isPublic)) {
      guarded.set(site.id, guardSite(site, spaces, present));
    }
  }
  const withGuard = (now: SitePresent): SitePresent => guarded.get(now.siteId)?.(now) ?? now;

  const view: Present = {
    get epoch() {
      return present.epoch;
    },
    version: () => present.version(),
    space: (id) => (publicSpaces.has(id) ? present.space(id) : undefined),
    site(id) {
      const now = present.site(id);
      return now && withGuard(now);
    },
    *spaces() {
      for (const now of present.spaces()) if (publicSpaces.has(now.spaceId)) yield now;
    },
    *sites() {
      for (const now of present.sites()) yield withGuard(now);
    },
  };
  return view as unknown as PublicPresent;
}

/** `toPublicPresent` of an inventory that may be replaced. */
export function followPublicPresent(inventory: () => Inventory, present: Present): PublicPresent {
  const current = derived(inventory, (now) => toPublicPresent(now, present));
  const view: Present = {
    get epoch() {
      return present.epoch;
    },
    version: () => present.version(),
    space: (id) => current().space(id),
    site: (id) => current().site(id),
    spaces: () => current().spaces(),
    sites: () => current().sites(),
  };
  return view as unknown as PublicPresent;
}

/** Counts a site from its countable spaces; the answer stays the same object until one of them changes. */
function guardSite(
  site: ParkingSite,
  spaces: readonly ParkingSpace[],
  present: Present,
): (now: SitePresent) => SitePresent {
  let seenVersion: number | undefined;
  let told: SitePresent | undefined;
  return (now) => {
    if (told && seenVersion === now.version) return told;
    seenVersion = now.version;
    const numbers = countedFrom(site, spaces, present, now);
    if (!told || !isSame(told, numbers)) told = { ...numbers, version: now.version };
    return told;
  };
}

function countedFrom(
  site: ParkingSite,
  spaces: readonly ParkingSpace[],
  present: Present,
  now: SitePresent,
): SiteNumbers {
  const nowOf = (space: ParkingSpace): SpacePresent | undefined => present.space(space.id);
  const isKnown = (space: ParkingSpace): boolean =>
    (nowOf(space)?.status ?? 'unknown') !== 'unknown';
  const { spaces: countable, isWithheld } = countableSpaces(spaces, isKnown);
  // A public space that fell silent counts for nothing, but its last news are the site's news.
  const silent = spaces.filter((space) => isPublic(space) && !isKnown(space));
  const counted = siteNowFromSpaces(
    site,
    [...countable, ...silent].flatMap((space) => {
      const spaceNow = nowOf(space);
      return spaceNow ? [{ space, now: spaceNow }] : [];
    }),
  );
  // The chance speaks of spaces for anybody: it is told unless such spaces may have to stay out.
  const isChanceTold = spaces.every((space) => isPublic(space) || space.audience !== null);
  return {
    ...counted,
    chanceRatio: isChanceTold ? now.chanceRatio : null,
    ...(isWithheld ? { withheld: 'small-group' as const } : {}),
  };
}
