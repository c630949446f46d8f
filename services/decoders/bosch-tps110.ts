import { ok } from '../domain/result.ts';
import type { Decoder, Reading } from './decoder.ts';
import { atLeast, bytesOf, decodeByPort } from './payload.ts';

/** Debug codes worth a word (Bosch TPS110 documentation); the others keep their number. */
const debugWords: Readonly<Record<number, string>> = {
  201: 'join-failed',
  208: 'device-reset',
  209: 'device-reset',
  215: 'device-reset',
  216: 'device-reset',
  217: 'device-reset',
  404: 'recalibrating',
  717: 'uplink-not-acknowledged',
  720: 'join-failed',
  729: 'uplink-not-acknowledged',
  886: 'heartbeat-test-mode',
  1001: 'parameters-recovered',
  1003: 'parameters-recovered',
};
const debugFaults = (code: number): string[] =>
  code === 0 ? [] : [debugWords[code] ?? `debug-${code}`];

const isOccupied = (payload: DataView, at: number): boolean => (payload.getUint8(at) & 1) === 1;
const firmwareAt = (payload: DataView, at: number): string =>
  `${payload.getUint8(at)}.${payload.getUint8(at + 1)}.${payload.getUint8(at + 2)}`;

const causesFrom0 = ['watchdog', 'power-on', 'system-request'] as const;

/** Causes are numbered from 0 by firmware 0.23 and from 1 by 0.29: the firmware in the same frame decides. */
function startup(payload: DataView): Reading {
  const numbersFrom1 = payload.getUint8(12) > 0 || payload.getUint8(13) >= 29;
  const cause = payload.getUint8(15) - (numbersFrom1 ? 1 : 0);
  const reading = {
    kind: 'startup',
    occupied: isOccupied(payload, 16),
    firmware: firmwareAt(payload, 12),
    resetCause: causesFrom0[cause] ?? 'other',
  } as const;
  // The debug words of firmware 0.23 are not documented.
  if (!numbersFrom1) return reading;
  const codes = [0, 4, 8].map((at) => payload.getUint16(at, true) & 0x0fff);
  return { ...reading, faults: codes.flatMap(debugFaults) };
}

/**
 * Bosch TPS110 parking lot sensor, firmware 0.23 and 0.29.
 *
 * fPort 1 status       [0] bit 0: 1 = occupied, the other bits are reserved
 * fPort 2 heartbeat    [0] bit 0: 1 = occupied, [1] int8 temperature in °C (from firmware 0.29)
 * fPort 3 startup      [0..11] 3 debug words, little endian, code in bits 11..0, 0 = none;
 *                      [12..14] firmware, [15] reset cause, [16] bit 0: 1 = occupied
 * fPort 4 device info  3 bytes: firmware; 11 bytes: EUI and product class
 * fPort 5 usage        not documented
 * fPort 6 debug        [0..3] uptime, [4..5] code (12 bit), [8..9] sequence, all little endian
 *
 * A heartbeat comes about once a day.
 */
export const boschTps110: Decoder = {
  model: 'bosch-tps110',
  vendor: 'Bosch',
  name: 'TPS110 parking lot sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'LoRaWAN Device Repository, vendor/bosch; ZENNER element-parsers (firmware 0.23)',
  decode: decodeByPort({
    1: {
      lengths: bytesOf(1),
      read: (payload) => ok({ kind: 'status', occupied: isOccupied(payload, 0) }),
    },
    2: {
      lengths: bytesOf(1, 2),
      read: (payload) => {
        const reading = { kind: 'heartbeat', occupied: isOccupied(payload, 0) } as const;
        if (payload.byteLength === 1) return ok(reading);
        return ok({ ...reading, temperatureC: payload.getInt8(1) });
      },
    },
    3: { lengths: bytesOf(17), read: (payload) => ok(startup(payload)) },
    4: {
      lengths: bytesOf(3, 11),
      read: (payload) =>
        ok(
          payload.byteLength === 3
            ? { kind: 'config', firmware: firmwareAt(payload, 0) }
            : { kind: 'config' },
        ),
    },
    5: { lengths: atLeast(1), read: () => ok({ kind: 'debug' }) },
    6: {
      lengths: atLeast(10),
      read: (payload) =>
        ok({
          kind: 'debug',
          sequence: payload.getUint16(8, true),
          faults: debugFaults(payload.getUint16(4, true) & 0x0fff),
        }),
    },
  }),
};
