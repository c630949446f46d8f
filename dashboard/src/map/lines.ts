import { toX, toY } from './mercator.ts';

/** A line in world coordinates, x and y in turn. */
export interface Line {
  readonly points: Float64Array;
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

/** From GeoJSON positions, [lon, lat]. */
export function toLine(positions: readonly (readonly [number, number])[]): Line {
  const points = new Float64Array(positions.length * 2);
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  positions.forEach(([lon, lat], index) => {
    const x = toX(lon);
    const y = toY(lat);
    points[2 * index] = x;
    points[2 * index + 1] = y;
    box.minX = Math.min(box.minX, x);
    box.minY = Math.min(box.minY, y);
    box.maxX = Math.max(box.maxX, x);
    box.maxY = Math.max(box.maxY, y);
  });
  return { points, ...box };
}

/** The point halfway along a line and the direction there in radians, in world coordinates. */
export function halfway({ points }: Line): { x: number; y: number; angle: number; length: number } {
  const lengths: number[] = [];
  let total = 0;
  for (let i = 2; i < points.length; i += 2) {
    const step = Math.hypot(
      (points[i] ?? 0) - (points[i - 2] ?? 0),
      (points[i + 1] ?? 0) - (points[i - 1] ?? 0),
    );
    lengths.push(step);
    total += step;
  }
  let rest = total / 2;
  for (const [index, step] of lengths.entries()) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.subarray(2 * index, 2 * index + 4);
    if (rest <= step) {
      const share = step === 0 ? 0 : rest / step;
      const angle = Math.atan2(y1 - y0, x1 - x0);
      return { x: x0 + (x1 - x0) * share, y: y0 + (y1 - y0) * share, angle, length: total };
    }
    rest -= step;
  }
  return { x: points[0] ?? 0, y: points[1] ?? 0, angle: 0, length: total };
}

/** Distance from (x, y) to the line, in the units of its points. */
export function distanceToLine({ points }: Line, x: number, y: number): number {
  let best = Infinity;
  for (let i = 2; i < points.length; i += 2) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = points.subarray(i - 2, i + 2);
    const dx = x1 - x0;
    const dy = y1 - y0;
    const square = dx * dx + dy * dy;
    const share =
      square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / square));
    best = Math.min(best, Math.hypot(x - x0 - share * dx, y - y0 - share * dy));
  }
  return best;
}
