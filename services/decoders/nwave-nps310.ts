import { ok } from '../domain/result.ts';
import type { Decoder } from './decoder.ts';
import { isOccupied, startupOf } from './nwave.ts';
import { atLeast, bytesOf, decodeByPort } from './payload.ts';

/** Another table than that of generation 4. */
const resetCauses: Readonly<Record<number, string>> = {
  1: 'watchdog',
  2: 'power-on',
  3: 'user-request',
  4: 'brownout',
};

/**
 * Nwave NPS310SM (surface mount, the generation before NPS405).
 *
 * fPort 1 status     [0] bit 0: 1 = occupied
 * fPort 2 heartbeat  [0] bit 0: 1 = occupied
 * fPort 3 startup    [0..2] firmware, [3] reset cause, [4] bit 0: 1 = occupied
 * fPort 6 debug      not documented
 *
 * Heartbeats are assumed to come every 24 h, as those of the NPS405 do.
 */
export const nwaveNps310: Decoder = {
  model: 'nwave-nps310',
  vendor: 'Nwave',
  name: 'NPS310SM parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'LoRaWAN Device Repository, vendor/nwave/nps310sm',
  decode: decodeByPort({
    1: {
      lengths: bytesOf(1),
      read: (payload) => ok({ kind: 'status', occupied: isOccupied(payload.getUint8(0)) }),
    },
    2: {
      lengths: bytesOf(1),
      read: (payload) => ok({ kind: 'heartbeat', occupied: isOccupied(payload.getUint8(0)) }),
    },
    3: {
      lengths: bytesOf(5),
      read: (payload) => ok(startupOf(payload, (cause) => resetCauses[cause] ?? 'other')),
    },
    6: { lengths: atLeast(1), read: () => ok({ kind: 'debug' }) },
  }),
};
