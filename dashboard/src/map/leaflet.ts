/**
 * The one place that imports Leaflet, and only the parts that are used: its bundle would cost 42 kB
 * gzipped, these cost a third less. A new major version is a change to this file.
 */
import { Map as LeafletMap } from 'leaflet/src/map/Map.js';
import { Layer } from 'leaflet/src/layer/Layer.js';
import 'leaflet/src/map/handler/Map.DoubleClickZoom.js';
import 'leaflet/src/map/handler/Map.Drag.js';
import 'leaflet/src/map/handler/Map.Keyboard.js';
import 'leaflet/src/map/handler/Map.ScrollWheelZoom.js';
import 'leaflet/src/map/handler/Map.TouchZoom.js';

export * as DomUtil from 'leaflet/src/dom/DomUtil.js';
export { TileLayer } from 'leaflet/src/layer/tile/TileLayer.js';
export { Layer, LeafletMap };
export type { LatLng, LeafletEvent, LeafletMouseEvent, ZoomAnimEvent } from 'leaflet';
