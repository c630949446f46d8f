import { createHash } from 'node:crypto';
import type { SimulatedUplink } from '../devices/device.ts';
import type { Identity } from './identity.ts';

/** The application and tenant that the simulated devices belong to: identifiers of ChirpStack's kind. */
const applicationId = '8d4f0a52-6a0e-4a53-9d0b-0c2f6f1f9e11';
const tenantId = '52f14cd4-c6f1-4fbd-8f87-4025e1d49242';

const deviceInfo = (identity: Identity) => ({
  tenantId,
  tenantName: 'Parklotse',
  applicationId,
  applicationName: 'parklotse-demo',
  deviceProfileId: '14855bf7-d10d-4aee-b618-ebfcb64dc7ad',
  deviceProfileName: identity.model,
  deviceName: identity.deviceId,
  devEui: identity.devEui.toLowerCase(),
  deviceClassEnabled: 'CLASS_A',
  tags: {},
});

/** A UUID that is the same for the same frame. */
function uuid(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(parts.join(':')).digest('hex');
  return [0, 8, 12, 16, 20].map((at, i, all) => hex.slice(at, all[i + 1] ?? 32)).join('-');
}

/** ChirpStack's `up` event (chirpstack, api/proto/integration) in JSON. */
export const chirpstackUplink = (
  uplink: SimulatedUplink,
  identity: Identity,
  spreadingFactor: number,
): string =>
  JSON.stringify({
    deduplicationId: uuid(identity.devEui, uplink.session, uplink.fCnt),
    time: new Date(uplink.atMs).toISOString(),
    deviceInfo: deviceInfo(identity),
    devAddr: identity.devAddr(uplink.session).toLowerCase(),
    adr: true,
    dr: 12 - spreadingFactor,
    fCnt: uplink.fCnt,
    fPort: uplink.fPort,
    confirmed: false,
    data: uplink.payload,
    rxInfo: Array.from({ length: uplink.gateways }, (_, nth) => ({
      gatewayId: identity.gateway(nth).eui.toLowerCase(),
      uplinkId: (uplink.fCnt * 7919 + nth) % 65_536,
      nsTime: new Date(uplink.atMs).toISOString(),
      rssi: uplink.rssiDbm - nth * 8,
      snr: uplink.snrDb - nth * 4,
      crcStatus: 'CRC_OK',
    })),
    txInfo: {
      frequency: 868_100_000,
      modulation: {
        lora: { bandwidth: 125_000, spreadingFactor, codeRate: 'CR_4_5' },
      },
    },
    regionConfigId: 'eu868',
  });

/** ChirpStack's `join` event. */
export const chirpstackJoin = (identity: Identity, session: number, atMs: number): string =>
  JSON.stringify({
    deduplicationId: uuid(identity.devEui, session, 'join'),
    time: new Date(atMs).toISOString(),
    deviceInfo: deviceInfo(identity),
    devAddr: identity.devAddr(session).toLowerCase(),
  });

export const chirpstackTopic = (identity: Identity, kind: 'up' | 'join'): string =>
  `application/${applicationId}/device/${identity.devEui.toLowerCase()}/event/${kind}`;
