import type { Site, Streets, Zone } from '../../../services/contract/site.ts';
import type { Place } from '../site/geo.ts';
import { createPlaceLayer } from './place-layer.ts';
import { LeafletMap, type LeafletMouseEvent } from './leaflet.ts';
import { toX, toY } from './mercator.ts';
import { readPalette } from './palette.ts';
import { createSiteLayer, linesFromZoom } from './site-layer.ts';
import { createSpaceLayer } from './space-layer.ts';
import { createStreetLayers, type StreetLayers } from './street-layer.ts';
import { createZoneLayer } from './zone-layer.ts';

export interface TownMapOptions {
  readonly centre: Place;
  readonly zoom: number;
  readonly isStill: boolean;
  readonly zoneText: (zone: Zone, isFeedStale: boolean) => string;
  readonly onPick: (siteId: string) => void;
  /** Takes the place itself when one is wanted; returns whether it did. */
  readonly onPlace: (place: Place) => boolean;
}

/** A Leaflet map with the layers of the town, without any framework around it. */
export function createTownMap(container: HTMLElement, options: TownMapOptions) {
  let palette = readPalette();
  const map = new LeafletMap(container, {
    center: [options.centre.lat, options.centre.lon],
    zoom: options.zoom,
    minZoom: 9,
    maxZoom: 20,
    zoomControl: false,
    attributionControl: false,
    zoomAnimation: !options.isStill,
    fadeAnimation: !options.isStill,
    inertia: !options.isStill,
  });
  if (options.isStill) {
    // Leaflet's own arrow keys glide unless told otherwise.
    const panBy = map.panBy.bind(map);
    map.panBy = (offset) => panBy(offset, { animate: false });
  }
  const current = () => palette;
  const zones = createZoneLayer(current, options.zoneText);
  const sites = createSiteLayer(current);
  const spaces = createSpaceLayer(current);
  const places = createPlaceLayer(current);
  let streets: StreetLayers | undefined;
  // Within a pane, what is added later lies above.
  const layers = [zones.layer, sites.lines, spaces.layer, sites.labels, places.layer];
  for (const layer of layers) layer.addTo(map);

  map.on('click', ({ latlng }: LeafletMouseEvent) => {
    if (options.onPlace({ lat: latlng.lat, lon: latlng.lng })) return;
    const x = toX(latlng.lng);
    const y = toY(latlng.lat);
    const siteId = spaces.hit(x, y) ?? sites.hit(x, y);
    const zone = zones.hit(x, y);
    if (siteId !== undefined) options.onPick(siteId);
    else if (zone !== undefined) map.setView([zone.lat, zone.lon], linesFromZoom + 1);
  });

  /** Moves only when the place is not well inside the visible part. */
  function reveal(site: Site): void {
    const at: [number, number] = [site.lat, site.lon];
    const zoom = Math.max(map.getZoom(), linesFromZoom + 1);
    const isVisible = zoom === map.getZoom() && map.getBounds().pad(-0.25).contains(at);
    if (!isVisible) map.setView(at, zoom, { animate: !options.isStill });
  }

  return {
    map,
    zones,
    sites,
    spaces,
    places,
    reveal,
    showStreets(data: Streets | undefined): void {
      streets?.ground.remove();
      streets?.names.remove();
      streets = data && createStreetLayers(data, current);
      streets?.ground.addTo(map);
      streets?.names.addTo(map);
    },
    /** After a change of theme or colours. */
    repaint(): void {
      palette = readPalette();
      for (const layer of [...layers, streets?.ground, streets?.names]) layer?.redraw();
    },
  };
}

export type TownMap = ReturnType<typeof createTownMap>;
