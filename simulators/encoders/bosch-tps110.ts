import { fit, type SpaceEncoder, uplink } from './encoder.ts';

/** Bosch TPS110, firmware 0.29. It does not tell its battery. */
export const boschTps110: SpaceEncoder = {
  kind: 'space',
  model: 'bosch-tps110',
  encodeStatus: ({ occupied }) => uplink(1, Number(occupied)),
  encodeHeartbeat: ({ occupied, temperatureC }) =>
    uplink(2, Number(occupied), fit(temperatureC, -128, 127)),
};
