import type { SitePresent } from '../../domain/present.ts';
import type { ParkingSite } from '../../domain/site.ts';

/** A number that may be handed on: all three count the same spaces. */
export interface PublishableCount {
  readonly numberOfSpaces: number;
  readonly numberOfVacantSpaces: number;
  readonly numberOfOccupiedSpaces: number;
}

/**
 * What other portals get as a site's count; `null` where it would mislead: nothing heard, stale, or
 * fewer than half of the spaces known. They multiply and rank with it, and cannot ask how it came about.
 */
export function countOf(
  site: ParkingSite,
  present: SitePresent | undefined,
): PublishableCount | null {
  if (!present || present.freshness === 'stale') return null;
  const { numberOfKnownSpaces: known, numberOfVacantSpaces: vacant } = present;
  if (vacant === null || known * 2 < site.numberOfSpaces) return null;
  return {
    numberOfSpaces: known,
    numberOfVacantSpaces: vacant,
    numberOfOccupiedSpaces: known - vacant,
  };
}

/** Spaces a driver may take: none at a closed site, whatever the sensors see there. */
export const vacantForDrivers = (site: ParkingSite, count: PublishableCount): number =>
  site.isClosed ? 0 : count.numberOfVacantSpaces;

/** A tenth or less vacant: warn drivers before they set out. */
export const fillingOf = (
  site: ParkingSite,
  count: PublishableCount,
): 'spacesAvailable' | 'almostFull' | 'full' => {
  const vacant = vacantForDrivers(site, count);
  if (vacant === 0) return 'full';
  return vacant * 10 <= count.numberOfSpaces ? 'almostFull' : 'spacesAvailable';
};
