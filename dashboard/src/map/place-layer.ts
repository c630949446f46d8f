import type { Place } from '../site/geo.ts';
import { CanvasLayer } from './canvas-layer.ts';
import { toX, toY } from './mercator.ts';
import type { Palette } from './palette.ts';

export interface Places {
  readonly destination: Place | null;
  readonly position: Place | null;
  /** Recommended sites, numbered as in the recommendation. */
  readonly marks: readonly Place[];
}

export interface PlaceLayer {
  readonly layer: CanvasLayer;
  update(places: Places): void;
}

/** Where one wants to go (a pin), where one is (a ringed dot), and what is recommended (numbers). */
export function createPlaceLayer(palette: () => Palette): PlaceLayer {
  let destination: Place | null = null;
  let position: Place | null = null;
  let marks: readonly Place[] = [];
  const layer = new CanvasLayer('tooltipPane', ({ context, world, left, top }) => {
    const { pillText, pill, accent, font } = palette();
    marks.forEach((mark, at) => {
      const x = toX(mark.lon) * world - left;
      const y = toY(mark.lat) * world - top;
      context.beginPath();
      context.arc(x, y, 15, 0, 2 * Math.PI);
      context.fillStyle = pillText;
      context.fill();
      context.lineWidth = 3;
      context.strokeStyle = pill;
      context.stroke();
      context.font = `700 16px ${font}`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillStyle = pill;
      context.fillText(String(at + 1), x, y + 1);
    });
    if (position !== null) {
      const x = toX(position.lon) * world - left;
      const y = toY(position.lat) * world - top;
      context.beginPath();
      context.arc(x, y, 8, 0, 2 * Math.PI);
      context.fillStyle = accent;
      context.fill();
      context.lineWidth = 3;
      context.strokeStyle = pill;
      context.stroke();
    }
    if (destination !== null) {
      const x = toX(destination.lon) * world - left;
      const y = toY(destination.lat) * world - top;
      context.beginPath();
      context.moveTo(x, y);
      context.bezierCurveTo(x - 4, y - 10, x - 12, y - 14, x - 12, y - 23);
      context.arc(x, y - 23, 12, Math.PI, 0);
      context.bezierCurveTo(x + 12, y - 14, x + 4, y - 10, x, y);
      context.fillStyle = pillText;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = pill;
      context.stroke();
      context.beginPath();
      context.arc(x, y - 23, 4.5, 0, 2 * Math.PI);
      context.fillStyle = pill;
      context.fill();
    }
  });
  return {
    layer,
    update(places) {
      ({ destination, position, marks } = places);
      layer.redraw();
    },
  };
}
