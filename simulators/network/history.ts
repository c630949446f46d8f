import type { SimulatedUplink } from '../devices/device.ts';

/** What the network server keeps, oldest first. Positions never change, also when the oldest go. */
export interface History {
  append(uplink: SimulatedUplink): void;
  /** Position of the first uplink at or after a time. */
  firstAt(atMs: number): number;
  at(position: number): SimulatedUplink | undefined;
  /** Position after the newest. */
  end(): number;
}

/** Forgotten in portions, so that an append stays cheap. */
const portion = 20_000;

/** Keeps uplinks for `retentionMs`, counted from the newest. They come in the order of time. */
export function createHistory(retentionMs: number): History {
  let uplinks: SimulatedUplink[] = [];
  let forgotten = 0;
  return {
    append(uplink) {
      uplinks.push(uplink);
      const oldest = uplinks[portion];
      if (oldest === undefined || uplink.atMs - oldest.atMs < retentionMs) return;
      uplinks = uplinks.slice(portion);
      forgotten += portion;
    },
    firstAt(atMs) {
      let low = 0;
      let high = uplinks.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((uplinks[middle]?.atMs ?? 0) < atMs) low = middle + 1;
        else high = middle;
      }
      return forgotten + low;
    },
    at: (position) => uplinks[position - forgotten],
    end: () => forgotten + uplinks.length,
  };
}
