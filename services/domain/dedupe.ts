import type { EpochMs } from './ids.ts';
import { uplinkKey, type Uplink } from './uplink.ts';

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

/** FNV-1a, 32 bits (Fowler, Noll, Vo): tells apart two payloads with the same counter, nothing more. */
function digest(payload: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of payload) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

const keyOf = (message: Message): string => `${uplinkKey(message)}:${digest(message.payload)}`;

/**
 * Recognises an uplink that arrives again: through MQTT, the webhook and the stored history, or sent
 * twice by the device. Two uplinks are the same when their keys and payloads are equal and less than
 * `windowMs` lies between the times the network server received them, in either order and however late
 * they reach us: by whatever way one comes, the server's time of it is the same. The window must be
 * longer than a device repeats a frame (48 s have been seen) and shorter than a restarted ABP device,
 * which keeps its address, needs to say the same under the same number again: a minute or two.
 *
 * Memory is bounded by `maxKeys`: the key remembered for longest goes first. An uplink that comes again
 * after that counts as new, which costs a second write to the same place and loses nothing.
 */
export function createDedupeWindow(options: {
  readonly maxKeys: number;
  readonly windowMs: number;
}): DedupeWindow {
  const { maxKeys, windowMs } = options;
  const seen = new Map<string, EpochMs>();
  // A Map iterates in the order of insertion, so this walks from the oldest key on. It is kept, because a
  // new iterator would step over every key deleted since the last rehash: 50 µs at 200,000 keys.
  const oldest = seen.keys();
  return {
    isNew(uplink) {
      const key = keyOf(uplink);
      const before = seen.get(key);
      if (before !== undefined) {
        if (Math.abs(uplink.receivedAtMs - before) < windowMs) return false;
        // The device's counter came round: the newer message takes the place, at the young end.
        seen.delete(key);
      }
      seen.set(key, uplink.receivedAtMs);
      while (seen.size > maxKeys) seen.delete(oldest.next().value ?? key);
      return true;
    },
    forget: (uplink) => void seen.delete(keyOf(uplink)),
    forgetDevice(devEui) {
      for (const key of seen.keys()) if (key.startsWith(`${devEui}:`)) seen.delete(key);
    },
    size: () => seen.size,
  };
}
