import {
  DomUtil,
  Layer,
  type LatLng,
  type LeafletEvent,
  type LeafletMap,
  type ZoomAnimEvent,
} from './leaflet.ts';
import { worldPx } from './mercator.ts';

/** The part of the world a canvas shows. A place at (x, y), 0–1, is drawn at (x·world − left, y·world − top). */
export interface CanvasView {
  readonly context: CanvasRenderingContext2D;
  readonly zoom: number;
  /** World size in CSS px at this zoom. */
  readonly world: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Share of the map's size that is drawn beyond each edge, so that a short pan shows no gap. */
const margin = 0.15;
/** More pixels than this a device pixel are not seen but cost memory. */
const maxPixelRatio = 2;

/** Leaflet's own panes, from the ground up. */
type Pane = 'tilePane' | 'overlayPane' | 'shadowPane' | 'markerPane' | 'tooltipPane';

/**
 * A canvas that follows a Leaflet map: redrawn when a move ends, moved by CSS while it lasts. Hidden from
 * assistive technology: whatever it shows is in the list.
 */
export class CanvasLayer extends Layer {
  readonly #pane: Pane;
  readonly #draw: (view: CanvasView) => void;
  #map: LeafletMap | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #view: CanvasView | undefined;
  #corner: LatLng | undefined;
  #frame = 0;

  constructor(pane: Pane, draw: (view: CanvasView) => void) {
    super();
    this.#pane = pane;
    this.#draw = draw;
  }

  /** What the canvas shows now, for partial redraws; `undefined` while it is on no map. */
  get view(): CanvasView | undefined {
    return this.#view;
  }

  override onAdd(map: LeafletMap): this {
    this.#map = map;
    const canvas = document.createElement('canvas');
    canvas.className = 'leaflet-zoom-animated';
    canvas.setAttribute('aria-hidden', 'true');
    canvas.style.pointerEvents = 'none';
    this.#canvas = canvas;
    map.getPane(this.#pane)?.append(canvas);
    this.#reset();
    return this;
  }

  override onRemove(): this {
    cancelAnimationFrame(this.#frame);
    this.#canvas?.remove();
    this.#canvas = undefined;
    this.#map = undefined;
    this.#view = undefined;
    return this;
  }

  override getEvents() {
    return {
      moveend: () => this.#reset(),
      resize: () => this.#reset(),
      zoomanim: (event: LeafletEvent) => this.#animate(event as ZoomAnimEvent),
    };
  }

  /** Draws everything again in the next frame; many calls are one redraw. */
  redraw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (this.#view === undefined) return;
      const { context, width, height } = this.#view;
      context.clearRect(0, 0, width, height);
      this.#draw(this.#view);
    });
  }

  #reset(): void {
    const map = this.#map;
    const canvas = this.#canvas;
    const context = canvas?.getContext('2d');
    if (map === undefined || canvas === undefined || !context) return;
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint(size.multiplyBy(-margin)).round();
    const width = Math.ceil(size.x * (1 + 2 * margin));
    const height = Math.ceil(size.y * (1 + 2 * margin));
    const ratio = Math.min(maxPixelRatio, devicePixelRatio);
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    DomUtil.setTransform(canvas, corner, 1);
    context.scale(ratio, ratio);
    const origin = map.getPixelOrigin();
    const zoom = map.getZoom();
    this.#corner = map.layerPointToLatLng(corner);
    this.#view = {
      context,
      zoom,
      world: worldPx(zoom),
      left: origin.x + corner.x,
      top: origin.y + corner.y,
      width,
      height,
    };
    cancelAnimationFrame(this.#frame);
    this.#draw(this.#view);
  }

  /** Where the canvas will be when the zoom has ended, as Leaflet computes its new pixel origin. */
  #animate({ center, zoom }: ZoomAnimEvent): void {
    const map = this.#map;
    if (map === undefined || this.#canvas === undefined || this.#corner === undefined) return;
    const pane = map.getPane('mapPane');
    if (pane === undefined) return;
    const origin = map
      .project(center, zoom)
      .subtract(map.getSize().divideBy(2))
      .add(DomUtil.getPosition(pane))
      .round();
    const corner = map.project(this.#corner, zoom).subtract(origin);
    DomUtil.setTransform(this.#canvas, corner, map.getZoomScale(zoom, this.#view?.zoom));
  }
}
