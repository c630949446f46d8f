import { ok } from '../domain/result.ts';
import type { Decoder } from './decoder.ts';
import { batteryVOf, firmwareOf, resetCauseOf } from './nwave.ts';
import { bytesOf, decodeByPort, faultBits } from './payload.ts';

/**
 * Nwave NCC405 passing-car counter. It knows no direction, counts up to 32 km/h and needs 1 m
 * between two cars.
 *
 * fPort 1 count      [0..1] vehicles since the counter's start, modulo 65,536 (inferred)
 * fPort 2 heartbeat  [0] bits 6..0 errors, [1] battery 2500 + 4 n mV, [2] its mean over 24 h
 * fPort 3 startup    [0..2] firmware, [3] reset cause; the total starts again
 *
 * No bit of the heartbeat is a state here, so all seven error bits count. When a total is sent is a
 * setting of the device; a heartbeat is assumed every 24 h, as the NPS405 sends it.
 */
export const nwaveNcc405: Decoder = {
  model: 'nwave-ncc405',
  vendor: 'Nwave',
  name: 'NCC405 car counter',
  watches: 'traffic',
  heartbeatS: 86_400,
  // The limit of the NPS405, which has the same battery, above -5 °C.
  batteryLowV: 3,
  source: 'LoRaWAN Device Repository, vendor/nwave/ncc405; Nwave integration guide',
  decode: decodeByPort({
    1: {
      lengths: bytesOf(2),
      read: (payload) => ok({ kind: 'count', countTotal: payload.getUint16(0), modulus: 65_536 }),
    },
    2: {
      lengths: bytesOf(3),
      read: (payload) =>
        ok({
          kind: 'heartbeat',
          batteryV: batteryVOf(payload.getUint8(1)),
          faults: faultBits('hardware', payload.getUint8(0), [0, 1, 2, 3, 4, 5, 6]),
        }),
    },
    3: {
      lengths: bytesOf(4),
      read: (payload) =>
        ok({
          kind: 'startup',
          firmware: firmwareOf(payload),
          resetCause: resetCauseOf(payload.getUint8(3)),
        }),
    },
  }),
};
