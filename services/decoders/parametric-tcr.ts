import { ok } from '../domain/result.ts';
import type { Decoder, ReadingCount } from './decoder.ts';
import { bytesOf, decodeByPort, type Decoded, invalid, wrongLength } from './payload.ts';

const family = 0xbe02;
const speedClasses = [0, 1, 2, 3] as const;
const bytesOfClass = 6;

function countsFrom(payload: DataView, start: number): readonly ReadingCount[] {
  return speedClasses.flatMap((category) =>
    (['left', 'right'] as const).map((direction, side) => {
      const at = start + category * bytesOfClass + side * 3;
      const vehicles = payload.getUint16(at);
      const meanSpeedKmh = vehicles === 0 ? null : payload.getUint8(at + 2);
      return { direction, vehicles, meanSpeedKmh, category };
    }),
  );
}

const bytesOfVersion: Readonly<Record<number, number>> = { 1: 32, 2: 33 };

function count(payload: DataView): Decoded {
  if (payload.getUint16(0) !== family) return invalid('payload does not begin with be 02');
  const version = payload.getUint8(2);
  const expected = bytesOfVersion[version];
  if (expected === undefined) return invalid(`version ${version}`);
  if (payload.byteLength !== expected)
    return wrongLength(`${payload.byteLength} bytes, expected ${expected} of version ${version}`);
  if (version === 2)
    return ok({
      kind: 'count',
      counts: countsFrom(payload, 9),
      batteryV: payload.getUint16(3) / 1000,
      temperatureC: payload.getInt16(7) / 10,
    });
  if (payload.getUint8(3) > 100) return invalid(`battery ${payload.getUint8(3)} %`);
  return ok({
    kind: 'count',
    counts: countsFrom(payload, 8),
    batteryRatio: payload.getUint8(3) / 100,
    temperatureC: payload.getInt16(6) / 10,
  });
}

function startup(payload: DataView): Decoded {
  if (payload.getUint16(0) !== family || payload.getUint8(2) !== 2)
    return invalid('payload does not begin with be 02 02');
  const [major, minor, patch] = [4, 5, 6].map((at) => payload.getUint8(at));
  return ok({ kind: 'startup', firmware: `${major ?? 0}.${minor ?? 0}.${patch ?? 0}` });
}

/**
 * Parametric TCR radar traffic counter, original firmware 1.x. Left is from left to right as the
 * device looks, right the other way.
 *
 * fPort 15   [0..1] be 02, [2] version
 *            version 1: [3] battery in %, [4..5] solar power in mW, [6..7] int16 temperature in 0.1 °C
 *            version 2: [3..4] battery in mV, [5..6] solar power in mW, [7..8] int16 temperature
 *            then for each of 4 speed classes: u16 vehicles, u8 mean km/h from the left, the same
 *            from the right; the classes add up to all vehicles
 * fPort 190  [0..2] be 02 02, [3] device type, [4..6] firmware, then settings; once after a join
 *
 * Counts are those of one interval: a lost uplink is lost traffic. The interval is a setting of the
 * device; up to 1 h is assumed. Firmware 2 sends what `pmx-tcr` reads.
 */
export const parametricTcr: Decoder = {
  model: 'parametric-tcr',
  vendor: 'Parametric',
  name: 'TCR radar traffic counter, firmware 1',
  watches: 'traffic',
  heartbeatS: 3600,
  source: 'Parametric TCR payload description; ZENNER element-parsers',
  decode: decodeByPort({
    15: { lengths: bytesOf(32, 33), read: count },
    190: { lengths: bytesOf(27), read: startup },
  }),
};
