import type { Plane, Point, Position } from './plane.ts';

const corners = 12;

/** An outline that lies `aroundM` metres around all points: a convex hull (Andrew, 1979) of circles. */
export function outlineAround(
  positions: readonly Position[],
  aroundM: number,
  plane: Plane,
): Position[] {
  const points = positions.map(plane.toPoint).flatMap(({ x, y }) =>
    Array.from({ length: corners }, (_, i): Point => {
      const angle = (2 * Math.PI * i) / corners;
      return { x: x + aroundM * Math.cos(angle), y: y + aroundM * Math.sin(angle) };
    }),
  );
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const outline = [...halfHull(sorted), ...halfHull([...sorted].reverse())];
  return [...outline, outline[0]!].map(plane.toPosition);
}

function halfHull(points: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of points) {
    while (hull.length >= 2 && !turnsLeft(hull.at(-2)!, hull.at(-1)!, point)) hull.pop();
    hull.push(point);
  }
  return hull.slice(0, -1);
}

const turnsLeft = (a: Point, b: Point, c: Point): boolean =>
  (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0;
