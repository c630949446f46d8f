import type { Space, SpaceStatus } from '../../../services/contract/site.ts';
import { toX, toY } from './mercator.ts';

export const stateOf = { unknown: 0, vacant: 1, occupied: 2 } as const;

/**
 * The spaces of the visible part of the map, in typed arrays: about 25 bytes a space, so that 50,000 cost
 * nothing to keep and a change is one byte. Not reactive on purpose.
 */
export interface SpaceStore {
  readonly count: number;
  /** World coordinates, 0–1. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Values of `stateOf`. */
  readonly state: Uint8Array;
  /** 1 where the space is kept for disabled drivers, 2 for charging, else 0. */
  readonly kept: Uint8Array;
  /** Radians clockwise from north; NaN is not known. */
  readonly heading: Float32Array;
  readonly siteIds: readonly string[];
  /** Takes over new values; returns the places of those that look different now. */
  merge(statuses: readonly SpaceStatus[]): number[];
  /** Indexes inside a box of the world. */
  search(minX: number, minY: number, maxX: number, maxY: number): number[];
  /** The nearest space within `reach` of a point of the world. */
  nearest(x: number, y: number, reach: number): number | undefined;
}

/** Builds the index once; statuses then change in place. */
export function createSpaceStore(spaces: readonly Space[]): SpaceStore {
  const count = spaces.length;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  const state = new Uint8Array(count);
  const kept = new Uint8Array(count);
  const heading = new Float32Array(count);
  const places = new Map<string, number>();
  spaces.forEach((space, at) => {
    x[at] = toX(space.lon);
    y[at] = toY(space.lat);
    state[at] = stateOf[space.status];
    kept[at] = space.audience === 'disabled' ? 1 : space.audience === 'charging' ? 2 : 0;
    heading[at] = space.headingDeg === null ? NaN : (space.headingDeg * Math.PI) / 180;
    places.set(space.id, at);
  });
  // From west to east: what a map shows is one stretch of that, of which the rest lies north or south.
  const eastward = Uint32Array.from({ length: count }, (_, at) => at);
  eastward.sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0));

  const search = (minX: number, minY: number, maxX: number, maxY: number): number[] => {
    let from = 0;
    for (let to = count; from < to;) {
      const middle = (from + to) >> 1;
      if ((x[eastward[middle] ?? 0] ?? 0) < minX) from = middle + 1;
      else to = middle;
    }
    const found: number[] = [];
    for (; from < count; from += 1) {
      const at = eastward[from] ?? 0;
      if ((x[at] ?? 0) > maxX) break;
      const northing = y[at] ?? 0;
      if (northing >= minY && northing <= maxY) found.push(at);
    }
    return found;
  };

  return {
    count,
    x,
    y,
    state,
    kept,
    heading,
    siteIds: spaces.map(({ siteId }) => siteId),
    merge(statuses) {
      const dirty: number[] = [];
      for (const { id, status } of statuses) {
        const at = places.get(id);
        if (at === undefined || state[at] === stateOf[status]) continue;
        state[at] = stateOf[status];
        dirty.push(at);
      }
      return dirty;
    },
    search,
    nearest(px, py, reach) {
      let nearest: number | undefined;
      let least = reach;
      for (const at of search(px - reach, py - reach, px + reach, py + reach)) {
        const distance = Math.hypot((x[at] ?? 0) - px, (y[at] ?? 0) - py);
        if (distance > least) continue;
        least = distance;
        nearest = at;
      }
      return nearest;
    },
  };
}
