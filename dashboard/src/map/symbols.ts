import type { StatusShape } from '../ui/status-style.ts';

/** Draws one status sign around (x, y): the same shapes as StatusIcon.svelte, with a halo of 1.5 px. */
export function drawShape(
  context: CanvasRenderingContext2D,
  shape: StatusShape,
  x: number,
  y: number,
  radius: number,
  colours: { readonly fill: string; readonly halo: string },
): void {
  context.setLineDash([]);
  context.fillStyle = colours.fill;
  context.strokeStyle = colours.halo;
  context.lineWidth = 3;
  context.beginPath();
  traceOutline(context, shape, x, y, radius);
  context.stroke();
  if (shape === 'circle' || shape === 'square') {
    context.fill();
    return;
  }
  context.fillStyle = colours.halo;
  if (shape !== 'cross') context.fill();
  context.strokeStyle = colours.fill;
  context.lineWidth = Math.max(1.5, radius * 0.3);
  context.stroke();
  if (shape === 'half') {
    context.fillStyle = colours.fill;
    context.beginPath();
    context.arc(x, y, radius, Math.PI / 2, (3 * Math.PI) / 2);
    context.fill();
  }
}

function traceOutline(
  context: CanvasRenderingContext2D,
  shape: StatusShape,
  x: number,
  y: number,
  r: number,
): void {
  switch (shape) {
    case 'circle':
    case 'half':
      context.arc(x, y, r, 0, 2 * Math.PI);
      return;
    case 'square':
      context.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
      return;
    case 'diamond':
      context.moveTo(x, y - r);
      context.lineTo(x + r, y);
      context.lineTo(x, y + r);
      context.lineTo(x - r, y);
      context.closePath();
      return;
    case 'cross':
      context.moveTo(x - r * 0.8, y - r * 0.8);
      context.lineTo(x + r * 0.8, y + r * 0.8);
      context.moveTo(x + r * 0.8, y - r * 0.8);
      context.lineTo(x - r * 0.8, y + r * 0.8);
  }
}
