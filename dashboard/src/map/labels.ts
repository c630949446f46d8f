import { statusStyle, type Chance } from '../ui/status-style.ts';
import type { CanvasView } from './canvas-layer.ts';
import type { Palette } from './palette.ts';
import { drawShape } from './symbols.ts';

/** The place of a drawn label, in CSS px of the canvas. */
export interface LabelBox {
  readonly id: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface Label {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly chance: Chance;
  /** Number of free spaces; empty when not known. */
  readonly text: string;
  readonly isCarPark: boolean;
  readonly hasDisabled: boolean;
  readonly isSelected: boolean;
  readonly taken: readonly LabelBox[];
  readonly colours: Palette;
}

const heightPx = 26;
const signPx = 7;

/** A pill with sign and number, or `undefined` where another one already is. */
export function drawLabel({ context }: CanvasView, label: Label): LabelBox | undefined {
  const { colours, text, isCarPark, hasDisabled } = label;
  context.font = `700 13px ${colours.font}`;
  const textPx = text === '' ? 0 : context.measureText(text).width + 5;
  const parkPx = isCarPark ? 15 : 0;
  const disabledPx = hasDisabled ? 17 : 0;
  const width = 8 + parkPx + 2 * signPx + textPx + disabledPx + 8;
  const left = label.x - width / 2;
  const top = label.y - heightPx / 2;
  const box = { id: label.id, left, top, right: left + width, bottom: top + heightPx };
  if (label.taken.some((other) => overlaps(box, other))) return undefined;

  context.setLineDash([]);
  context.beginPath();
  context.roundRect(left, top, width, heightPx, isCarPark ? 7 : heightPx / 2);
  context.fillStyle = colours.pill;
  context.shadowColor = 'rgb(0 0 0 / 28%)';
  context.shadowBlur = 5;
  context.shadowOffsetY = 1;
  context.fill();
  context.shadowColor = 'transparent';
  context.lineWidth = label.isSelected ? 3 : 1;
  context.strokeStyle = label.isSelected ? colours.pillText : colours.streetEdge;
  context.stroke();

  let x = left + 8;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  if (isCarPark) {
    context.fillStyle = colours.accent;
    context.fillText('P', x, label.y + 0.5);
    x += parkPx;
  }
  const { shape } = statusStyle[label.chance];
  const fill = colours.status[label.chance];
  drawShape(context, shape, x + signPx, label.y, signPx - 1, { fill, halo: colours.pill });
  x += 2 * signPx + 5;
  context.fillStyle = colours.pillText;
  context.fillText(text, x, label.y + 0.5);
  if (hasDisabled) drawWheelchair(context, left + width - 17, label.y, colours.pillText);
  return box;
}

const overlaps = (a: LabelBox, b: LabelBox): boolean =>
  a.left < b.right + 2 && a.right > b.left - 2 && a.top < b.bottom + 2 && a.bottom > b.top - 2;

/** A small wheelchair, drawn, because fonts differ in what they call one. */
export function drawWheelchair(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  context.lineCap = 'round';
  context.beginPath();
  context.arc(x + 4, y - 6, 1.7, 0, 2 * Math.PI);
  context.fill();
  context.beginPath();
  context.moveTo(x + 4, y - 3.5);
  context.lineTo(x + 4, y + 1);
  context.lineTo(x + 8, y + 1);
  context.lineTo(x + 10, y + 5);
  context.moveTo(x + 4, y - 1.5);
  context.lineTo(x + 8, y - 1.5);
  context.stroke();
  context.beginPath();
  context.arc(x + 4, y + 2.5, 4, 0.25, Math.PI * 1.35);
  context.stroke();
}
