import type { Present } from './present.ts';
import type { Inventory, ParkingSpace } from './site.ts';

/** A count over fewer spaces than this says too much about who parks there. */
export const smallestGroup = 5;

/** Spaces of one site that may be counted together, and whether some had to stay out. */
export interface Countable {
  readonly spaces: readonly ParkingSpace[];
  readonly isWithheld: boolean;
}

/**
 * The hidden spaces of a site in the groups they are counted in: one an audience where there are enough,
 * and one of all the others, which counts for anybody (`audience` null) so that no part of it stands alone.
 * Groups follow from the inventory alone: were they made of those known now, a sensor that falls silent
 * would move its group into the others, and the sums before and after would tell the others' part.
 */
export function hiddenGroups(
  spaces: readonly ParkingSpace[],
): readonly (readonly ParkingSpace[])[] {
  const hidden = spaces.filter((space) => space.visibility === 'aggregate');
  const large: (readonly ParkingSpace[])[] = [];
  const rest: ParkingSpace[] = [];
  for (const [audience, group] of Map.groupBy(hidden, (space) => space.audience)) {
    if (audience !== null && group.length >= smallestGroup) large.push(group);
    else rest.push(...group.map((space) => ({ ...space, audience: null })));
  }
  return rest.length > 0 ? [...large, rest] : large;
}

/**
 * Which spaces of a site its numbers may be made of: the public ones, which are published one by one
 * anyway, and of the others those that stay a group of five also after everything else that is
 * published was subtracted. `isKnown` says whose status is known: a group is as large as its known part.
 */
export function countableSpaces(
  spaces: readonly ParkingSpace[],
  isKnown: (space: ParkingSpace) => boolean = () => true,
): Countable {
  const countable = spaces.filter((space) => space.visibility === 'public' && isKnown(space));
  let isWithheld = false;
  for (const group of hiddenGroups(spaces)) {
    const known = group.filter(isKnown);
    if (known.length >= smallestGroup) countable.push(...known);
    else isWithheld = true;
  }
  return { spaces: countable, isWithheld };
}

/**
 * Whether figures that move with every uplink may be told to everybody: what public spaces heard can be
 * subtracted, and the rest must not be the uplinks of a few hidden spaces.
 */
export function mayCountUplinks({ spaces, installations }: Inventory): boolean {
  const hidden = new Set(spaces.filter((space) => !isPublic(space)).map(({ id }) => id));
  const watched = new Set(
    installations.flatMap(({ target }) =>
      target.kind === 'space' && hidden.has(target.spaceId) ? [target.spaceId] : [],
    ),
  );
  return watched.size === 0 || watched.size >= smallestGroup;
}

declare const published: unique symbol;
/** What may leave the house: the only kind of inventory and present that publishers take. */
export type PublicInventory = Inventory & { readonly [published]: 'inventory' };
export type PublicPresent = Present & { readonly [published]: 'present' };

export const isPublic = (space: ParkingSpace): boolean => space.visibility === 'public';

/** The inventory without its hidden spaces, and without the devices. */
export const toPublicInventory = (inventory: Inventory): PublicInventory =>
  ({
    ...inventory,
    spaces: inventory.spaces.filter(isPublic),
    installations: [],
  }) as unknown as PublicInventory;
