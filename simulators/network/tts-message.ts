import type { SimulatedUplink } from '../devices/device.ts';
import { gatewayNames } from '../devices/link.ts';
import type { Identity } from './identity.ts';

/** The application that the simulated devices belong to, and its tenant. */
const ttsApplication = { id: 'parklotse-demo', tenant: 'ttn' } as const;

/** Which fields of `up.uplink_message`, and `settings.data_rate` alone, a Storage Integration request asks for; `null` is all. */
export type FieldMask = ReadonlySet<string> | null;

const minuteMs = 60_000;
const seconds = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(2, '0')}.`);
/** Milliseconds, and six more digits, which are made up. */
const fractions = Array.from({ length: 1000 }, (_, n) => `${String(n).padStart(3, '0')}153214Z`);
let minute = { startMs: NaN, text: '' };

/**
 * RFC 3339 with nanoseconds, as Go prints them. Date and minute are worked out once a minute: with
 * `toISOString` a seventh of the simulation's time went into it.
 */
function goTime(atMs: number): string {
  let inMinute = Math.trunc(atMs) - minute.startMs;
  if (!(inMinute >= 0 && inMinute < minuteMs)) {
    const startMs = Math.floor(atMs / minuteMs) * minuteMs;
    const text = new Date(startMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm:'.length);
    minute = { startMs, text };
    inMinute = Math.trunc(atMs) - startMs;
  }
  const s = Math.floor(inMinute / 1000);
  return `${minute.text}${seconds[s]}${fractions[inMinute - s * 1000]}`;
}

/** From the Network Server's `received_at` to the Application Server's, by which the storage asks, ms. */
export const serverDelayMs = 201;

/** What is the same in every message of a device's session. */
interface SessionTexts {
  readonly identity: Identity;
  readonly session: number;
  readonly head: string;
  readonly sessionKeyId: string;
  readonly gateways: readonly GatewayTexts[];
}
/** Of a gateway: what is told of it up to the time, and its tokens. */
interface GatewayTexts {
  readonly head: string;
  readonly tokens: readonly string[];
}

const endDeviceIds = (identity: Identity, session: number): string =>
  `{"end_device_ids":{"device_id":"${identity.deviceId}","application_ids":{"application_id":"${ttsApplication.id}"},` +
  `"dev_eui":"${identity.devEui}","join_eui":"${identity.joinEui}","dev_addr":"${identity.devAddr(session)}"}`;

/** By device. */
const textsOfSessions: (SessionTexts | undefined)[] = [];

function textsOf({ device, session }: SimulatedUplink, identity: Identity): SessionTexts {
  const known = textsOfSessions[device];
  if (known?.session === session && known.identity === identity) return known;
  return (textsOfSessions[device] = {
    identity,
    session,
    head: endDeviceIds(identity, session),
    sessionKeyId: `"session_key_id":"${identity.sessionKeyId(session)}"`,
    gateways: gatewayNames.map((_, nth) => gatewayTexts(identity.gateway(nth))),
  });
}

/** So many tokens that neighbours in time differ. What is in a token is the server's own affair. */
const tokensOfGateway = 1024;
const textsOfGateways = new Map<string, GatewayTexts>();

function gatewayTexts({ id, eui }: ReturnType<Identity['gateway']>): GatewayTexts {
  const known = textsOfGateways.get(eui);
  if (known !== undefined) return known;
  const texts = {
    head: `{"gateway_ids":{"gateway_id":"${id}","eui":"${eui}"},"time":"`,
    tokens: Array.from({ length: tokensOfGateway }, (_, nth) => {
      const token = Buffer.from(`${eui}${nth}`).toString('base64');
      return `"uplink_token":"${token}","channel_index":`;
    }),
  };
  textsOfGateways.set(eui, texts);
  return texts;
}

const bandwidth = 125_000;
const channels = ['868100000', '868300000', '868500000', '867100000', '867300000', '867500000'];

/** Airtime of a short frame by spreading factor at 125 kHz, s (SX1276 data sheet, section 4.1.1.7). */
const airtimeS: Readonly<Record<number, string>> = {
  7: '0.051456s',
  8: '0.092672s',
  9: '0.164864s',
  10: '0.329728s',
  12: '1.318912s',
};
const airtime = (spreadingFactor: number): string => airtimeS[spreadingFactor] ?? '0.164864s';

const networkIds =
  '"network_ids":{"net_id":"000013","ns_id":"EC656E0000000181","tenant_id":"ttn","cluster_id":"eu1","cluster_address":"eu1.cloud.thethings.network"}';

