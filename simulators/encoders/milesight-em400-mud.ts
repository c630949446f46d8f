import { batteryRatioOf, fit, type SpaceEncoder, uplink } from './encoder.ts';

/** From a ceiling of 2.4 m to the roof of a car, and to the ground. */
const occupiedMm = 950;
const vacantMm = 2400;

const littleEndian16 = (value: number): readonly [number, number] => [
  value & 0xff,
  (value >> 8) & 0xff,
];
const distance = (occupied: boolean) => littleEndian16(occupied ? occupiedMm : vacantMm);

/** Milesight EM400-MUD with the distance alarm as its event. */
export const milesightEm400Mud: SpaceEncoder = {
  kind: 'space',
  model: 'milesight-em400-mud',
  encodeStatus: ({ occupied }) => uplink(85, 0x84, 0x82, ...distance(occupied), Number(occupied)),
  encodeHeartbeat: ({ occupied, temperatureC, batteryV }) =>
    uplink(
      85,
      ...[0x01, 0x75, fit(batteryRatioOf(batteryV) * 100, 0, 100)],
      ...[0x03, 0x67, ...littleEndian16(fit(temperatureC * 10, -32_768, 32_767))],
      ...[0x04, 0x82, ...distance(occupied)],
      ...[0x05, 0x00, 0],
    ),
};
