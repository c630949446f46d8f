import { bigEndian16, fit, type TotalCounterEncoder, uplink } from './encoder.ts';

/** Nwave NCC405: the total wraps at 65,536. */
export const nwaveNcc405: TotalCounterEncoder = {
  kind: 'total-counter',
  model: 'nwave-ncc405',
  encodeTotal: (total) => uplink(1, ...bigEndian16(total % 65_536)),
  encodeHeartbeat: ({ batteryV }) => {
    const battery = fit((batteryV * 1000 - 2500) / 4, 0, 255);
    return uplink(2, 0, battery, battery);
  },
};
