import type { Deployment } from '../../../services/contract/site.ts';
import { TileLayer } from './leaflet.ts';

type Tiles = NonNullable<Deployment['map']['tiles']>;

/** After so many tiles in a row that did not come (or all of a first view), the streets are drawn instead. */
const failuresUntilFallback = 5;

/** Whether tiles should be asked for at all: not when offline and not with data saver. */
export function wantsTiles(tiles: Tiles | null): tiles is Tiles {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return tiles !== null && navigator.onLine && connection?.saveData !== true;
}

/** The configured tile layer; calls `onGivenUp` once when the tile server does not answer. */
export function createTileLayer(tiles: Tiles, onGivenUp: () => void): TileLayer {
  let failures = 0;
  let hasAny = false;
  let isGivenUp = false;
  const giveUp = (): void => {
    if (isGivenUp) return;
    isGivenUp = true;
    // Leaflet goes on with the layer when it has told of a tile: it is taken away after that.
    queueMicrotask(onGivenUp);
  };
  const layer = new TileLayer(tiles.url, {
    maxNativeZoom: tiles.maxNativeZoom,
    maxZoom: 20,
    className: 'tiles',
  });
  layer.on('tileload', () => {
    failures = 0;
    hasAny = true;
  });
  layer.on('tileerror', () => {
    failures += 1;
    if (failures >= failuresUntilFallback) giveUp();
  });
  // A small map needs fewer tiles than that: all of them missing is just as clear.
  layer.on('load', () => {
    if (!hasAny) giveUp();
  });
  return layer;
}
