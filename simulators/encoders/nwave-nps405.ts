import { fit, type SpaceEncoder, uplink } from './encoder.ts';

/** Whole minutes of the previous state in seven bits, coarser the longer it was. */
function compressed(previousStateMs: number | null): number {
  const minutes = Math.floor((previousStateMs ?? 0) / 60_000);
  if (minutes < 90) return minutes;
  if (minutes < 240) return 90 + Math.floor((minutes - 90) / 5);
  if (minutes < 660) return 120 + Math.floor((minutes - 240) / 60);
  return 127;
}

/** Nwave NPS405: every change says how long the state before lasted. */
export const nwaveNps405: SpaceEncoder = {
  kind: 'space',
  model: 'nwave-nps405',
  encodeStatus: ({ occupied, previousStateMs }) =>
    uplink(1, (compressed(previousStateMs) << 1) | Number(occupied)),
  encodeHeartbeat: ({ occupied, temperatureC, batteryV }) =>
    uplink(
      2,
      Number(occupied),
      fit((batteryV * 1000 - 2500) / 4, 0, 255),
      fit((temperatureC - 10) * 2, -128, 127),
      0,
      0,
      0,
    ),
};
