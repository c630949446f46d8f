import type { SimulatedUplink } from '../devices/device.ts';
import type { UplinkColumns } from './uplink-columns.ts';
import { uplinkColumns } from './uplink-columns.ts';

/** What has been written since it was told last. */
export interface HistoryNews {
  /** Portions that were begun, with the position of their first uplink. */
  readonly begun: readonly { readonly first: number; readonly memory: SharedArrayBuffer }[];
  /** Position after the newest uplink. */
  readonly end: number;
}

/** Where the simulation writes what its network server received. */
export interface HistoryWriter {
  /** In the order of time. */
  append(uplink: SimulatedUplink): void;
  news(): HistoryNews;
}

/** What the network server keeps, oldest first. Positions never change, also when the oldest go. */
export interface History {
  take(news: HistoryNews): void;
  /** Position of the first uplink at or after a time. */
  firstAt(atMs: number): number;
  at(position: number): SimulatedUplink | undefined;
  /** Position after the newest. */
  end(): number;
}

/** Keeps the portion it writes into, no other. */
export function createHistoryWriter(): HistoryWriter {
  let columns: UplinkColumns | undefined;
  let first = 0;
  let end = 0;
  let begun: { first: number; memory: SharedArrayBuffer }[] = [];
  const begin = (): UplinkColumns => {
    columns = uplinkColumns();
    first = end;
    begun.push({ first, memory: columns.memory });
    return columns;
  };
  return {
    append(uplink) {
      if (columns?.write(end - first, uplink) !== true) begin().write(0, uplink);
      end += 1;
    },
    news() {
      const told = { begun, end };
      begun = [];
      return told;
    },
  };
}

interface Portion {
  readonly first: number;
  readonly columns: UplinkColumns;
}

/** Keeps uplinks for `retentionMs`, counted from the newest; forgotten in portions. */
export function createHistory(retentionMs: number): History {
  const portions: Portion[] = [];
  let end = 0;
  const atMs = ({ first, columns }: Portion, position: number): number =>
    columns.atMs(position - first);

  /** The portion of a position; the last that was asked for is asked for again. */
  let lastUsed: { readonly portion: Portion; readonly end: number } | undefined;
  function portionOf(position: number): Portion {
    if (lastUsed && position >= lastUsed.portion.first && position < lastUsed.end)
      return lastUsed.portion;
    const n = portions.findLastIndex(({ first }) => first <= position);
    const found = portions[n]!;
    lastUsed = { portion: found, end: portions[n + 1]?.first ?? end };
    return found;
  }

  function forget(): void {
    for (let next = portions[1]; next; next = portions[1]) {
      if (atMs(portionOf(end - 1), end - 1) - atMs(next, next.first) < retentionMs) return;
      portions.shift();
    }
  }

  return {
    take(news) {
      for (const { first, memory } of news.begun)
        portions.push({ first, columns: uplinkColumns(memory) });
      end = news.end;
      forget();
    },
    firstAt(timeMs) {
      let low = portions[0]?.first ?? end;
      let high = end;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (atMs(portionOf(middle), middle) < timeMs) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    at(position) {
      if (position < (portions[0]?.first ?? end) || position >= end) return undefined;
      const { first, columns } = portionOf(position);
      return columns.read(position - first);
    },
    end: () => end,
  };
}
