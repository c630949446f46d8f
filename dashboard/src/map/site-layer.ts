import type { Site } from '../../../services/contract/site.ts';
import { shownChance, shownVacant } from '../site/facts.ts';
import { statusStyle, type Chance } from '../ui/status-style.ts';
import { CanvasLayer, type CanvasView } from './canvas-layer.ts';
import { distanceToLine, halfway, toLine, type Line } from './lines.ts';
import { toX, toY } from './mercator.ts';
import type { Palette } from './palette.ts';
import { drawLabel, type LabelBox } from './labels.ts';
import { trace } from './street-layer.ts';

/** Kerbs are lines from here on; farther out there are zones and car parks only. */
export const linesFromZoom = 15;
/** How near to a sign or line a finger must come, CSS px. */
const hitPx = 12;

interface Drawn {
  readonly id: string;
  readonly line: Line | null;
  readonly x: number;
  readonly y: number;
  chance: Chance;
  vacant: number | null;
  hasDisabled: boolean;
}

export interface SiteLayer {
  readonly lines: CanvasLayer;
  readonly labels: CanvasLayer;
  /** Takes over the present; redraws only when something looks different. */
  update(sites: readonly Site[], isFeedStale: boolean, shownIds: ReadonlySet<string>): void;
  select(id: string | null): void;
  /** The site at a point of the world (0–1) within 12 px, or `undefined`. */
  hit(x: number, y: number): string | undefined;
}

/** Kerbs as lines in the status language, other sites as signs; both with numbers where there is room. */
export function createSiteLayer(palette: () => Palette): SiteLayer {
  const drawn = new Map<string, Drawn>();
  let shown: ReadonlySet<string> = new Set();
  let selectedId: string | null = null;
  let boxes: readonly LabelBox[] = [];
  const lines = new CanvasLayer('overlayPane', (view) => {
    const colours = palette();
    for (const site of inView(view)) {
      if (site.line !== null) drawLine(view, site, site.line, colours);
    }
  });
  const labels = new CanvasLayer('markerPane', (view) => {
    boxes = drawLabels(view, inView(view), palette());
  });

  function inView(view: CanvasView): Drawn[] {
    return [...drawn.values()].filter(
      (site) =>
        shown.has(site.id) &&
        (site.line === null || view.zoom >= linesFromZoom) &&
        isInView(view, site),
    );
  }

  function redraw(): void {
    lines.redraw();
    labels.redraw();
  }

  function drawLine(view: CanvasView, site: Drawn, line: Line, colours: Palette): void {
    const { context, zoom } = view;
    const style = statusStyle[site.chance].line;
    const scale = zoom >= 18 ? 0.5 : 1;
    context.lineCap = style.dash.length > 0 ? 'butt' : 'round';
    context.lineJoin = 'round';
    context.beginPath();
    trace(view, line);
    context.setLineDash([]);
    if (site.id === selectedId) {
      context.strokeStyle = colours.pillText;
      context.lineWidth = 14;
      context.stroke();
    }
    context.strokeStyle = colours.halo;
    context.lineWidth = (Math.max(3, style.width) + 3) * scale;
    context.stroke();
    if (style.width > 0) {
      context.setLineDash([...style.dash]);
      if (site.chance === 'unknown') context.lineCap = 'round';
      context.strokeStyle = colours.status[site.chance];
      context.lineWidth = style.width * scale;
      context.stroke();
      context.setLineDash([]);
    }
  }

  function drawLabels(view: CanvasView, sites: readonly Drawn[], colours: Palette): LabelBox[] {
    const taken: LabelBox[] = [];
    const order = { good: 0, some: 1, bad: 2, closed: 3, unknown: 4 };
    const byImportance = [...sites].sort(
      (a, b) =>
        Number(b.id === selectedId) - Number(a.id === selectedId) ||
        Number(a.line !== null) - Number(b.line !== null) ||
        order[a.chance] - order[b.chance] ||
        (b.vacant ?? 0) - (a.vacant ?? 0),
    );
    for (const site of byImportance) {
      const isSelected = site.id === selectedId;
      if (site.line !== null && view.zoom < 16 && !isSelected) continue;
      const box = drawLabel(view, {
        id: site.id,
        x: site.x * view.world - view.left,
        y: site.y * view.world - view.top,
        chance: site.chance,
        text: site.vacant === null ? '' : String(site.vacant),
        isCarPark: site.line === null,
        hasDisabled: site.hasDisabled,
        isSelected,
        taken,
        colours,
      });
      if (box !== undefined) taken.push(box);
    }
    return taken;
  }

  return {
    lines,
    labels,
    update(sites, isFeedStale, shownIds) {
      let isChanged = shown !== shownIds;
      shown = shownIds;
      for (const site of sites) {
        const before = drawn.get(site.id);
        const chance = shownChance(site, isFeedStale);
        const vacant = shownVacant(site, isFeedStale);
        if (before?.chance === chance && before.vacant === vacant) continue;
        drawn.set(site.id, { ...(before ?? toDrawn(site)), chance, vacant });
        isChanged = true;
      }
      if (isChanged) redraw();
    },
    select(id) {
      if (id === selectedId) return;
      selectedId = id;
      redraw();
    },
    hit(x, y) {
      const { view } = labels;
      if (view === undefined) return undefined;
      const px = x * view.world - view.left;
      const py = y * view.world - view.top;
      const label = boxes.find((box) => isInBox(box, px, py));
      if (label !== undefined) return label.id;
      return view.zoom >= linesFromZoom ? nearestLine(x, y, hitPx / view.world) : undefined;
    },
  };

  function nearestLine(x: number, y: number, reach: number): string | undefined {
    let best = reach;
    let found: string | undefined;
    for (const { id, line } of drawn.values()) {
      if (line === null || !shown.has(id)) continue;
      if (x < line.minX - reach || x > line.maxX + reach) continue;
      if (y < line.minY - reach || y > line.maxY + reach) continue;
      const distance = distanceToLine(line, x, y);
      if (distance < best) [best, found] = [distance, id];
    }
    return found;
  }
}

function toDrawn(site: Site): Drawn {
  const { geometry } = site;
  const line =
    geometry.type === 'LineString' && geometry.coordinates.length > 1
      ? toLine(geometry.coordinates)
      : null;
  const middle = line === null ? { x: toX(site.lon), y: toY(site.lat) } : halfway(line);
  const hasDisabled = (site.numberOfSpacesFor.disabled ?? 0) > 0;
  const { id } = site;
  return { id, line, x: middle.x, y: middle.y, chance: 'unknown', vacant: null, hasDisabled };
}

function isInView({ world, left, top, width, height }: CanvasView, site: Drawn): boolean {
  const box = site.line ?? { minX: site.x, maxX: site.x, minY: site.y, maxY: site.y };
  return (
    box.maxX * world >= left &&
    box.minX * world <= left + width &&
    box.maxY * world >= top &&
    box.minY * world <= top + height
  );
}

const isInBox = (box: LabelBox, x: number, y: number): boolean =>
  x >= box.left - 4 && x <= box.right + 4 && y >= box.top - 4 && y <= box.bottom + 4;
