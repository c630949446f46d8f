import { bigEndian16, fit, type SpaceEncoder, uplink } from './encoder.ts';

/** PNI PlacePod watching a space; the port is not documented, 2 is used here. */
export const pniPlacepod: SpaceEncoder = {
  kind: 'space',
  model: 'pni-placepod',
  encodeStatus: ({ occupied }) => uplink(2, 0x15, 0x66, Number(occupied)),
  encodeHeartbeat: ({ occupied, temperatureC, batteryV }) =>
    uplink(
      2,
      ...[0x03, 0x02, ...bigEndian16(fit(batteryV * 100, 0, 32_767))],
      ...[0x02, 0x67, ...bigEndian16(fit(temperatureC * 10, -32_768, 32_767))],
      ...[0x37, 0x66, Number(occupied)],
    ),
};
