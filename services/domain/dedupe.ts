import type { EpochMs } from './ids.ts';
import type { Uplink } from './uplink.ts';

type Message = Pick<Uplink, 'devEui' | 'session' | 'fCnt' | 'payload'>;

export interface DedupeWindow {
  /** True the first time an uplink is offered; false for every repetition that is still remembered. */
  isNew(uplink: Message & Pick<Uplink, 'receivedAtMs'>): boolean;
  /** Takes back that an uplink was seen, because it could not be kept: when it comes again it is new. */
  forget(uplink: Message): void;
  /** Its frame counter began anew: what it says next under an old number is new. Looks at every key: for rare events. */
  forgetDevice(devEui: string): void;
  /** Keys remembered now, never more than `maxKeys`. */
  size(): number;
}

/** FNV-1a (Fowler, Noll, Vo) with its own prime and with another: together 64 bits that tell keys apart. */
const [basis, otherBasis] = [0x811c9dc5, 0x9747b28c];
const [prime, otherPrime] = [0x01000193, 0x5bd1e995];

const hashText = (text: string, hash: number, by: number): number => {
  let mixed = hash;
  for (let at = 0; at < text.length; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), by);
  return mixed;
};
const hashOf = ({ devEui, session, fCnt, payload }: Message, start: number, by: number): number => {
  let mixed = hashText(session, hashText(devEui, start, by), by);
  mixed = Math.imul(mixed ^ (fCnt & 0xffff), by);
  mixed = Math.imul(mixed ^ (fCnt >>> 16), by);
  for (const byte of payload) mixed = Math.imul(mixed ^ byte, by);
  // The last bytes have to reach the low bits, too.
  return mixed ^ (mixed >>> 15);
};

/**
 * Entries in the order they came, each found by a key of 64 bits; beyond its capacity the oldest goes.
 * Numbers in typed arrays: as strings in a `Map`, 200,000 keys cost 30 MB and most of the garbage of the
 * ingest.
 */
function createRing(capacity: number) {
  const keys = new Int32Array(capacity);
  const otherKeys = new Int32Array(capacity);
  const devices = new Int32Array(capacity);
  const times = new Float64Array(capacity);
  const isHeld = new Uint8Array(capacity);
  const mask = 2 ** Math.ceil(Math.log2(capacity * 2)) - 1;
  /** Places in the ring plus one, by key with linear probing; 0 is free. */
  const slots = new Int32Array(mask + 1);
  let next = 0;
  let size = 0;

  const slotOf = (key: number, otherKey: number): number => {
    let slot = key & mask;
    for (let held = slots[slot] ?? 0; held > 0; held = slots[slot] ?? 0) {
      if (keys[held - 1] === key && otherKeys[held - 1] === otherKey) return slot;
      slot = (slot + 1) & mask;
    }
    return -1 - slot;
  };
  /** Closes the gap: what was moved on by what is deleted moves back. */
  const free = (slot: number): void => {
    const place = (slots[slot] ?? 0) - 1;
    isHeld[place] = 0;
    size -= 1;
    let gap = slot;
    for (let at = (gap + 1) & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const home = (keys[(slots[at] ?? 0) - 1] ?? 0) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      slots[gap] = slots[at] ?? 0;
      gap = at;
    }
    slots[gap] = 0;
  };
  const drop = (key: number, otherKey: number): void => {
    const slot = slotOf(key, otherKey);
    if (slot >= 0) free(slot);
  };
  const dropAt = (place: number): void => drop(keys[place] ?? 0, otherKeys[place] ?? 0);

  return {
    /** The time kept under a key; `undefined` when it is not held. */
    timeOf(key: number, otherKey: number): EpochMs | undefined {
      const slot = slotOf(key, otherKey);
      return slot < 0 ? undefined : times[(slots[slot] ?? 0) - 1];
    },
    /** Adds a key that is not held. */
    add(key: number, otherKey: number, device: number, atMs: EpochMs): void {
      if (isHeld[next]) dropAt(next);
      keys[next] = key;
      otherKeys[next] = otherKey;
      devices[next] = device;
      times[next] = atMs;
      isHeld[next] = 1;
      slots[-1 - slotOf(key, otherKey)] = next + 1;
      size += 1;
      next = (next + 1) % capacity;
    },
    drop,
    dropDevice(device: number): void {
      for (let place = 0; place < capacity; place += 1)
        if (isHeld[place] && devices[place] === device) dropAt(place);
    },
    size: () => size,
  };
}

/**
 * Recognises an uplink that arrives again: through MQTT, the webhook and the stored history, or sent
 * twice by the device. Two uplinks are the same when their keys and payloads are equal and less than
 * `windowMs` lies between the times the network server received them, in either order and however late
 * they reach us: by whatever way one comes, the server's time of it is the same. The window must be
 * longer than a device repeats a frame (48 s have been seen) and shorter than a restarted ABP device,
 * which keeps its address, needs to say the same under the same number again: a minute or two.
 *
 * Memory is bounded by `maxKeys`: the key remembered for longest goes first. An uplink that comes again
 * after that counts as new, which costs a second write to the same place and loses nothing. Keys are
 * hashes of 64 bits: with 200,000 of them one new uplink in 10^14 would be taken for another.
 */
export function createDedupeWindow(options: {
  readonly maxKeys: number;
  readonly windowMs: number;
}): DedupeWindow {
  const { maxKeys, windowMs } = options;
  const seen = createRing(maxKeys);
  return {
    isNew(uplink) {
      const key = hashOf(uplink, basis, prime);
      const otherKey = hashOf(uplink, otherBasis, otherPrime);
      const before = seen.timeOf(key, otherKey);
      if (before !== undefined) {
        if (Math.abs(uplink.receivedAtMs - before) < windowMs) return false;
        // The device's counter came round: the newer message takes the place, at the young end.
        seen.drop(key, otherKey);
      }
      seen.add(key, otherKey, hashText(uplink.devEui, basis, prime), uplink.receivedAtMs);
      return true;
    },
    forget: (uplink) =>
      seen.drop(hashOf(uplink, basis, prime), hashOf(uplink, otherBasis, otherPrime)),
    forgetDevice: (devEui) => seen.dropDevice(hashText(devEui, basis, prime)),
    size: seen.size,
  };
}
