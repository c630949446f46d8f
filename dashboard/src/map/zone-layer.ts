import type { Zone } from '../../../services/contract/site.ts';
import { CanvasLayer } from './canvas-layer.ts';
import { linesFromZoom } from './site-layer.ts';
import { toLine, type Line } from './lines.ts';
import { toX, toY } from './mercator.ts';
import type { Palette } from './palette.ts';
import { trace } from './street-layer.ts';

interface DrawnZone {
  readonly zone: Zone;
  readonly outline: Line | null;
  readonly x: number;
  readonly y: number;
}

export interface ZoneLayer {
  readonly layer: CanvasLayer;
  update(zones: readonly Zone[], isFeedStale: boolean): void;
  /** Middle of the zone whose label is at a point of the world, to go there. */
  hit(x: number, y: number): { readonly lat: number; readonly lon: number } | undefined;
}

/** Zones with their name and free spaces while kerbs are too small to be seen. */
export function createZoneLayer(
  palette: () => Palette,
  toText: (zone: Zone, isFeedStale: boolean) => string,
): ZoneLayer {
  let drawn: DrawnZone[] = [];
  let isStale = false;
  const layer = new CanvasLayer('overlayPane', (view) => {
    if (view.zoom >= linesFromZoom) return;
    const { context, world, left, top } = view;
    const colours = palette();
    for (const { outline } of drawn) {
      if (outline === null) continue;
      context.beginPath();
      trace(view, outline);
      context.globalAlpha = 0.08;
      context.fillStyle = colours.zone;
      context.fill();
      context.globalAlpha = 0.6;
      context.strokeStyle = colours.zone;
      context.lineWidth = 1.5;
      context.stroke();
      context.globalAlpha = 1;
    }
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const { zone, x, y } of drawn) {
      const lines = [zone.name, toText(zone, isStale)];
      lines.forEach((text, row) => {
        context.font = `${row === 0 ? 650 : 500} 13px ${colours.font}`;
        const at = { x: x * world - left, y: y * world - top - 26 + row * 17 };
        context.lineWidth = 4;
        context.lineJoin = 'round';
        context.strokeStyle = colours.labelHalo;
        context.strokeText(text, at.x, at.y);
        context.fillStyle = colours.pillText;
        context.fillText(text, at.x, at.y);
      });
    }
  });

  return {
    layer,
    update(zones, isFeedStale) {
      isStale = isFeedStale;
      drawn = zones.map(toDrawn);
      layer.redraw();
    },
    hit(x, y) {
      const { view } = layer;
      if (view === undefined || view.zoom >= linesFromZoom) return undefined;
      const reach = 40 / view.world;
      const found = drawn.find((zone) => Math.hypot(zone.x - x, zone.y - y) < reach);
      return found && toPlace(found.zone);
    },
  };
}

function outlinePositions({ geometry }: Zone): readonly (readonly [number, number])[] {
  if (geometry.type === 'Polygon') return geometry.coordinates[0] ?? [];
  return geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
}

/** Middle of the outline's box. */
function toPlace(zone: Zone): { lat: number; lon: number } {
  const positions = outlinePositions(zone);
  const lons = positions.map(([lon]) => lon);
  const lats = positions.map(([, lat]) => lat);
  return {
    lon: (Math.min(...lons) + Math.max(...lons)) / 2,
    lat: (Math.min(...lats) + Math.max(...lats)) / 2,
  };
}

function toDrawn(zone: Zone): DrawnZone {
  const { lat, lon } = toPlace(zone);
  const outline = zone.geometry.type === 'Polygon' ? toLine(outlinePositions(zone)) : null;
  return { zone, outline, x: toX(lon), y: toY(lat) };
}
