import { derived } from './derived.ts';
import type { DevEui, EpochMs } from './ids.ts';
import type { Installation } from './site.ts';

/** Who was where when; answers in the time of the uplink, so a moved device keeps its past. */
export interface Installations {
  at(devEui: DevEui, atMs: EpochMs): Installation | undefined;
}

export const isInForce = (
  { fromMs, untilMs }: Pick<Installation, 'fromMs' | 'untilMs'>,
  atMs: EpochMs,
): boolean => fromMs <= atMs && (untilMs === null || atMs < untilMs);

/** The installations of the inventory as it is when it is asked. */
export function createInstallations(
  inventory: () => { readonly installations: readonly Installation[] },
): Installations {
  const table = derived(inventory, ({ installations }) => createTable(installations));
  return { at: (devEui, atMs) => table()(devEui, atMs) };
}

/** Numbers of a slot: the two halves of a DevEUI, its first installation plus one (0 is a free slot) and the end. */
const slotNumbers = 4;

/**
 * Finds an installation by numbers that lie together. Every uplink asks, thousands of devices take turns:
 * a `Map` of lists would look at half a dozen places in memory, none of which is near a processor.
 */
function createTable(
  installations: readonly Installation[],
): (devEui: DevEui, atMs: EpochMs) => Installation | undefined {
  const byDevice = Map.groupBy(installations, ({ devEui }) => devEui);
  const all = [...byDevice.values()].flat();
  /** From when until when, of each. */
  const spans = Float64Array.from(
    all.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs ?? Infinity]),
  );
  const mask = 2 ** Math.ceil(Math.log2(2 * byDevice.size + 2)) - 1;
  const slots = new Int32Array((mask + 1) * slotNumbers);

  /** Where the slot of a device begins, or a free one. */
  const slotOf = (high: number, low: number): number => {
    const hash = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b);
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const slot = place * slotNumbers;
      const isDevice = slots[slot] === high && slots[slot + 1] === low;
      if (isDevice || slots[slot + 2] === 0) return slot;
    }
  };
  let first = 0;
  for (const [devEui, its] of byDevice) {
    const [high, low] = [halfOf(devEui, 0), halfOf(devEui, 8)];
    slots.set([high, low, first + 1, first + its.length], slotOf(high, low));
    first += its.length;
  }
  return (devEui, atMs) => {
    const slot = slotOf(halfOf(devEui, 0), halfOf(devEui, 8));
    const end = slots[slot + 3] ?? 0;
    for (let at = (slots[slot + 2] ?? 0) - 1; at >= 0 && at < end; at += 1)
      if ((spans[2 * at] ?? 0) <= atMs && atMs < (spans[2 * at + 1] ?? 0)) return all[at];
    return undefined;
  };
}

/** Eight hex digits of a DevEUI as a number of 32 bits. */
function halfOf(devEui: DevEui, at: number): number {
  let half = 0;
  for (let n = at; n < at + 8; n += 1) {
    const code = devEui.charCodeAt(n);
    half = (half << 4) | (code <= 57 ? code - 48 : code - 55);
  }
  return half;
}

/** Devices that are installed elsewhere, at another time or as another model than before. */
export function devicesThatChanged(
  before: readonly Installation[],
  after: readonly Installation[],
): ReadonlySet<DevEui> {
  const told = (installations: readonly Installation[]): ReadonlyMap<DevEui, string> =>
    new Map(
      [...Map.groupBy(installations, ({ devEui }) => devEui)].map(([devEui, its]) => [
        devEui,
        JSON.stringify(its.toSorted((a, b) => a.fromMs - b.fromMs)),
      ]),
    );
  const old = told(before);
  return new Set(
    [...told(after)].flatMap(([devEui, its]) => (old.get(devEui) === its ? [] : devEui)),
  );
}
