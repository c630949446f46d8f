import type { Decoder } from './decoder.ts';
import { decodeEm400 } from './milesight.ts';

/**
 * Milesight EM400-MUD ultrasonic distance sensor, above or beside a space. fPort 85, little endian:
 *
 * 01 75 battery in %           04 82 distance in mm   83 67 temperature alarm: int16, flag
 * 03 67 int16 temperature 0.1 °C  05 00 1 = tilted    84 82 distance alarm: u16, flag
 *
 * Even its parking mode sends the distance only: whether that means occupied is decided per space.
 * The default of 1.5 m suits a ceiling of about 2.5 m. A report an hour is assumed.
 */
export const milesightEm400Mud: Decoder = {
  model: 'milesight-em400-mud',
  vendor: 'Milesight',
  name: 'EM400-MUD distance sensor',
  watches: 'space',
  heartbeatS: 3600,
  source: 'LoRaWAN Device Repository, vendor/milesight-iot; Milesight EM400 payload definition',
  occupiedBelowM: 1.5,
  decode: decodeEm400,
};
