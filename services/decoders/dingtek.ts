import { ok } from '../domain/result.ts';
import { bytesOf, decodeByPort, type Decoded, invalid } from './payload.ts';

/** In what the frames of Dingtek's parking sensors differ. */
interface Layout {
  readonly type: number;
  readonly dataBytes: number;
  readonly parameterBytes: number;
  /** Whether [17] and [18] of a data frame are temperature and humidity. */
  readonly climate: 'measured' | 'absent';
  /** DO200 data frames ending in 00 instead of 81 are in circulation. */
  readonly trailer: 'checked' | 'ignored';
}

function data(payload: DataView, { climate }: Layout): Decoded {
  const alarms = payload.getUint16(7);
  const reading = {
    // Data frames 01 and 02 are not documented to differ, and a changed state is sent at once.
    kind: 'status',
    occupied: (alarms & 0xf000) !== 0,
    batteryV: payload.getUint16(9) / 100,
    batteryLow: (alarms & 0x000f) !== 0,
  } as const;
  if (climate === 'absent') return ok({ ...reading, sequence: payload.getUint16(17) });
  return ok({
    ...reading,
    temperatureC: payload.getInt8(17),
    sequence: payload.getUint16(19),
  });
}

const parameters = (payload: DataView): Decoded =>
  ok({ kind: 'config', firmware: `${payload.getUint8(5)}.${payload.getUint8(6)}` });

function read(payload: DataView, layout: Layout): Decoded {
  const length = payload.byteLength;
  if (payload.getUint16(0) !== 0x8000) return invalid('frame does not begin with 80 00');
  if (payload.getUint8(2) !== layout.type) return invalid(`device type ${payload.getUint8(2)}`);
  if (payload.getUint8(4) !== length) return invalid(`length byte ${payload.getUint8(4)}`);
  if (layout.trailer === 'checked' && payload.getUint8(length - 1) !== 0x81)
    return invalid('frame does not end with 81');

  const report = payload.getUint8(3);
  if ((report === 1 || report === 2) && length === layout.dataBytes) return data(payload, layout);
  if (report === 3 && length === layout.parameterBytes) return parameters(payload);
  return invalid(`report ${report} of ${length} bytes`);
}

/**
 * The frame of Dingtek DO200, DO201 and DO202 (fPort 3, big endian):
 *
 * [0..1] 80 00, [2] device type, [3] report, [4] length of the frame, … , last byte 81
 * report 01, 02 data  [5..6] level, [7] park and level alarm (4 bit each), [8] magnet and battery
 *                     alarm, [9..10] battery in 0.01 V, [11..16] magnetic field XYZ,
 *                     DO201 and DO202: [17] int8 temperature in °C, [18] humidity; then u16 sequence
 * report 03 config    [5], [6] firmware, then intervals and thresholds
 *
 * Occupied is the park alarm (inferred); the magnet alarm is one of the hints it is made from, no
 * fault. The level is not read: its unit is not documented.
 */
export const decodeDingtek = (layout: Layout): ((fPort: number, bytes: Uint8Array) => Decoded) =>
  decodeByPort({
    3: {
      lengths: bytesOf(layout.parameterBytes, layout.dataBytes),
      read: (payload) => read(payload, layout),
    },
  });
