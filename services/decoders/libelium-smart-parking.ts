import { ok } from '../domain/result.ts';
import type { Decoder, ReadingKind } from './decoder.ts';
import { bytesOf, decodeOnAnyPort, type Decoded } from './payload.ts';

/** By frame type; what is not listed (RSSI, unknown) is debugging. */
const kinds: Readonly<Record<number, ReadingKind>> = {
  0: 'status',
  1: 'heartbeat',
  2: 'heartbeat',
  3: 'debug',
  4: 'startup',
  5: 'startup',
  6: 'config',
  7: 'config',
};
const errorFrame = 3;

function header(payload: DataView): Decoded {
  const flags = payload.getUint8(0);
  const type = flags & 0x0f;
  return ok({
    kind: kinds[type] ?? 'debug',
    occupied: (flags & 0x80) !== 0,
    batteryLow: (flags & 0x40) !== 0,
    sequence: payload.getUint8(1),
    ...(type === errorFrame ? { faults: ['device-error'] } : {}),
  });
}

/**
 * Libelium Smart Parking, firmware 1 (12 bytes) and 2, 3 (11 bytes).
 *
 * [0] bit 7 occupied, bit 6 battery low, bits 3..0 frame type: 0 change, 1 keep-alive, 2 daily,
 *     3 error, 4 and 5 start, 6 and 7 clock, 8 RSSI
 * [1] sequence, modulo 256
 *
 * What follows changed between firmwares and is not read. The port is not documented. Keep-alives
 * come every 2 h by day and every 3 h by night in the manual's example.
 */
export const libeliumSmartParking: Decoder = {
  model: 'libelium-smart-parking',
  vendor: 'Libelium',
  name: 'Smart Parking',
  watches: 'space',
  heartbeatS: 10_800,
  source: 'Libelium Smart Parking technical guide; ZENNER element-parsers',
  decode: decodeOnAnyPort({ lengths: bytesOf(11, 12), read: header }),
};
