import type { SimulatedUplink } from '../devices/device.ts';
import { gatewayNames } from '../devices/link.ts';
import { ascii } from './ascii.ts';
import type { Identity } from './identity.ts';

/** The application that the simulated devices belong to, and its tenant. */
export const ttsApplication = { id: 'parklotse-demo', tenant: 'ttn' } as const;

/** What is the same in every message of a device's session. */
export interface SessionTexts {
  readonly identity: Identity;
  readonly session: number;
  readonly head: Uint8Array;
  readonly sessionKeyId: Uint8Array;
  readonly gateways: readonly GatewayTexts[];
}
/** Of a gateway: what is told of it up to the time, and its tokens. */
export interface GatewayTexts {
  readonly head: Uint8Array;
  readonly tokens: readonly Uint8Array[];
}

/** The beginning of every message of a device. */
export const endDeviceIds = (identity: Identity, session: number): string =>
  `{"end_device_ids":{"device_id":"${identity.deviceId}","application_ids":{"application_id":"${ttsApplication.id}"},` +
  `"dev_eui":"${identity.devEui}","join_eui":"${identity.joinEui}","dev_addr":"${identity.devAddr(session)}"}`;

/** By device. */
const textsOfSessions: (SessionTexts | undefined)[] = [];

/** Worked out once a session. */
export function textsOf({ device, session }: SimulatedUplink, identity: Identity): SessionTexts {
  const known = textsOfSessions[device];
  if (known?.session === session && known.identity === identity) return known;
  return (textsOfSessions[device] = {
    identity,
    session,
    head: ascii(endDeviceIds(identity, session)),
    sessionKeyId: ascii(`"session_key_id":"${identity.sessionKeyId(session)}"`),
    gateways: gatewayNames.map((_, nth) => gatewayTexts(identity.gateway(nth))),
  });
}

/** So many tokens that neighbours in time differ. What is in a token is the server's own affair. */
export const tokensOfGateway = 1024;
const textsOfGateways = new Map<string, GatewayTexts>();

function gatewayTexts({ id, eui }: ReturnType<Identity['gateway']>): GatewayTexts {
  const known = textsOfGateways.get(eui);
  if (known !== undefined) return known;
  const texts = {
    head: ascii(`{"gateway_ids":{"gateway_id":"${id}","eui":"${eui}"},"time":"`),
    tokens: Array.from({ length: tokensOfGateway }, (_, nth) => {
      const token = Buffer.from(`${eui}${nth}`).toString('base64');
      return ascii(`"uplink_token":"${token}","channel_index":`);
    }),
  };
  textsOfGateways.set(eui, texts);
  return texts;
}
