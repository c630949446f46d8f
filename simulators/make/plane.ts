import type { LatLon } from '../../services/domain/geometry.ts';

/** A GeoJSON position, `[lon, lat]`. */
export type Position = readonly [number, number];

/** Metres east and north of a reference point; exact enough for a town. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Plane {
  toPoint(position: Position): Point;
  toPosition(point: Point): Position;
}

/** Equirectangular projection around `origin`; the error over 4 km is below a decimetre. */
export function planeAround(origin: LatLon): Plane {
  const metresPerDegree = 111_195;
  const perLon = metresPerDegree * Math.cos((origin.lat * Math.PI) / 180);
  return {
    toPoint: ([lon, lat]) => ({
      x: (lon - origin.lon) * perLon,
      y: (lat - origin.lat) * metresPerDegree,
    }),
    toPosition: ({ x, y }) => [
      round(origin.lon + x / perLon, 7),
      round(origin.lat + y / metresPerDegree, 7),
    ],
  };
}

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));

export const gapM = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Length of a line in metres. */
export function lengthM(line: readonly Point[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += gapM(line[i - 1]!, line[i]!);
  return sum;
}

/** The point `alongM` metres from the start, `rightM` metres to the right, and the heading there. */
export function pointAlong(
  line: readonly Point[],
  alongM: number,
  rightM: number,
): { readonly point: Point; readonly headingDeg: number } {
  let rest = alongM;
  for (let i = 1; i < line.length; i++) {
    const a = line[i - 1]!;
    const b = line[i]!;
    const piece = gapM(a, b);
    if (rest > piece && i < line.length - 1) {
      rest -= piece;
      continue;
    }
    const share = piece === 0 ? 0 : rest / piece;
    const [ex, ey] = piece === 0 ? [0, 1] : [(b.x - a.x) / piece, (b.y - a.y) / piece];
    return {
      point: {
        x: a.x + share * (b.x - a.x) + ey * rightM,
        y: a.y + share * (b.y - a.y) - ex * rightM,
      },
      headingDeg: round(((Math.atan2(ex, ey) * 180) / Math.PI + 360) % 360, 0) % 360,
    };
  }
  return { point: line[0] ?? { x: 0, y: 0 }, headingDeg: 0 };
}

/** Even-odd rule; the outline need not be closed. */
export function isInside(at: Position, outline: readonly Position[]): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i]!;
    const [xj, yj] = outline[j]!;
    if (yi > at[1] === yj > at[1]) continue;
    if (at[0] < ((xj - xi) * (at[1] - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Centre of gravity of the corners. */
export function middle(outline: readonly Position[]): Position {
  const lon = outline.reduce((sum, [x]) => sum + x, 0) / outline.length;
  const lat = outline.reduce((sum, [, y]) => sum + y, 0) / outline.length;
  return [round(lon, 6), round(lat, 6)];
}
