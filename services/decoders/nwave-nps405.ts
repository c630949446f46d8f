import { ok } from '../domain/result.ts';
import type { Decoder, Reading } from './decoder.ts';
import { batteryVOf, isOccupied, resetCauseOf, startupOf } from './nwave.ts';
import { atLeast, bytesOf, decodeByPort, faultBits } from './payload.ts';

const minuteMs = 60_000;

/** The compressed duration of the state before this one: shortest and longest possible, in minutes. */
function durationMin(compressed: number): readonly [number, number | null] {
  if (compressed < 90) return [compressed, compressed];
  if (compressed < 120) {
    const least = 90 + 5 * (compressed - 90);
    return [least, least + 4];
  }
  if (compressed < 127) {
    const least = 240 + 60 * (compressed - 120);
    return [least, least + 59];
  }
  return [660, null];
}

function status(flags: number): Reading {
  const [leastMin, mostMin] = durationMin(flags >> 1);
  return {
    kind: 'status',
    occupied: isOccupied(flags),
    previousStateMinMs: leastMin * minuteMs,
    previousStateMaxMs: mostMin === null ? null : mostMin * minuteMs,
  };
}

function heartbeat(payload: DataView): Reading {
  const flags = payload.getUint8(0);
  const batteryV = batteryVOf(payload.getUint8(1));
  const temperatureC = payload.getInt8(2) / 2 + 10;
  // A cold battery gives less, so the limits are lower below -5 °C.
  const [normalV, lowV] = temperatureC >= -5 ? [3, 2.9] : [2.9, 2.8];
  // Bit 0 is the state: the vendor's own mask takes it for a defect of every occupied space.
  const faults = faultBits('hardware', flags, [1, 2, 3, 4, 5, 6]);
  return {
    kind: 'heartbeat',
    occupied: isOccupied(flags),
    batteryV,
    batteryLow: batteryV < normalV,
    temperatureC,
    faults: batteryV < lowV ? [...faults, 'battery-critical'] : faults,
  };
}

/**
 * Nwave NPS405 (flush and surface mount, generation 4).
 *
 * fPort 1 status     [0] bit 0: 1 = occupied, bits 7..1 how long the previous state lasted, in
 *                    whole minutes: n below 90; 90 + 5 (n - 90), up to 4 longer; from 120 on
 *                    240 + 60 (n - 120), up to 59 longer; 127: 660 or longer. The unit is
 *                    inferred from the steps.
 * fPort 2 heartbeat  [0] bit 0: 1 = occupied, bits 6..1 hardware health, 0 = good;
 *                    [1] battery 2500 + 4 n mV, [2] int8 temperature n / 2 + 10 °C, [3..] reserved
 * fPort 3 startup    [0..2] firmware, [3] reset cause, [4] bit 0: 1 = occupied
 * fPort 6 debug      not documented
 * fPort 10 user      [0] as on port 1, [1..4] tag of the driver
 *
 * The tag identifies a person and is not read. Heartbeats come every 24 h (vendor's default).
 */
export const nwaveNps405: Decoder = {
  model: 'nwave-nps405',
  vendor: 'Nwave',
  name: 'NPS405 parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'LoRaWAN Device Repository, vendor/nwave/nps405; Nwave integration guide',
  decode: decodeByPort({
    1: { lengths: bytesOf(1), read: (payload) => ok(status(payload.getUint8(0))) },
    2: { lengths: atLeast(3), read: (payload) => ok(heartbeat(payload)) },
    3: { lengths: bytesOf(5), read: (payload) => ok(startupOf(payload, resetCauseOf)) },
    6: { lengths: atLeast(1), read: () => ok({ kind: 'debug' }) },
    10: { lengths: bytesOf(5), read: (payload) => ok(status(payload.getUint8(0))) },
  }),
};
