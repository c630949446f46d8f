import type { Streets } from '../../../services/contract/site.ts';
import { CanvasLayer, type CanvasView } from './canvas-layer.ts';
import { halfway, toLine, type Line } from './lines.ts';
import type { Palette } from './palette.ts';

interface Street extends Line {
  readonly name: string;
  readonly rank: number;
}

/** OSM highway classes by importance; the rest are small streets. */
const ranks: Readonly<Record<string, number>> = {
  motorway: 3,
  trunk: 3,
  primary: 3,
  secondary: 2,
  tertiary: 2,
  residential: 1,
  unclassified: 1,
  living_street: 1,
};

/** Width in CSS px: metres on the ground at high zoom, never hairlines at low zoom. */
function widthPx(rank: number, zoom: number): number {
  const base = [1.5, 3, 4.5, 6][rank] ?? 1.5;
  return Math.max(1, base * 2 ** (0.75 * (zoom - 15)));
}

/** Below these zoom levels the small streets would only be grey noise. */
const fromZoom = [15, 13, 10, 0];

export interface StreetLayers {
  readonly ground: CanvasLayer;
  /** Lies above the kerbs, so that their colours do not hide the names. */
  readonly names: CanvasLayer;
}

/** Own background of streets and their names, for maps without a tile server. */
export function createStreetLayers(streets: Streets, palette: () => Palette): StreetLayers {
  const lines: Street[] = [];
  for (const { properties, geometry } of streets.features) {
    if (geometry.type !== 'LineString' || geometry.coordinates.length < 2) continue;
    const rank = ranks[properties.roadClass.replace(/_link$/, '')] ?? 0;
    lines.push({ ...toLine(geometry.coordinates), name: properties.name, rank });
  }
  lines.sort((a, b) => a.rank - b.rank);

  function visible({ left, top, world, width, height, zoom }: CanvasView): Street[] {
    const [minX, minY] = [left / world, top / world];
    const [maxX, maxY] = [(left + width) / world, (top + height) / world];
    return lines.filter(
      (line) =>
        zoom >= (fromZoom[line.rank] ?? 0) &&
        line.minX <= maxX &&
        line.maxX >= minX &&
        line.minY <= maxY &&
        line.maxY >= minY,
    );
  }

  return {
    ground: new CanvasLayer('tilePane', (view) => drawGround(view, visible(view), palette())),
    names: new CanvasLayer('shadowPane', (view) => {
      if (view.zoom >= 15) drawNames(view, visible(view), palette());
    }),
  };
}

/** Edges of all streets first, so that crossings stay open. */
function drawGround(view: CanvasView, lines: readonly Street[], colours: Palette): void {
  view.context.lineCap = 'round';
  view.context.lineJoin = 'round';
  const byRank = [0, 1, 2, 3].map((rank) => lines.filter((line) => line.rank === rank));
  for (const [rank, ofRank] of byRank.entries()) {
    strokeAll(view, ofRank, colours.streetEdge, widthPx(rank, view.zoom) + 2);
  }
  for (const [rank, ofRank] of byRank.entries()) {
    const colour = rank === 3 ? colours.streetMajor : colours.street;
    strokeAll(view, ofRank, colour, widthPx(rank, view.zoom));
  }
}

/** Traces a line on the context's current path. */
export function trace({ context, world, left, top }: CanvasView, { points }: Line): void {
  context.moveTo((points[0] ?? 0) * world - left, (points[1] ?? 0) * world - top);
  for (let i = 2; i < points.length; i += 2) {
    context.lineTo((points[i] ?? 0) * world - left, (points[i + 1] ?? 0) * world - top);
  }
}

function strokeAll(view: CanvasView, lines: readonly Street[], colour: string, width: number) {
  const { context } = view;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (const line of lines) trace(view, line);
  context.stroke();
}

/** A name again only this far from itself. */
const repeatPx = 320;

/** Names along the longer pieces, important streets first, none over another. */
function drawNames(view: CanvasView, lines: readonly Street[], colours: Palette): void {
  const { context, world, left, top, zoom } = view;
  const size = zoom >= 17 ? 13 : 12;
  context.font = `500 ${size}px ${colours.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  context.strokeStyle = colours.labelHalo;
  context.fillStyle = colours.label;
  const taken: { x: number; y: number; name: string; radius: number }[] = [];
  const named = lines
    .filter(({ name }) => name !== '')
    .map((line) => ({ line, at: halfway(line) }))
    .sort((a, b) => b.line.rank - a.line.rank || b.at.length - a.at.length);
  for (const { line, at } of named) {
    const width = context.measureText(line.name).width;
    if (at.length * world < width * 0.75) continue;
    const x = at.x * world - left;
    const y = at.y * world - top;
    const radius = width / 2;
    const isTaken = taken.some((other) => {
      const gap = Math.hypot(other.x - x, other.y - y);
      return gap < (other.name === line.name ? repeatPx : (other.radius + radius) * 0.8);
    });
    if (isTaken) continue;
    taken.push({ x, y, name: line.name, radius });
    const isUpsideDown = Math.abs(at.angle) > Math.PI / 2;
    context.save();
    context.translate(x, y);
    context.rotate(isUpsideDown ? at.angle + Math.PI : at.angle);
    context.strokeText(line.name, 0, 0);
    context.fillText(line.name, 0, 0);
    context.restore();
  }
}
