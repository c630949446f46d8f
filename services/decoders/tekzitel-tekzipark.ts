import { ok } from '../domain/result.ts';
import type { Decoder, Reading } from './decoder.ts';
import { bytesOf, decodeByPort, type Message } from './payload.ts';

function kindOf(flags: number): Reading['kind'] {
  if ((flags & 0x02) !== 0) return 'startup';
  return (flags & 0x01) !== 0 ? 'heartbeat' : 'status';
}

const state = (payload: DataView): Reading => {
  const flags = payload.getUint8(0);
  return {
    kind: kindOf(flags),
    occupied: (flags & 0x80) !== 0,
    batteryLow: (flags & 0x20) === 0,
    temperatureC: payload.getInt8(1),
    faults: (flags & 0x10) !== 0 ? ['obstruction'] : [],
  };
};

/** Three bytes, or RSSI and one beacon or more behind them, two bytes each. */
const stateLengths: Message['lengths'] = {
  text: '3, 6, 8, 10, …',
  allows: (length) => length === 3 || (length >= 6 && length <= 242 && length % 2 === 0),
};

/**
 * TEKZITEL TEKZIPARK (radar, magnetometer, BLE).
 *
 * fPort 1 state  [0] bit 7 occupied, 5 battery good, 4 obstruction, 3 radar decided, 2 no beacon,
 *                1 first frame after a reset, 0 keep-alive; [1] int8 temperature in °C, [2] parking
 *                id; where beacons were seen: [3] int8 RSSI, then 2 bytes a beacon
 * fPort 2 debug  [0..2] as above, [3..5] and [6..8] deflection and baseline XYZ, [9] fault code,
 *                [10] obstruction, [11] reflection
 *
 * Beacons identify people and are not read. The keep-alive interval is not documented: 24 h are
 * assumed.
 */
export const tekzitelTekzipark: Decoder = {
  model: 'tekzitel-tekzipark',
  vendor: 'TEKZITEL',
  name: 'TEKZIPARK parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'LoRaWAN Device Repository, vendor/tekzitel',
  decode: decodeByPort({
    1: { lengths: stateLengths, read: (payload) => ok(state(payload)) },
    2: {
      lengths: bytesOf(12),
      read: (payload) => {
        const reading = state(payload);
        const fault = payload.getUint8(9);
        const faults = fault === 0 ? [] : [`fault-${fault}`];
        return ok({
          ...reading,
          kind: 'debug',
          faults: payload.getUint8(10) === 0 ? faults : [...faults, 'obstruction'],
        });
      },
    },
  }),
};
