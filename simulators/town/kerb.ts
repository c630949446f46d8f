import type { Random } from '../random.ts';
import { integer } from '../random.ts';
import type { City } from './city.ts';
import type { Queue } from './queue.ts';

/** Kind of happening in the queue: a car leaves a space at the kerb. */
const departure = 5;

/** Which spaces at the kerb are taken. */
export interface Kerb {
  readonly occupied: Uint8Array;
  /** Vacant spaces for anybody on a stretch. */
  vacant(stretch: number): number;
  /** Takes any vacant space of the stretch. */
  park(stretch: number, atS: number, stayS: number, random: Random): void;
  /** Takes or leaves a space that is kept for somebody, or was taken before the world began. */
  set(space: number, isTaken: boolean): void;
  /** The space that a car leaves now; `undefined` when this is another kind of happening. */
  handle(kind: number, index: number, atS: number): number | undefined;
  leaveLater(space: number, atS: number): void;
}

/** The kerb, with the changes told to the sensors. */
export function createKerb(
  city: City,
  queue: Queue,
  changed: (space: number, occupied: boolean, atS: number) => void,
  stored?: readonly number[],
): Kerb {
  const occupied = Uint8Array.from(stored ?? city.spaces.map(() => 0));
  const vacant = Int32Array.from(
    city.stretches,
    ({ spaces }) => spaces.filter((s) => occupied[s] === 0).length,
  );

  function set(space: number, isTaken: boolean): void {
    occupied[space] = isTaken ? 1 : 0;
    const { stretch, audience } = city.spaces[space]!;
    if (stretch >= 0 && audience === null) vacant[stretch]! += isTaken ? -1 : 1;
  }

  function nthVacant(stretch: number, nth: number): number {
    let left = nth;
    for (const space of city.stretches[stretch]!.spaces) {
      if (occupied[space] === 0 && left-- === 0) return space;
    }
    throw new Error(`no space is vacant on stretch ${stretch}`);
  }

  return {
    occupied,
    set,
    vacant: (stretch) => vacant[stretch]!,
    park(stretch, atS, stayS, random) {
      const space = nthVacant(stretch, integer(random, vacant[stretch]!));
      set(space, true);
      changed(space, true, atS);
      queue.schedule(atS + stayS, departure, space, null);
    },
    handle(kind, index, atS) {
      if (kind !== departure) return undefined;
      set(index, false);
      changed(index, false, atS);
      return index;
    },
    leaveLater: (space, atS) => queue.schedule(atS, departure, space, null),
  };
}
