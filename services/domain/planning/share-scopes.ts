import type { SpaceId, StretchId } from '../ids.ts';
import type { Inventory } from '../site.ts';
import type { ShareStretch } from './share-question.ts';

/** A street with kerb parking for anybody, and the sensors on it. */
export interface KerbStretch extends ShareStretch {
  readonly id: StretchId;
  readonly zoneId: string | null;
  readonly municipalityId: string;
  /** Spaces for anybody that have a sensor; none where the street is not sensed. */
  readonly spaceIds: readonly SpaceId[];
  readonly isCounted: boolean;
}

/** Kept spaces are left out: who searches cannot take them (estimators.md 2.3). */
export function kerbStretches(inventory: Inventory): readonly KerbStretch[] {
  const sensed = new Set(
    inventory.installations.flatMap(({ target }) =>
      target.kind === 'space' ? [target.spaceId] : [],
    ),
  );
  const counted = new Set(
    inventory.installations.flatMap(({ target }) =>
      target.kind === 'stretch' ? [target.stretchId] : [],
    ),
  );
  const spacesOf = Map.groupBy(inventory.spaces, ({ siteId }) => siteId);
  const sitesOf = Map.groupBy(
    inventory.sites.filter(({ kind }) => kind === 'on-street'),
    ({ stretchId }) => stretchId,
  );
  return inventory.stretches.flatMap(({ id, zoneId, lengthM, roadClass }) => {
    const sites = sitesOf.get(id) ?? [];
    const kept = (site: (typeof sites)[number]): number =>
      Object.values(site.numberOfSpacesFor).reduce((sum, spaces) => sum + spaces, 0);
    const forAnybody = sites.reduce((sum, site) => sum + site.numberOfSpaces - kept(site), 0);
    const spaceIds = sites
      .flatMap((site) => spacesOf.get(site.id) ?? [])
      .filter((space) => space.audience === null && sensed.has(space.id))
      .map((space) => space.id);
    const numberOfSpaces = Math.max(forAnybody, spaceIds.length);
    const municipalityId = sites[0]?.municipalityId;
    if (numberOfSpaces === 0 || municipalityId === undefined) return [];
    const isCounted = counted.has(id);
    return [
      { id, zoneId, municipalityId, lengthM, roadClass, numberOfSpaces, spaceIds, isCounted },
    ];
  });
}

/** Streets for which one share is estimated. */
export interface ShareScope {
  readonly scope: 'all' | 'municipality' | 'zone' | 'measure' | 'control';
  readonly id: string;
}

/** The streets of a scope; with one municipality only, it and `all` are the same. */
export function stretchesOf(
  { scope, id }: ShareScope,
  stretches: readonly KerbStretch[],
  measures: readonly PlannedMeasure[],
): readonly KerbStretch[] {
  switch (scope) {
    case 'all':
      return stretches;
    case 'municipality':
      return stretches.filter(({ municipalityId }) => municipalityId === id);
    case 'zone':
      return stretches.filter(({ zoneId }) => zoneId === id);
    case 'measure':
    case 'control': {
      const measure = measures.find((candidate) => candidate.id === id);
      if (measure === undefined) return [];
      const zones = new Set(scope === 'measure' ? measure.zones : measure.controlZones);
      const own = new Set(scope === 'measure' ? measure.stretches : []);
      return stretches.filter(
        (stretch) => own.has(stretch.id) || (stretch.zoneId !== null && zones.has(stretch.zoneId)),
      );
    }
  }
}

/** What the town did, as far as before and after need it. */
export interface PlannedMeasure {
  readonly id: string;
  /** Local dates, `YYYY-MM-DD`; until is exclusive, `null` is open. */
  readonly from: string;
  readonly until: string | null;
  readonly zones: readonly string[];
  readonly stretches: readonly string[];
  readonly controlZones: readonly string[];
}
