import type { SimulatedUplink } from '../devices/device.ts';
import type { Identity } from './identity.ts';

/** The application that the simulated devices belong to, and its tenant. */
const ttsApplication = { id: 'parklotse-demo', tenant: 'ttn' } as const;

/** Which fields of `up.uplink_message` a Storage Integration request asks for; `null` is all. */
export type FieldMask = ReadonlySet<string> | null;

const dayMs = 86_400_000;
const twoDigits = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
let day = { startMs: NaN, text: '' };

/**
 * RFC 3339 with nanoseconds, as Go prints them; the last six digits are made up. The date is worked out
 * once a day: with `toISOString` a seventh of the simulation's time went into it.
 */
function goTime(atMs: number): string {
  const startMs = Math.floor(atMs / dayMs) * dayMs;
  if (startMs !== day.startMs)
    day = { startMs, text: new Date(startMs).toISOString().slice(0, 'yyyy-mm-ddT'.length) };
  const inDay = Math.trunc(atMs) - startMs;
  const ms = inDay % 1000;
  const s = (inDay - ms) / 1000;
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  const clock = `${twoDigits[hours]}:${twoDigits[minutes]}:${twoDigits[s % 60]}`;
  return `${day.text}${clock}.${Math.floor(ms / 100)}${twoDigits[ms % 100]}153214Z`;
}

/** From the Network Server's `received_at` to the Application Server's, by which the storage asks, ms. */
export const serverDelayMs = 201;

const quoted = (text: string): string => `"${text}"`;

const endDeviceIds = (identity: Identity, session: number): string =>
  `{"device_id":"${identity.deviceId}","application_ids":{"application_id":"${ttsApplication.id}"},` +
  `"dev_eui":"${identity.devEui}","join_eui":"${identity.joinEui}","dev_addr":"${identity.devAddr(session)}"}`;

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

function rxMetadata(uplink: SimulatedUplink, identity: Identity): string {
  const receivers = Array.from({ length: uplink.gateways }, (_, nth) => {
    const { id, eui } = identity.gateway(nth);
    const rssi = uplink.rssiDbm - nth * 8;
    const snr = uplink.snrDb - nth * 4;
    return (
      `{"gateway_ids":{"gateway_id":"${id}","eui":"${eui}"},"time":"${goTime(uplink.atMs - 49)}",` +
      `"timestamp":${(uplink.atMs * 1000) % 4_294_967_296},"rssi":${rssi},"channel_rssi":${rssi},` +
      (snr === 0 ? '' : `"snr":${snr},`) +
      `"uplink_token":"${Buffer.from(`${eui}${uplink.fCnt}`).toString('base64')}",` +
      `"channel_index":${1 + (uplink.fCnt % 5)},"received_at":"${goTime(uplink.atMs - 6)}"}`
    );
  });
  return `[${receivers.join(',')}]`;
}

function settings(uplink: SimulatedUplink, spreadingFactor: number): string {
  const frequency = channels[uplink.fCnt % channels.length] ?? '868100000';
  return (
    `{"data_rate":{"lora":{"bandwidth":${bandwidth},"spreading_factor":${spreadingFactor},"coding_rate":"4/5"}},` +
    `"frequency":"${frequency}","timestamp":${(uplink.atMs * 1000) % 4_294_967_296},"time":"${goTime(uplink.atMs - 49)}"}`
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
  const parts: string[] = [];
  const add = (name: string, value: () => string): void => {
    if (mask === null || mask.has(name)) parts.push(`"${name}":${value()}`);
  };
  add('session_key_id', () => quoted(identity.sessionKeyId(uplink.session)));
  if (uplink.fPort !== 0) add('f_port', () => String(uplink.fPort));
  if (uplink.fCnt !== 0) add('f_cnt', () => String(uplink.fCnt));
  if (uplink.payload !== '') add('frm_payload', () => quoted(uplink.payload));
  add('rx_metadata', () => rxMetadata(uplink, identity));
  add('settings', () => settings(uplink, spreadingFactor));
  add('received_at', () => quoted(goTime(uplink.atMs)));
  add('consumed_airtime', () => quoted(airtimeS[spreadingFactor] ?? '0.164864s'));
  add(
    'network_ids',
    () =>
      '{"net_id":"000013","ns_id":"EC656E0000000181","tenant_id":"ttn","cluster_id":"eu1","cluster_address":"eu1.cloud.thethings.network"}',
  );
  const correlation =
    mask === null
      ? `"correlation_ids":["gs:uplink:${identity.deviceId}-${uplink.session}-${uplink.fCnt}"],`
      : '';
  return (
    `{"end_device_ids":${endDeviceIds(identity, uplink.session)},${correlation}` +
    `"received_at":"${goTime(uplink.atMs + serverDelayMs)}","uplink_message":{${parts.join(',')}}}`
  );
}

/** The Things Stack's message when a device has joined. */
export const ttsJoin = (identity: Identity, session: number, atMs: number): string =>
  `{"end_device_ids":${endDeviceIds(identity, session)},` +
  `"correlation_ids":["as:up:${identity.deviceId}-${session}"],"received_at":"${goTime(atMs + serverDelayMs)}",` +
  `"join_accept":{"session_key_id":"${identity.sessionKeyId(session)}","received_at":"${goTime(atMs)}"}}`;

/** `kind` is `up` or `join`. */
export const ttsTopic = (identity: Identity, kind: 'up' | 'join'): string =>
  `v3/${ttsApplication.id}@${ttsApplication.tenant}/devices/${identity.deviceId}/${kind}`;
