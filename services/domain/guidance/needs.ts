import type { Audience, ParkingSite } from '../site.ts';

/** What a driver needs of a site; `null` makes no difference to him. */
export interface Needs {
  /** May or must use spaces kept for these: `disabled` uses anybody's too, `charging` only its own. */
  readonly audience: 'disabled' | 'charging' | null;
  readonly maxWalkM: number | null;
  readonly acceptsCarParks: boolean;
  readonly vehicleHeightM: number | null;
  /** 0: free of charge only. */
  readonly maxFeeEurPerHour: number | null;
  readonly stayMin: number | null;
}

export const noNeeds: Needs = {
  audience: null,
  maxWalkM: null,
  acceptsCarParks: true,
  vehicleHeightM: null,
  maxFeeEurPerHour: null,
  stayMin: null,
};

/** Whether the fee is within the limit; an unknown fee is let through, except where it must be free. */
function isAffordable(site: ParkingSite, limit: number | null): boolean {
  if (limit === null || site.hasFee === false) return true;
  if (site.feeEurPerHour !== null) return site.feeEurPerHour <= limit;
  return limit > 0;
}

/** Whether spaces for the audience exist at all. */
const hasSpacesFor = (site: ParkingSite, audience: Audience | null): boolean =>
  audience !== 'charging' || (site.numberOfSpacesFor.charging ?? 0) > 0;

/** Whether a site fits, apart from walk and vacancy. What is not known of a site does not exclude it. */
export const isFit = (site: ParkingSite, needs: Needs): boolean =>
  !site.isClosed &&
  hasSpacesFor(site, needs.audience) &&
  isAffordable(site, needs.maxFeeEurPerHour) &&
  (needs.vehicleHeightM === null ||
    site.maxHeightM === null ||
    needs.vehicleHeightM <= site.maxHeightM) &&
  (needs.stayMin === null || site.maxStayMin === null || needs.stayMin <= site.maxStayMin);
