import type { Decoder } from './decoder.ts';
import { decodeEm310 } from './milesight.ts';

/**
 * Milesight EM310-UDL ultrasonic distance sensor, above or beside a space. fPort 85, little endian:
 *
 * 01 75 battery in %   03 82 distance in mm   04 00 1 = tilted
 *
 * Whether a distance means occupied is decided per space. The default of 1.5 m suits a ceiling of
 * about 2.5 m. A report an hour is assumed.
 */
export const milesightEm310Udl: Decoder = {
  model: 'milesight-em310-udl',
  vendor: 'Milesight',
  name: 'EM310-UDL distance sensor',
  watches: 'space',
  heartbeatS: 3600,
  source: 'LoRaWAN Device Repository, vendor/milesight-iot',
  occupiedBelowM: 1.5,
  decode: decodeEm310,
};
