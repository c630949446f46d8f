import type { Site } from '../../../services/contract/site.ts';

/**
 * Whether a site's numbers can be true together. What cannot is shown as "Angaben werden geprüft"
 * instead of a number (ui.md section 2): more free than known, no capacity, closed but free, more free
 * kept spaces than there are.
 */
export function isPlausible(site: Site): boolean {
  const { status } = site;
  const { numberOfSpaces, numberOfKnownSpaces, numberOfVacantSpaces: vacant } = status;
  if (numberOfSpaces < 1 || numberOfKnownSpaces > numberOfSpaces) return false;
  if (vacant !== null && (vacant < 0 || vacant > numberOfKnownSpaces)) return false;
  if (status.isClosed && vacant !== null && vacant > 0) return false;
  return Object.values(status.vacantFor).every((kept) => kept.vacant <= kept.known);
}
