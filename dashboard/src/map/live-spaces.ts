import { getSpaces, liveUrl, type Box } from '../live/api.ts';
import { createLiveClient } from '../live/live-client.ts';
import type { SpaceLayer } from './space-layer.ts';

/** Keeps the spaces of the visible box loaded and live; a second connection, open only while they are shown. */
export function createLiveSpaces(layer: SpaceLayer) {
  let client: ReturnType<typeof createLiveClient> | undefined;
  let loaded: Box | null = null;
  /** Of what is asked for now; older questions are ended. */
  let asking = new AbortController();

  function leave(): void {
    asking.abort();
    client?.stop();
    client = undefined;
    loaded = null;
  }

  return {
    /** `null` when single spaces are not shown. Asks again only when the view leaves what is loaded. */
    async show(box: Box | null): Promise<void> {
      if (box === null) {
        leave();
        return;
      }
      if (loaded !== null && contains(loaded, box)) return;
      const wide = widen(box);
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      try {
        const { items, cursor } = await getSpaces(wide, signal);
        if (signal.aborted) return;
        loaded = wide;
        layer.load(items);
        client?.stop();
        client = createLiveClient({
          url: liveUrl(),
          subscription: { kinds: ['spaces'], bbox: [...wide] },
          since: cursor,
          onFrame: (frame) => {
            if (frame.type === 'snapshot' || frame.type === 'delta') layer.merge(frame.spaces);
          },
        });
        client.start();
      } catch {
        // The kerbs stay as they are; the next move asks again.
      }
    },
    stop: leave,
  };
}

const contains = (outer: Box, inner: Box): boolean =>
  inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];

/** Half a screen more on each side, so that short pans ask for nothing. */
function widen([minLon, minLat, maxLon, maxLat]: Box): Box {
  const dLon = (maxLon - minLon) / 2;
  const dLat = (maxLat - minLat) / 2;
  const round = (degrees: number): number => Number(degrees.toFixed(5));
  return [round(minLon - dLon), round(minLat - dLat), round(maxLon + dLon), round(maxLat + dLat)];
}
