import { ok } from '../domain/result.ts';
import type { Decoder, Reading } from './decoder.ts';
import { atLeast, decodeByPort, type Decoded, invalid, wrongLength } from './payload.ts';

const headerBytes = 12;
const trailerBytes = 3;
const frameMark = 0x7e;

/** What a state code says by itself; the alarms repeat the state in tag 32, as a heartbeat does. */
const states: Readonly<Record<number, Reading>> = {
  0x00: { kind: 'heartbeat' },
  0x0b: { kind: 'status', occupied: false },
  0x0c: { kind: 'status', occupied: true },
  0x0d: { kind: 'heartbeat', faults: ['magnetic-interference'] },
  0x0e: { kind: 'heartbeat', batteryLow: true },
  0x10: { kind: 'heartbeat', faults: ['magnetometer-failed'] },
  0x11: { kind: 'heartbeat', faults: ['climate-sensor-failed'] },
  0x12: { kind: 'heartbeat', faults: ['radar-failed'] },
};

/** A value, or `undefined` when it is no value of that tag. */
type ReadItem = (payload: DataView, at: number) => Partial<Reading> | undefined;

/** Tags that are read, with the length of their value. */
const items: Readonly<Record<number, readonly [bytes: number, read: ReadItem]>> = {
  0x02: [1, (payload, at) => states[payload.getUint8(at)] ?? { kind: 'debug' }],
  0x0b: [1, (payload, at) => ({ temperatureC: payload.getInt8(at) })],
  0x24: [
    1,
    (payload, at) =>
      payload.getUint8(at) > 100 ? undefined : { batteryRatio: payload.getUint8(at) / 100 },
  ],
  0x29: [2, (payload, at) => ({ batteryV: payload.getUint16(at) / 1000 })],
  0x32: [
    1,
    (payload, at) =>
      payload.getUint8(at) > 1 ? undefined : { occupied: payload.getUint8(at) === 1 },
  ],
};

function decodeItems(payload: DataView, end: number): Decoded {
  let reading: Reading = { kind: 'config', sequence: payload.getUint16(6) };
  let event: Partial<Reading> = {};
  for (let at = headerBytes; at < end;) {
    if (at + 2 > end) return wrongLength(`trailing byte ${at}`);
    const tag = payload.getUint8(at);
    const size = payload.getUint8(at + 1);
    const valueAt = at + 2;
    at = valueAt + size;
    if (at > end) return wrongLength(`tag ${tag} at byte ${valueAt - 2} is cut off`);
    const item = items[tag];
    if (item === undefined) continue;
    const [bytes, read] = item;
    const value = size === bytes ? read(payload, valueAt) : undefined;
    if (value === undefined) return invalid(`tag ${tag} at byte ${valueAt - 2}`);
    if (tag === 0x02) event = value;
    else reading = { ...reading, ...value };
  }
  // The state code is the event itself and comes last: it wins over the repeated state.
  return ok({ ...reading, ...event });
}

function frame(payload: DataView): Decoded {
  const length = payload.byteLength;
  if (payload.getUint8(0) !== frameMark || payload.getUint8(length - 1) !== frameMark)
    return invalid('frame is not enclosed in 7e');
  const end = headerBytes + payload.getUint16(8);
  if (end + trailerBytes !== length)
    return wrongLength(`${length} bytes, the frame says ${end + trailerBytes}`);
  if (payload.getUint8(11) !== 0) return invalid('encrypted');
  return decodeItems(payload, end);
}

/**
 * MOKOSmart LW009-SM and LW009-IG.
 *
 * fPort 1: [0] 7e, [1] protocol version, [2..5] unix time, [6..7] sequence, [8..9] length of the
 * items, [10] instruction, [11] encrypted; items of tag, length, value; CRC (2 bytes), 7e.
 * 02 state: 00 heartbeat, 0b became vacant, 0c became occupied, 0d magnetic interference,
 *    0e battery low, 10 magnetometer, 11 climate sensor, 12 radar failed
 * 0b int8 temperature in °C   24 battery in %   29 battery in mV   32 1 = occupied
 * Other tags are skipped by their length. The vendor's decoder reads temperatures as unsigned.
 *
 * How the CRC is made is not documented and the published frame carries 0000: marks, lengths and
 * items have to fit instead. The heartbeat interval is configurable in steps of 30 s; 24 h are assumed.
 */
export const mokoLw009: Decoder = {
  model: 'moko-lw009',
  vendor: 'MOKOSmart',
  name: 'LW009-SM, LW009-IG parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'MOKOSmart LW009 decoder (published example)',
  decode: decodeByPort({ 1: { lengths: atLeast(headerBytes + trailerBytes), read: frame } }),
};
