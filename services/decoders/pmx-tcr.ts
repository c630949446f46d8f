import { ok } from '../domain/result.ts';
import type { Decoder, ReadingCount } from './decoder.ts';
import { bytesOf, decodeByPort, type Decoded, invalid, type Message } from './payload.ts';

/** A mean speed without vehicles is none. */
const countAt = (
  payload: DataView,
  at: number,
  direction: 'left' | 'right',
  category: number | undefined,
): ReadingCount => {
  const vehicles = payload.getUint16(at);
  return {
    direction,
    vehicles,
    meanSpeedKmh: vehicles === 0 ? null : payload.getUint8(at + 2),
    ...(category === undefined ? {} : { category }),
  };
};

const counts = (category?: number): Message => ({
  lengths: bytesOf(10),
  read: (payload): Decoded => {
    // The vendor's codec answers a wrong prefix with an empty object, which looks like no traffic.
    if (payload.getUint8(0) !== 0xa2) return invalid(`prefix ${payload.getUint8(0)}`);
    if (payload.getUint8(1) > 23 || payload.getUint8(2) > 59)
      return invalid(`interval end ${payload.getUint8(1)}:${payload.getUint8(2)}`);
    return ok({
      kind: 'count',
      counts: [countAt(payload, 3, 'left', category), countAt(payload, 6, 'right', category)],
      batteryV: payload.getUint8(9) / 10,
    });
  },
});

/**
 * PMX Systems (formerly Parametric) TCR radar traffic counter, PMX firmware. Left is from left to
 * right as the device looks, right the other way.
 *
 * fPort 13        all detections, unfiltered
 * fPort 14..17    those of category 1..4, counted again: never add them to port 13
 *   [0] a2, [1..2] hour and minute at which the interval ended (device clock, without date),
 *   [3..4] vehicles from the left, [5] their mean km/h, [6..7], [8] from the right,
 *   [9] supply in 0.1 V
 * fPort 1         [0] c2, [1] key, then a value of 8 or 16 bit: answer to a setting
 * fPort 190       [0] d2, [1] device type, [2] level, [3] speed class, [4..5] firmware,
 *                 [6..7] firmware of the solar charger; once after a join
 *
 * Counts are those of one interval: a lost uplink is lost traffic. The interval is a setting of the
 * device; up to 1 h is assumed.
 */
export const pmxTcr: Decoder = {
  model: 'pmx-tcr',
  vendor: 'PMX Systems',
  name: 'TCR radar traffic counter',
  watches: 'traffic',
  heartbeatS: 3600,
  source: 'LoRaWAN Device Repository, vendor/pmx; Actility device catalogue',
  decode: decodeByPort({
    1: {
      lengths: bytesOf(3, 4),
      read: (payload) =>
        payload.getUint8(0) === 0xc2
          ? ok({ kind: 'config' })
          : invalid(`prefix ${payload.getUint8(0)}`),
    },
    13: counts(),
    14: counts(1),
    15: counts(2),
    16: counts(3),
    17: counts(4),
    190: {
      lengths: bytesOf(8),
      read: (payload) => {
        if (payload.getUint8(0) !== 0xd2) return invalid(`prefix ${payload.getUint8(0)}`);
        const version = payload.getUint8(4);
        return ok({
          kind: 'startup',
          firmware: `${version >> 4}.${version & 0x0f}.${payload.getUint8(5)}`,
        });
      },
    },
  }),
};
