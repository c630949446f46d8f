import type { Decoder } from './decoder.ts';
import { decodeDingtek } from './dingtek.ts';

/**
 * Dingtek DO201 parking sensor (ultrasonic and magnetic): frame of `dingtek.ts`, device type 31, data
 * frames of 23 bytes, parameter frames of 16.
 *
 * It reports once a day in the vendor's examples (upload interval 24 h, configurable from 1 to 168 h).
 */
export const dingtekDo201: Decoder = {
  model: 'dingtek-do201',
  vendor: 'Dingtek',
  name: 'DO201 parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'LoRaWAN Device Repository, vendor/dingtek',
  decode: decodeDingtek({
    type: 0x31,
    dataBytes: 23,
    parameterBytes: 16,
    climate: 'measured',
    trailer: 'checked',
  }),
};
