import type { DeviceReport } from '../device-health.ts';
import type { ZoneId } from '../ids.ts';
import { smallestGroup } from '../privacy.ts';
import type { Inventory } from '../site.ts';

/** How the devices of a zone are doing, taken together; single devices are for operators. */
export interface DeviceSums {
  readonly installed: number;
  /** Of them, those something may be wrong with. */
  readonly troubled: number;
  /** Of them, those that were not heard for so long that what they watch is not known. */
  readonly offline: number;
  /** Share of the uplinks sent that did not arrive, from the gaps in the frame counters. */
  readonly lostUplinkRatio: number | null;
}

/** Share of the uplinks of devices that did not arrive; `null` where none was heard. */
export function lostUplinkRatio(reports: readonly DeviceReport[]): number | null {
  let lost = 0;
  let all = 0;
  for (const { uplinks, lostUplinks } of reports) {
    lost += lostUplinks;
    all += uplinks + lostUplinks;
  }
  return all > 0 ? lost / all : null;
}

/** By the zone of what they watch. Groups below the smallest are left out, for one device is one space. */
export function sumDevices(
  reports: readonly DeviceReport[],
  { sites, stretches, spaces }: Pick<Inventory, 'sites' | 'stretches' | 'spaces'>,
): ReadonlyMap<ZoneId, DeviceSums> {
  const ofSite = new Map(sites.map(({ id, zoneId }) => [id, zoneId]));
  const ofStretch = new Map(stretches.map(({ id, zoneId }) => [id, zoneId]));
  const siteOf = new Map(spaces.map(({ id, siteId }) => [id, siteId]));
  const zoneOf = ({ installation: { target } }: DeviceReport): ZoneId | null => {
    if (target.kind === 'stretch') return ofStretch.get(target.stretchId) ?? null;
    const siteId = target.kind === 'space' ? siteOf.get(target.spaceId) : target.siteId;
    return siteId === undefined ? null : (ofSite.get(siteId) ?? null);
  };
  const sums = new Map<ZoneId, DeviceSums>();
  for (const [zoneId, own] of Map.groupBy(reports, zoneOf)) {
    if (zoneId === null || own.length < smallestGroup) continue;
    sums.set(zoneId, {
      installed: own.length,
      troubled: own.filter(({ problems }) => problems.length > 0).length,
      offline: own.filter(({ problems }) => problems.includes('offline')).length,
      lostUplinkRatio: lostUplinkRatio(own),
    });
  }
  return sums;
}
