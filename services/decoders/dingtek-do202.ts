import type { Decoder } from './decoder.ts';
import { decodeDingtek } from './dingtek.ts';

/**
 * Dingtek DO202 parking sensor (radar and magnetic): frame of `dingtek.ts`, device type 32, data
 * frames of 23 bytes, parameter frames of 16.
 *
 * It reports once a day in the vendor's examples (upload interval 24 h, configurable from 1 to 168 h).
 */
export const dingtekDo202: Decoder = {
  model: 'dingtek-do202',
  vendor: 'Dingtek',
  name: 'DO202 parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'LoRaWAN Device Repository, vendor/dingtek',
  decode: decodeDingtek({
    type: 0x32,
    dataBytes: 23,
    parameterBytes: 16,
    climate: 'measured',
    trailer: 'checked',
  }),
};
