import { ok } from '../domain/result.ts';
import type { Decoder } from './decoder.ts';
import { bytesOf, decodeByPort, type Decoded, invalid } from './payload.ts';

/** R719A and R719B. */
const deviceTypes: readonly number[] = [0x59, 0xaf];

function report(payload: DataView): Decoded {
  if (payload.getUint8(0) !== 1) return invalid(`version ${payload.getUint8(0)}`);
  if (!deviceTypes.includes(payload.getUint8(1)))
    return invalid(`device type ${payload.getUint8(1)}`);
  const type = payload.getUint8(2);
  if (type === 0) return ok({ kind: 'startup', firmware: (payload.getUint8(3) / 10).toFixed(1) });
  if (type !== 1) return invalid(`report type ${type}`);

  const battery = payload.getUint8(3);
  const car = payload.getUint8(4);
  if (car > 1) return invalid(`car ${car}`);
  return ok({
    kind: 'status',
    occupied: car === 1,
    batteryV: (battery & 0x7f) / 10,
    batteryLow: (battery & 0x80) !== 0,
  });
}

function configuration(payload: DataView): Decoded {
  if (!deviceTypes.includes(payload.getUint8(1)))
    return invalid(`device type ${payload.getUint8(1)}`);
  const command = payload.getUint8(0);
  if (command === 0x82) return ok({ kind: 'config' });
  if (command !== 0x81) return invalid(`command ${command}`);
  return ok({
    kind: 'config',
    faults: payload.getUint8(2) === 0 ? [] : ['configuration-refused'],
  });
}

/**
 * Netvox R719A and R719B parking sensors.
 *
 * fPort 6 report         [0] version 1, [1] device type, [2] report type
 *                        type 0: [3] firmware in 0.1, [4] hardware, [5..8] date
 *                        type 1: [3] bits 6..0 battery in 0.1 V, bit 7 low; [4] 1 = car present
 * fPort 7 configuration  [0] 81 set, 82 read; [1] device type; [2] of 81: 0 = done
 *
 * Low battery is a flag of its own: the vendor's decoder turns the voltage into text then. Reports
 * come at a change and at a configured interval, without saying which; 1 h is assumed.
 */
export const netvoxR719a: Decoder = {
  model: 'netvox-r719a',
  vendor: 'Netvox',
  name: 'R719A, R719B parking sensor',
  watches: 'space',
  heartbeatS: 3600,
  source: 'LoRaWAN Device Repository, vendor/netvox/r719a',
  decode: decodeByPort({
    6: { lengths: bytesOf(11), read: report },
    7: { lengths: bytesOf(11), read: configuration },
  }),
};
