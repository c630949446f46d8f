import type { Place } from '../site/geo.ts';
import { formatCoordinates, routeAppName, type RouteApp } from '../site/route-links.ts';

export type WalkApp = Exclude<RouteApp, 'waze'>;
export const walkAppName = routeAppName;

/** Apps that lead on foot; `geo:` works on Android only. */
export function listWalkApps(userAgent: string): readonly WalkApp[] {
  const everywhere: readonly WalkApp[] = ['google', 'apple', 'osm'];
  return userAgent.includes('Android') ? ['geo', ...everywhere] : everywhere;
}

/** Deep link that leads on foot to a place. */
export function toWalkLink(app: WalkApp, place: Place, name: string): string {
  const at = formatCoordinates(place);
  switch (app) {
    case 'google':
      return `https://www.google.com/maps/dir/?api=1&destination=${at}&travelmode=walking`;
    case 'apple':
      return `https://maps.apple.com/?daddr=${at}&dirflg=w`;
    case 'osm':
      return `https://www.openstreetmap.org/directions?engine=fossgis_osrm_foot&route=%3B${at.replace(',', '%2C')}`;
    case 'geo':
      return `geo:${at}?q=${at}(${encodeURIComponent(name)})`;
  }
}
