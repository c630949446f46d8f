import type { LatLon } from './geometry.ts';

/** The nearest point of a line. */
export interface Snapped {
  /** Index of the line in what was indexed. */
  readonly line: number;
  /** Share of the line's length before the point, 0–1. */
  readonly alongRatio: number;
  readonly distanceM: number;
}

export interface LineIndex {
  /** `undefined` when no line is within `maxM` metres. */
  nearest(at: LatLon, maxM: number): Snapped | undefined;
}

const metresPerDegree = 111_195;
const cellM = 150;

/** Finds the nearest of many short lines by a grid of cells of 150 m; exact on a local plane. */
export function createLineIndex(lines: readonly (readonly LatLon[])[]): LineIndex {
  const anyLat = lines.find((line) => line.length > 0)?.[0]?.lat ?? 0;
  const lonScale = metresPerDegree * Math.cos((anyLat * Math.PI) / 180);
  const toX = ({ lon }: LatLon): number => lon * lonScale;
  const toY = ({ lat }: LatLon): number => lat * metresPerDegree;
  const cellOf = (metres: number): number => Math.floor(metres / cellM);
  const key = (x: number, y: number): number => x * 4_000_037 + y;
  /** Pieces of a cell: line, index of the piece's first point, alternating. */
  const cells = new Map<number, number[]>();

  lines.forEach((points, line) => {
    for (let i = 0; i + 1 < points.length; i += 1) {
      const [a, b] = [points[i], points[i + 1]];
      if (a === undefined || b === undefined) continue;
      const [x0, x1] = [cellOf(Math.min(toX(a), toX(b))), cellOf(Math.max(toX(a), toX(b)))];
      const [y0, y1] = [cellOf(Math.min(toY(a), toY(b))), cellOf(Math.max(toY(a), toY(b)))];
      for (let cell = 0; cell < (x1 - x0 + 1) * (y1 - y0 + 1); cell += 1) {
        const at = key(x0 + (cell % (x1 - x0 + 1)), y0 + Math.floor(cell / (x1 - x0 + 1)));
        const pieces = cells.get(at);
        if (pieces === undefined) cells.set(at, [line, i]);
        else pieces.push(line, i);
      }
    }
  });

  /** Distance to one piece and how far along it, in metres. */
  const toPiece = (px: number, py: number, a: LatLon, b: LatLon): [number, number] => {
    const [dx, dy] = [toX(b) - toX(a), toY(b) - toY(a)];
    const squared = dx * dx + dy * dy;
    const raw = squared === 0 ? 0 : ((px - toX(a)) * dx + (py - toY(a)) * dy) / squared;
    const t = Math.min(1, Math.max(0, raw));
    return [Math.hypot(px - toX(a) - t * dx, py - toY(a) - t * dy), t * Math.sqrt(squared)];
  };
  const alongRatio = (line: number, piece: number, alongM: number): number => {
    const points = lines[line] ?? [];
    let before = alongM;
    let total = 0;
    for (let i = 0; i + 1 < points.length; i += 1) {
      const [a, b] = [points[i], points[i + 1]];
      if (a === undefined || b === undefined) continue;
      const lengthM = Math.hypot(toX(b) - toX(a), toY(b) - toY(a));
      total += lengthM;
      if (i < piece) before += lengthM;
    }
    return total === 0 ? 0 : Math.min(1, before / total);
  };

  return {
    nearest(at, maxM) {
      const [px, py] = [toX(at), toY(at)];
      const [cx, cy] = [cellOf(px), cellOf(py)];
      let best = { line: -1, piece: 0, alongM: 0, distanceM: maxM };
      const look = (x: number, y: number): void => {
        const pieces = cells.get(key(x, y)) ?? [];
        for (let i = 0; i < pieces.length; i += 2) {
          const [line, piece] = [pieces[i] ?? 0, pieces[i + 1] ?? 0];
          const [a, b] = [lines[line]?.[piece], lines[line]?.[piece + 1]];
          if (a === undefined || b === undefined) continue;
          const [distanceM, alongM] = toPiece(px, py, a, b);
          if (distanceM <= best.distanceM) best = { line, piece, alongM, distanceM };
        }
      };
      // Rings of cells outwards; a ring r is at least (r - 1) cells away, so the search can stop early.
      for (let ring = 0; (ring - 1) * cellM <= best.distanceM; ring += 1) {
        for (let x = cx - ring; x <= cx + ring; x += 1) {
          const isSide = Math.abs(x - cx) === ring;
          for (let y = cy - ring; y <= cy + ring; y += isSide ? 1 : Math.max(1, 2 * ring))
            look(x, y);
        }
      }
      if (best.line === -1) return undefined;
      return {
        line: best.line,
        alongRatio: alongRatio(best.line, best.piece, best.alongM),
        distanceM: best.distanceM,
      };
    },
  };
}
