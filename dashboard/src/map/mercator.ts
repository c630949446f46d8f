/** Web Mercator (EPSG:3857), the whole world as a square from 0 to 1; y grows to the south. */
export const toX = (lon: number): number => lon / 360 + 0.5;

export function toY(lat: number): number {
  const sine = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** Pixels of the whole world at a zoom level, with Leaflet's tiles of 256 px. */
export const worldPx = (zoom: number): number => 256 * 2 ** zoom;

/** CSS pixels of one metre on the ground. */
export function pxPerM(zoom: number, lat: number): number {
  const equatorM = 40_075_016.686;
  return worldPx(zoom) / (equatorM * Math.cos((lat * Math.PI) / 180));
}
