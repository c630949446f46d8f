import type { Space, SpaceStatus } from '../../../services/contract/site.ts';
import { CanvasLayer, type CanvasView } from './canvas-layer.ts';
import { drawWheelchair } from './labels.ts';
import { pxPerM } from './mercator.ts';
import type { Palette } from './palette.ts';
import { createSpaceStore, stateOf, type SpaceStore } from './space-store.ts';
import { drawShape } from './symbols.ts';

/** Single spaces from here on: farther out they would overlap (6 m are 1.9 px at zoom 15). */
export const spacesFromZoom = 18;
const hitPx = 12;
/** Outline of a space on the ground. */
const lengthM = 4.8;
const widthM = 2;

export interface SpaceLayer {
  readonly layer: CanvasLayer;
  load(spaces: readonly Space[]): void;
  /** Redraws only the spaces that changed, all of a frame's changes at once. */
  merge(statuses: readonly SpaceStatus[]): void;
  /** Everything unknown, when the feed is too old to be shown. */
  setStale(isStale: boolean): void;
  /** Site of the nearest space within 12 px of a point of the world. */
  hit(x: number, y: number): string | undefined;
}

/** Every space as a sign; only what changed is drawn again. */
export function createSpaceLayer(palette: () => Palette): SpaceLayer {
  let store: SpaceStore = createSpaceStore([]);
  let isFeedStale = false;
  let frame = 0;
  const dirty = new Set<number>();
  const layer = new CanvasLayer('overlayPane', (view) => {
    dirty.clear();
    if (view.zoom < spacesFromZoom) return;
    drawSpaces(view, store, search(view, 0, 0, view.width, view.height), palette(), isFeedStale);
  });

  function search(view: CanvasView, left: number, top: number, width: number, height: number) {
    const pad = radiusPx(view.zoom) + 16;
    const x = view.left + left;
    const y = view.top + top;
    return store.search(
      (x - pad) / view.world,
      (y - pad) / view.world,
      (x + width + pad) / view.world,
      (y + height + pad) / view.world,
    );
  }

  /** Clears and redraws the boxes of what changed; neighbours that reach into a box are clipped to it. */
  function drawDirty(): void {
    frame = 0;
    const { view } = layer;
    if (view === undefined || view.zoom < spacesFromZoom) {
      dirty.clear();
      return;
    }
    const colours = palette();
    const reach = halfBoxPx(view);
    for (const at of dirty) {
      const left = (store.x[at] ?? 0) * view.world - view.left - reach;
      const top = (store.y[at] ?? 0) * view.world - view.top - reach;
      if (left < -2 * reach || top < -2 * reach || left > view.width || top > view.height) continue;
      view.context.save();
      view.context.beginPath();
      view.context.rect(left, top, 2 * reach, 2 * reach);
      view.context.clip();
      view.context.clearRect(left, top, 2 * reach, 2 * reach);
      const near = search(view, left, top, 2 * reach, 2 * reach);
      drawSpaces(view, store, near, colours, isFeedStale);
      view.context.restore();
    }
    dirty.clear();
  }

  return {
    layer,
    load(spaces) {
      store = createSpaceStore(spaces);
      layer.redraw();
    },
    merge(statuses) {
      for (const at of store.merge(statuses)) dirty.add(at);
      if (dirty.size > 0 && frame === 0) frame = requestAnimationFrame(drawDirty);
    },
    setStale(isStale) {
      if (isStale === isFeedStale) return;
      isFeedStale = isStale;
      layer.redraw();
    },
    hit(x, y) {
      const { view } = layer;
      if (view === undefined || view.zoom < spacesFromZoom) return undefined;
      const at = store.nearest(x, y, hitPx / view.world);
      return at === undefined ? undefined : store.siteIds[at];
    },
  };
}

const radiusPx = (zoom: number): number => (zoom >= 20 ? 9 : zoom >= 19 ? 6.5 : 5);

/** Half the side of the square that holds a space in any direction. */
const halfBoxPx = (view: CanvasView): number =>
  Math.max(radiusPx(view.zoom), (lengthM / 2) * scaleOf(view)) + 4;

const scaleOf = (view: CanvasView): number => {
  const y = (view.top + view.height / 2) / view.world;
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  return pxPerM(view.zoom, lat);
};

function drawSpaces(
  view: CanvasView,
  store: SpaceStore,
  indexes: readonly number[],
  colours: Palette,
  isFeedStale: boolean,
): void {
  const { context, world, left, top, zoom } = view;
  const radius = radiusPx(zoom);
  const scale = scaleOf(view);
  for (const at of indexes) {
    const x = (store.x[at] ?? 0) * world - left;
    const y = (store.y[at] ?? 0) * world - top;
    if (zoom >= 19) drawOutline(context, x, y, store.heading[at] ?? NaN, scale, colours);
    const state = isFeedStale ? stateOf.unknown : store.state[at];
    if (state === stateOf.vacant) {
      drawShape(context, 'circle', x, y, radius, {
        fill: colours.status.good,
        halo: colours.halo,
      });
    } else if (state === stateOf.occupied) {
      drawShape(context, 'square', x, y, radius * 0.8, {
        fill: colours.status.bad,
        halo: colours.halo,
      });
    } else {
      drawShape(context, 'diamond', x, y, radius, {
        fill: colours.status.unknown,
        halo: colours.halo,
      });
    }
    if (store.kept[at] === 1 && zoom >= 19) {
      drawWheelchair(context, x + radius + 1, y, colours.pillText);
    }
  }
}

function drawOutline(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  heading: number,
  scale: number,
  colours: Palette,
): void {
  if (Number.isNaN(heading)) return;
  context.save();
  context.translate(x, y);
  context.rotate(heading);
  context.strokeStyle = colours.streetEdge;
  context.fillStyle = colours.pill;
  context.lineWidth = 1;
  context.beginPath();
  context.rect((-widthM / 2) * scale, (-lengthM / 2) * scale, widthM * scale, lengthM * scale);
  context.fill();
  context.stroke();
  context.restore();
}
