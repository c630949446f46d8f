import { fit, type SensorState, type SpaceEncoder, uplink } from './encoder.ts';

/** The limit for "battery low" is not documented. */
const lowBatteryV = 3;

/** Magnetic field XYZ, which nobody reads. */
const field = [0, 31, 0, 198, 5, 97] as const;

const header = (
  { occupied, batteryV, sequence }: SensorState,
  frameType: number,
): readonly number[] => [
  (occupied ? 0x80 : 0) | (batteryV < lowBatteryV ? 0x40 : 0) | frameType,
  sequence & 0xff,
];

/** Libelium Smart Parking, firmware 2 (11 bytes); the port is not documented, 2 is used here. */
export const libeliumSmartParking: SpaceEncoder = {
  kind: 'space',
  model: 'libelium-smart-parking',
  encodeStatus: (state) =>
    uplink(2, ...header(state, 0), fit(state.temperatureC, -128, 127), ...field, 0, 0),
  encodeHeartbeat: (state) => {
    const clock = new Date(state.atMs);
    return uplink(
      2,
      ...header(state, 1),
      clock.getUTCHours(),
      clock.getUTCMinutes(),
      fit(state.temperatureC, -128, 127),
      ...field,
    );
  },
};
