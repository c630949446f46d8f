import {
  bigEndian16,
  type EncodedUplink,
  fit,
  type SensorState,
  type SpaceEncoder,
  uplink,
} from './encoder.ts';

function frame(state: SensorState, code: number): EncodedUplink {
  const seconds = Math.floor(state.atMs / 1000);
  const items = [
    ...[0x02, 1, code],
    ...[0x29, 2, ...bigEndian16(fit(state.batteryV * 1000, 0, 65_535))],
    ...[0x32, 1, Number(state.occupied)],
    ...[0x0b, 1, fit(state.temperatureC, -128, 127)],
  ];
  return uplink(
    1,
    ...[0x7e, 0x11],
    ...[...bigEndian16(seconds >>> 16), ...bigEndian16(seconds & 0xffff)],
    ...bigEndian16(state.sequence & 0xffff),
    ...bigEndian16(items.length),
    ...[1, 0],
    ...items,
    // The published frame has no checksum either.
    ...[0, 0, 0x7e],
  );
}

/** MOKOSmart LW009. */
export const mokoLw009: SpaceEncoder = {
  kind: 'space',
  model: 'moko-lw009',
  encodeStatus: (state) => frame(state, state.occupied ? 0x0c : 0x0b),
  encodeHeartbeat: (state) => frame(state, 0x00),
};
