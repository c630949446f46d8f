import type { EpochMs } from './ids.ts';
import { uplinkKey, type Uplink } from './uplink.ts';

export interface DedupeWindow {
  /** True the first time an uplink is offered; false for every repetition that is still remembered. */
  isNew(uplink: Pick<Uplink, 'devEui' | 'session' | 'fCnt' | 'receivedAtMs'>): boolean;
  /** Takes back that an uplink was seen, because it could not be kept: when it comes again it is new. */
  forget(uplink: Pick<Uplink, 'devEui' | 'session' | 'fCnt'>): void;
  /** Keys remembered now, never more than `maxKeys`. */
  size(): number;
}

/**
 * Recognises an uplink that arrives again: through MQTT, the webhook and the stored history, or sent
 * twice by the device. Two uplinks are the same when their keys are equal and less than `windowMs` lies
 * between the times the network server received them, in either order and however late they reach us.
 * The window must be longer than a device repeats a frame (48 s have been seen) and shorter than a
 * restarted counter needs to come by the same number again under the same address: minutes, not hours.
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
      const key = uplinkKey(uplink);
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
    forget: (uplink) => void seen.delete(uplinkKey(uplink)),
    size: () => seen.size,
  };
}
