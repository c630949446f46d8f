import type { SiteStatus, SpaceStatus } from '../contract/site.ts';
import type { SubscribeMessage } from '../contract/live.ts';
import type { LatLon } from '../domain/geometry.ts';
import { isInBox } from '../domain/geometry.ts';
import type { SiteId, SpaceId } from '../domain/ids.ts';
import type { Present } from '../domain/present.ts';
import type { InventoryIndex } from './inventory-index.ts';
import { toSiteGuidance, toSiteStatus, toSpaceStatus } from './views.ts';

export type Kind = 'sites' | 'spaces' | 'guidance';

/** What a client hears of that names no kinds. */
const usualKinds: readonly Kind[] = ['sites', 'spaces'];

/** One thing that frames speak of, with its newest values as JSON, written once for all clients. */
export interface LiveItem {
  readonly kind: Kind;
  readonly siteId: SiteId;
  readonly zoneId: string | null;
  readonly municipalityId: string;
  readonly location: LatLon;
  version(): number;
  json(): string;
}

/** Which items a client wants; two filters with the same key want the same. */
export interface LiveFilter {
  readonly key: string;
  readonly kinds: ReadonlySet<Kind>;
  matches(item: LiveItem): boolean;
}

export type Wishes = Omit<SubscribeMessage, 'type' | 'since'>;

/** What is absent does not narrow. */
export function toFilter(wishes: Wishes): LiveFilter {
  const { bbox } = wishes;
  const box = bbox && { minLon: bbox[0], minLat: bbox[1], maxLon: bbox[2], maxLat: bbox[3] };
  const setOf = (ids: readonly string[] | undefined) => ids && new Set(ids);
  const sites = setOf(wishes.sites);
  const zones = setOf(wishes.zones);
  const municipalities = setOf(wishes.municipalities);
  const kinds = new Set(wishes.kinds ?? usualKinds);
  return {
    key: JSON.stringify([bbox, wishes.sites, wishes.zones, wishes.municipalities, wishes.kinds]),
    kinds,
    matches: (item) =>
      kinds.has(item.kind) &&
      (sites?.has(item.siteId) ?? true) &&
      (zones?.has(item.zoneId ?? '') ?? true) &&
      (municipalities?.has(item.municipalityId) ?? true) &&
      (!box || isInBox(item.location, box)),
  };
}

export interface LiveItems {
  readonly all: readonly LiveItem[];
  site(id: SiteId): LiveItem | undefined;
  guidance(id: SiteId): LiveItem | undefined;
  space(id: SpaceId): LiveItem | undefined;
}

/** JSON of an item, made anew when its version is another. */
function cached(version: () => number, toJson: () => SiteStatus | SpaceStatus): () => string {
  let madeOf = -1;
  let text = '';
  return () => {
    const now = version();
    if (now !== madeOf) {
      madeOf = now;
      text = JSON.stringify(toJson());
    }
    return text;
  };
}

/**
 * A text whose version moves only with it: of all that changes at a site little changes what a sign shows.
 * It is looked at when somebody asks; whoever was told another text had asked before.
 */
function movingWithText(version: () => number, toText: () => string) {
  let lookedAt = -1;
  let text = '';
  let changedAt = 0;
  const look = (): void => {
    const now = version();
    if (now === lookedAt) return;
    lookedAt = now;
    const newest = toText();
    if (newest !== text) changedAt = now;
    text = newest;
  };
  return {
    version: (): number => {
      look();
      return changedAt;
    },
    json: (): string => {
      look();
      return text;
    },
  };
}

/** The items of an inventory; spaces that only count in groups are not among them. */
export function createLiveItems(index: InventoryIndex, present: Present): LiveItems {
  const sites = new Map<SiteId, LiveItem>();
  const guidance = new Map<SiteId, LiveItem>();
  const spaces = new Map<SpaceId, LiveItem>();
  for (const site of index.sites) {
    const { id, location, zoneId, municipalityId } = site;
    const version = (): number => present.site(id)?.version ?? 0;
    const json = cached(version, () => toSiteStatus(site, present.site(id)));
    const where = { siteId: id, zoneId, municipalityId, location };
    sites.set(id, { kind: 'sites', ...where, version, json });
    const advice = movingWithText(version, () =>
      JSON.stringify(toSiteGuidance(site, present.site(id))),
    );
    guidance.set(id, { kind: 'guidance', ...where, ...advice });
  }
  for (const space of index.spaces) {
    const site = index.site.get(space.siteId);
    if (!site || space.visibility !== 'public') continue;
    const { id, siteId, location } = space;
    const { zoneId, municipalityId } = site;
    const version = (): number => present.space(id)?.version ?? 0;
    const json = cached(version, () => toSpaceStatus(space, present.space(id)));
    spaces.set(id, { kind: 'spaces', siteId, zoneId, municipalityId, location, version, json });
  }
  return {
    all: [...sites.values(), ...spaces.values(), ...guidance.values()],
    site: (id) => sites.get(id),
    guidance: (id) => guidance.get(id),
    space: (id) => spaces.get(id),
  };
}
