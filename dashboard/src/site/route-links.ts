import type { Place } from './geo.ts';

export type RouteApp = 'google' | 'apple' | 'waze' | 'osm' | 'geo';

/** What each app is called on its own pages; proper names are not translated. */
export const routeAppName: Readonly<Record<RouteApp, string>> = {
  google: 'Google Maps',
  apple: 'Apple Maps',
  waze: 'Waze',
  osm: 'OpenStreetMap',
  geo: 'Android',
};

/** Six decimals are 11 cm, enough for a kerb. */
export const formatCoordinates = ({ lat, lon }: Place): string =>
  `${lat.toFixed(6)},${lon.toFixed(6)}`;

/** Apps that can be offered on a device: `geo:` works on Android only. */
export function listRouteApps(userAgent: string): readonly RouteApp[] {
  const everywhere: readonly RouteApp[] = ['google', 'apple', 'waze', 'osm'];
  return userAgent.includes('Android') ? ['geo', ...everywhere] : everywhere;
}

/** Deep link that starts navigation by car to a place. */
export function toRouteLink(app: RouteApp, place: Place, name: string): string {
  const at = formatCoordinates(place);
  switch (app) {
    case 'google':
      return `https://www.google.com/maps/dir/?api=1&destination=${at}&travelmode=driving&dir_action=navigate`;
    case 'apple':
      return `https://maps.apple.com/?daddr=${at}&dirflg=d`;
    case 'waze':
      return `https://waze.com/ul?ll=${at}&navigate=yes`;
    case 'osm':
      return `https://www.openstreetmap.org/directions?engine=fossgis_osrm_car&route=%3B${at.replace(',', '%2C')}`;
    case 'geo':
      return `geo:${at}?q=${at}(${encodeURIComponent(name)})`;
  }
}
