import { derived } from './derived.ts';
import type { SiteId, SpaceId } from './ids.ts';
import { siteNowFromSpaces } from './presence.ts';
import type { Present, SitePresent, SpacePresent } from './present.ts';
import { countableSpaces, isPublic, type PublicPresent } from './privacy.ts';
import type { Inventory, ParkingSite, ParkingSpace } from './site.ts';

interface Changed {
  readonly spaceIds: readonly SpaceId[];
  readonly siteIds: readonly SiteId[];
}

/** The present as everybody may see it, the one gate before all publishers. */
export interface PublicGate {
  readonly present: PublicPresent;
  /** Numbers something else that is published, in the same order as the changes of the present. */
  advance(): number;
}

/** Something as it is told, and what it was made from. */
interface Told<Now> {
  source: Now;
  now: Now;
}

/** Keeps what is told of an item from now on. */
function tell<Id, Now>(all: Map<Id, Told<Now>>, id: Id, source: Now, now: Now): Now {
  const told = all.get(id);
  if (told) {
    told.source = source;
    told.now = now;
  } else all.set(id, { source, now });
  return now;
}

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
 * Hidden spaces are not there, and a site with hidden spaces is counted again from the countable ones.
 * Versions are counted here anew: were they those of the present, the moments and the number of changes
 * that nobody may see would show in every cursor and ETag. `follow` hands over the listener for changes
 * of the present; they are looked at when somebody asks how far it has come, not with every car. Without
 * it a change is noticed when its item is asked for.
 */
export function followPublicPresent(
  inventory: () => Inventory,
  present: Present,
  follow: (listener: (changed: Changed) => void) => void = () => undefined,
): PublicGate {
  let version = 0;
  const next = (): number => (version += 1);
  const current = derived(inventory, (now) => createView(now, present, version, next));
  const changedSpaces = new Set<SpaceId>();
  const changedSites = new Set<SiteId>();
  follow(({ spaceIds, siteIds }) => {
    for (const id of spaceIds) changedSpaces.add(id);
    for (const id of siteIds) changedSites.add(id);
  });
  const catchUp = (): void => {
    // What was heard a moment ago is told of when somebody looks.
    present.version();
    const { toldSpace, toldSite } = current();
    for (const id of changedSpaces) toldSpace(id);
    for (const id of changedSites) toldSite(id);
    changedSpaces.clear();
    changedSites.clear();
  };
  const view: Present = {
    get epoch() {
      return present.epoch;
    },
    version() {
      catchUp();
      return version;
    },
    space: (id) => current().toldSpace(id),
    site: (id) => current().toldSite(id),
    *spaces() {
      const { toldSpace } = current();
      for (const { spaceId } of present.spaces()) {
        const now = toldSpace(spaceId);
        if (now) yield now;
      }
    },
    *sites() {
      const { toldSite } = current();
      for (const { siteId } of present.sites()) {
        const now = toldSite(siteId);
        if (now) yield now;
      }
    },
  };
  const advance = (): number => {
    catchUp();
    return next();
  };
  return { present: view as unknown as PublicPresent, advance };
}

/** The public present of an inventory that stays. */
export const toPublicPresent = (inventory: Inventory, present: Present): PublicPresent =>
  followPublicPresent(() => inventory, present).present;

/** What is told of each item; begins with everything at version `base`. */
function createView(inventory: Inventory, present: Present, base: number, next: () => number) {
  const publicSpaces = new Set(inventory.spaces.filter(isPublic).map(({ id }) => id));
  const numbersOf = createNumbers(inventory, present);
  const spaces = new Map<SpaceId, Told<SpacePresent>>();
  const sites = new Map<SiteId, Told<SitePresent>>();
  for (const id of publicSpaces) {
    const source = present.space(id);
    if (source) spaces.set(id, { source, now: { ...source, version: base } });
  }
  for (const { id } of inventory.sites) {
    const source = present.site(id);
    if (source) sites.set(id, { source, now: { ...numbersOf(source), version: base } });
  }
  return {
    toldSpace(id: SpaceId): SpacePresent | undefined {
      const source = publicSpaces.has(id) ? present.space(id) : undefined;
      const told = spaces.get(id);
      if (!source || told?.source === source) return source && told?.now;
      return tell(spaces, id, source, { ...source, version: next() });
    },
    toldSite(id: SiteId): SitePresent | undefined {
      const source = present.site(id);
      const told = sites.get(id);
      if (!source || told?.source === source) return source && told?.now;
      const numbers = numbersOf(source);
      const now = told && isSame(told.now, numbers) ? told.now : { ...numbers, version: next() };
      return tell(sites, id, source, now);
    },
  };
}

/** The numbers of a site that may be told. */
function createNumbers(inventory: Inventory, present: Present): (now: SitePresent) => SiteNumbers {
  const spacesOf = Map.groupBy(inventory.spaces, (space) => space.siteId);
  const guarded = new Map<SiteId, (now: SitePresent) => SiteNumbers>();
  for (const site of inventory.sites) {
    const spaces = spacesOf.get(site.id) ?? [];
    if (site.counting === 'spaces' && !spaces.every(isPublic))
      guarded.set(site.id, (now) => countedFrom(site, spaces, present, now));
  }
  return (now) => guarded.get(now.siteId)?.(now) ?? now;
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
  return {
    ...counted,
    // Guidance knows public spaces only.
    chanceRatio: now.chanceRatio,
    ...(isWithheld ? { withheld: 'small-group' as const } : {}),
  };
}
