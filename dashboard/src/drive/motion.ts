import type { Site } from '../../../services/contract/site.ts';
import { distanceM, type Place } from '../site/geo.ts';
import { nearestOnLine } from './line.ts';

/** Where the car is and how it moves, by the device. */
export interface Motion extends Place {
  /** `null` where the device does not say. */
  readonly speedMs: number | null;
  /** Degrees from north, clockwise; `null` while standing. */
  readonly headingDeg: number | null;
  readonly atMs: number;
}

/** Follows the device until the returned function is called; `onLost` when it may not or cannot. */
export function watchMotion(onMotion: (motion: Motion) => void, onLost: () => void): () => void {
  const watch = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      const { latitude: lat, longitude: lon, speed, heading } = coords;
      const headingDeg = heading === null || Number.isNaN(heading) ? null : heading;
      onMotion({ lat, lon, speedMs: speed, headingDeg, atMs: timestamp });
    },
    onLost,
    { enableHighAccuracy: true, maximumAge: 2_000, timeout: 20_000 },
  );
  return () => navigator.geolocation.clearWatch(watch);
}

/** Faster than this for so long is driving (ui.md, D4). */
const drivingMs = 10 / 3.6;
const drivingForMs = 5_000;

/** Tells of each movement whether the car has been driving for five seconds. */
export function createDrivingDetector(): (motion: Motion) => boolean {
  let sinceMs: number | null = null;
  return ({ speedMs, atMs }) => {
    if (speedMs === null || speedMs <= drivingMs) {
      sinceMs = null;
      return false;
    }
    sinceMs ??= atMs;
    return atMs - sinceMs >= drivingForMs;
  };
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Metres from a place to the nearest point of a site's kerb or entrance. */
export function distanceToSiteM(site: Site, from: Place): number {
  const { geometry } = site;
  const line = geometry.type === 'LineString' ? geometry.coordinates : [];
  return Math.min(distanceM(site, from), nearestOnLine(line, from).offM);
}

/** Nearer than this one can see whether a space is free. */
const arrivedM = 60;

/** Whether the car has come to its target and is slow enough to look around. */
export const isArriving = (site: Site, { speedMs, ...from }: Motion): boolean =>
  distanceToSiteM(site, from) <= arrivedM && (speedMs ?? 0) < 5;

/** Degrees from the way the car is going to the target, -180 to 180; `null` while standing. */
export function turnDeg(motion: Motion, to: Place): number | null {
  if (motion.headingDeg === null) return null;
  const dLon = radians(to.lon - motion.lon);
  const [lat1, lat2] = [radians(motion.lat), radians(to.lat)];
  const bearing = Math.atan2(
    Math.sin(dLon) * Math.cos(lat2),
    Math.cos(lat1) * Math.sin(lat2) - Math.sin(lat1) * Math.cos(lat2) * Math.cos(dLon),
  );
  return (((((bearing * 180) / Math.PI - motion.headingDeg + 540) % 360) + 360) % 360) - 180;
}
