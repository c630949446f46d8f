import { ok } from '../domain/result.ts';
import type { Reading } from './decoder.ts';
import { atLeast, decodeByPort, type Decoded, invalid, wrongLength } from './payload.ts';

/** No ultrasonic sensor of this class sees further (vendor's range): what is beyond is no distance. */
const maxDistanceM = 10;

type Read = (payload: DataView, at: number) => Partial<Reading> | undefined;
/** Length of the value and how it is read. */
type Item = readonly [bytes: number, read: Read];

const battery: Item = [
  1,
  (payload, at) =>
    payload.getUint8(at) > 100 ? undefined : { batteryRatio: payload.getUint8(at) / 100 },
];
const temperature: Read = (payload, at) => ({ temperatureC: payload.getInt16(at, true) / 10 });
const distance: Read = (payload, at) => {
  const distanceM = payload.getUint16(at, true) / 1000;
  return distanceM > maxDistanceM ? { faults: ['distance-out-of-range'] } : { distanceM };
};
const position: Item = [
  1,
  (payload, at) => {
    const value = payload.getUint8(at);
    if (value > 1) return undefined;
    return { faults: value === 1 ? ['tilt'] : [] };
  },
];
const skipped = (bytes: number): Item => [bytes, () => ({})];
/** The distance crossed the configured threshold: an event, not a report of routine. */
const distanceAlarm: Item = [3, (payload, at) => ({ kind: 'status', ...distance(payload, at) })];

/** Items every Milesight sensor sends after a join (channel ff), and what both sensors measure. */
const commonItems: Readonly<Record<number, Item>> = {
  0x01_75: battery,
  0xff_01: skipped(1),
  0xff_09: skipped(2),
  0xff_0a: [
    2,
    (payload, at) => ({ firmware: `${payload.getUint8(at)}.${payload.getUint8(at + 1)}` }),
  ],
  0xff_0b: [1, () => ({ kind: 'startup' })],
  0xff_0f: skipped(1),
  0xff_16: skipped(8),
  0xff_ff: skipped(2),
};

const em400Items: Readonly<Record<number, Item>> = {
  ...commonItems,
  0x03_67: [2, temperature],
  0x04_82: [2, distance],
  0x05_00: position,
  0x83_67: [3, temperature],
  0x84_82: distanceAlarm,
};
const em310Items: Readonly<Record<number, Item>> = {
  ...commonItems,
  0x03_82: [2, distance],
  0x04_00: position,
};

/** A value adds to what is known; faults of several items add up. */
const merge = (known: Reading, told: Partial<Reading>): Reading =>
  told.faults === undefined
    ? { ...known, ...told }
    : { ...known, ...told, faults: [...(known.faults ?? []), ...told.faults] };

function decodeItems(payload: DataView, items: Readonly<Record<number, Item>>): Decoded {
  let reading: Reading = { kind: 'heartbeat' };
  for (let at = 0; at < payload.byteLength;) {
    if (at + 2 > payload.byteLength) return wrongLength(`trailing byte ${at}`);
    const item = items[payload.getUint16(at)];
    if (item === undefined) return invalid(`unknown item at byte ${at}`);
    const [bytes, read] = item;
    const valueAt = at + 2;
    at = valueAt + bytes;
    if (at > payload.byteLength) return wrongLength(`item at byte ${valueAt - 2} is cut off`);
    const told = read(payload, valueAt);
    if (told === undefined) return invalid(`value at byte ${valueAt}`);
    reading = merge(reading, told);
  }
  return ok(reading);
}

/**
 * The items of Milesight's distance sensors (fPort 85): channel, type, value in little endian. Types
 * do not tell their length, so that an unknown one ends the reading.
 */
const decodeMilesight = (items: Readonly<Record<number, Item>>) =>
  decodeByPort({ 85: { lengths: atLeast(3), read: (payload) => decodeItems(payload, items) } });

export const decodeEm400 = decodeMilesight(em400Items);
export const decodeEm310 = decodeMilesight(em310Items);
