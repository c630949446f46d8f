/** WGS 84, degrees. */
export interface LatLon {
  readonly lat: number;
  readonly lon: number;
}

/** South-west and north-east corner, degrees. */
export interface BoundingBox {
  readonly minLat: number;
  readonly minLon: number;
  readonly maxLat: number;
  readonly maxLon: number;
}

/** A kerb, an outline or a point; positions are named, `[lon, lat]` exists only in GeoJSON. */
export type Shape =
  | { readonly kind: 'point'; readonly at: LatLon }
  | { readonly kind: 'line'; readonly points: readonly LatLon[] }
  | { readonly kind: 'area'; readonly outline: readonly LatLon[] };

/** Mean earth radius in metres (IUGG). */
const earthRadiusM = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in metres (haversine). */
export function distanceM(a: LatLon, b: LatLon): number {
  const dLat = radians(b.lat - a.lat);
  const dLon = radians(b.lon - a.lon);
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Borders count as inside. A box whose west lies east of its east crosses the antimeridian (RFC 7946, 5.2). */
export const isInBox = ({ lat, lon }: LatLon, box: BoundingBox): boolean =>
  lat >= box.minLat &&
  lat <= box.maxLat &&
  (box.minLon <= box.maxLon
    ? lon >= box.minLon && lon <= box.maxLon
    : lon >= box.minLon || lon <= box.maxLon);
