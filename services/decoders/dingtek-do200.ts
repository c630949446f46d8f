import type { Decoder } from './decoder.ts';
import { decodeDingtek } from './dingtek.ts';

/**
 * Dingtek DO200 parking sensor (ultrasonic and magnetic): frame of `dingtek.ts`, device type 02, data
 * frames of 21 bytes, parameter frames of 17.
 *
 * It reports once a day in the vendor's examples (upload interval 24 h, configurable from 1 to 168 h).
 */
export const dingtekDo200: Decoder = {
  model: 'dingtek-do200',
  vendor: 'Dingtek',
  name: 'DO200 parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'LoRaWAN Device Repository, vendor/dingtek',
  decode: decodeDingtek({
    type: 0x02,
    dataBytes: 21,
    parameterBytes: 17,
    climate: 'absent',
    trailer: 'ignored',
  }),
};
