import { type EncodedUplink, fit, type SensorState, type SpaceEncoder, uplink } from './encoder.ts';

const radarDecided = 0x08;
const noBeacon = 0x04;

/** The limit for "battery good" is not documented. */
const goodBatteryV = 3;

function frame(state: SensorState, keepAlive: 0 | 1): EncodedUplink {
  const occupied = state.occupied ? 0x80 : 0;
  const battery = state.batteryV >= goodBatteryV ? 0x20 : 0;
  const parkingId = 1;
  return uplink(
    1,
    occupied | battery | radarDecided | noBeacon | keepAlive,
    fit(state.temperatureC, -128, 127),
    parkingId,
  );
}

/** TEKZITEL TEKZIPARK without beacons. */
export const tekzitelTekzipark: SpaceEncoder = {
  kind: 'space',
  model: 'tekzitel-tekzipark',
  encodeStatus: (state) => frame(state, 0),
  encodeHeartbeat: (state) => frame(state, 1),
};
