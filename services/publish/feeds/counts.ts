import type { EpochMs } from '../../domain/ids.ts';
import { isOpenAt, type LocalMoment } from '../../domain/opening-hours.ts';
import type { SitePresent, SpacePresent } from '../../domain/present.ts';
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

/** Whether drivers get in now; `null` is not known. */
export type IsOpen = boolean | null;

/** By the operator's word, then by its hours. */
export function isOpenNow(site: ParkingSite, moment: LocalMoment): IsOpen {
  if (site.isClosed) return false;
  return site.openingHours === null ? null : isOpenAt(site.openingHours, moment);
}

/** Spaces a driver may take: none at a closed site, whatever the sensors see there. */
export const vacantForDrivers = (isOpen: IsOpen, vacant: number): number =>
  isOpen === false ? 0 : vacant;

/** Readers call data outdated after half an hour; a heartbeat of a sensor may be a day apart. */
const confirmEveryMs = 5 * 60_000;

/** The beginning of the five minutes that a time lies in: documents are made anew in each, also while nothing changes. */
export const confirmedFromMs = (nowMs: EpochMs): EpochMs =>
  Math.floor(nowMs / confirmEveryMs) * confirmEveryMs;

/**
 * Until when the numbers of a site are known to be right. Its sensors report changes at once: while they
 * are heard as usual, no news are the news that nothing has changed. `null` when nothing was ever heard.
 */
export function confirmedAtMs(
  present: SitePresent | SpacePresent | undefined,
  nowMs: EpochMs,
): EpochMs | null {
  if (typeof present?.lastSeenMs !== 'number') return null;
  return present.freshness === 'live'
    ? Math.max(present.lastSeenMs, confirmedFromMs(nowMs))
    : present.lastSeenMs;
}

/** A tenth or less vacant: warn drivers before they set out. */
export const fillingOf = (
  isOpen: IsOpen,
  count: PublishableCount,
): 'spacesAvailable' | 'almostFull' | 'full' => {
  const vacant = vacantForDrivers(isOpen, count.numberOfVacantSpaces);
  if (vacant === 0) return 'full';
  return vacant * 10 <= count.numberOfSpaces ? 'almostFull' : 'spacesAvailable';
};