/** Microseconds on a gateway's clock, which has 32 bits. */
const timestamp = (atMs: number): number => (atMs * 1000) % 4_294_967_296;

function rxMetadata(uplink: SimulatedUplink, gateways: readonly GatewayTexts[]): string {
  const { atMs, fCnt, rssiDbm, snrDb } = uplink;
  const heard = `${goTime(atMs - 49)}","timestamp":${timestamp(atMs)},"rssi":`;
  const received = `${1 + (fCnt % 5)},"received_at":"${goTime(atMs - 6)}"}`;
  let text = '"rx_metadata":[';
  for (let nth = 0; nth < uplink.gateways; nth++) {
    const { head, tokens } = gateways[nth]!;
    const rssi = rssiDbm - nth * 8;
    const snr = snrDb - nth * 4;
    const level = `${rssi},"channel_rssi":${rssi},${snr === 0 ? '' : `"snr":${snr},`}`;
    text +=
      (nth === 0 ? '' : ',') + head + heard + level + tokens[fCnt % tokensOfGateway]! + received;
  }
  return `${text}]`;
}

const settingsFields = ['settings', 'settings.data_rate'];
const dataRate = (spreadingFactor: number): string =>
  `"data_rate":{"lora":{"bandwidth":${bandwidth},"spreading_factor":${spreadingFactor},"coding_rate":"4/5"}}`;

function settings(
  { atMs, fCnt }: SimulatedUplink,
  spreadingFactor: number,
  mask: FieldMask,
): string {
  const rate = dataRate(spreadingFactor);
  if (mask?.has('settings') === false) return `"settings":{${rate}}`;
  const frequency = channels[fCnt % channels.length] ?? '868100000';
  return (
    `"settings":{${rate},"frequency":"${frequency}","timestamp":${timestamp(atMs)},` +
    `"time":"${goTime(atMs - 49)}"}`
  );
}

/**
 * The Things Stack's ApplicationUp of one uplink (lorawan-stack, api/messages.proto) in proto3 JSON:
 * a counter of 0 is absent, as every zero is. Written by hand, because it is written 40,000 times a
 * second when the history is read. With a mask, only the asked fields of `uplink_message` are there.
 */
export function ttsUplink(
  uplink: SimulatedUplink,
  identity: Identity,
  spreadingFactor: number,
  mask: FieldMask = null,
): string {
  const { fPort, fCnt, payload, atMs, session } = uplink;
  const { head, sessionKeyId, gateways } = textsOf(uplink, identity);
  const has = (name: string): boolean => mask === null || mask.has(name);
  let fields = '';
  const add = (field: string): void => void (fields += fields === '' ? field : `,${field}`);
  if (has('session_key_id')) add(sessionKeyId);
  if (fPort !== 0 && has('f_port')) add(`"f_port":${fPort}`);
  if (fCnt !== 0 && has('f_cnt')) add(`"f_cnt":${fCnt}`);
  if (payload !== '' && has('frm_payload')) add(`"frm_payload":"${payload}"`);
  if (has('rx_metadata')) add(rxMetadata(uplink, gateways));
  if (settingsFields.some(has)) add(settings(uplink, spreadingFactor, mask));
  if (has('received_at')) add(`"received_at":"${goTime(atMs)}"`);
  if (has('consumed_airtime')) add(`"consumed_airtime":"${airtime(spreadingFactor)}"`);
  if (has('network_ids')) add(networkIds);
  const correlation =
    mask === null ? `,"correlation_ids":["gs:uplink:${identity.deviceId}-${session}-${fCnt}"]` : '';
  return (
    `${head}${correlation},"received_at":"${goTime(atMs + serverDelayMs)}",` +
    `"uplink_message":{${fields}}}`
  );
}

/** The Things Stack's message when a device has joined. */
export const ttsJoin = (identity: Identity, session: number, atMs: number): string =>
  `${endDeviceIds(identity, session)},` +
  `"correlation_ids":["as:up:${identity.deviceId}-${session}"],"received_at":"${goTime(atMs + serverDelayMs)}",` +
  `"join_accept":{"session_key_id":"${identity.sessionKeyId(session)}","received_at":"${goTime(atMs)}"}}`;

/** `kind` is `up` or `join`. */
export const ttsTopic = (identity: Identity, kind: 'up' | 'join'): string =>
  `v3/${ttsApplication.id}@${ttsApplication.tenant}/devices/${identity.deviceId}/${kind}`;
