import type { SimulatedUplink } from '../devices/device.ts';
import type { AsciiText } from './ascii.ts';
import { ascii, createAsciiText, remembered } from './ascii.ts';
import type { Identity } from './identity.ts';
import type { GatewayTexts } from './session-texts.ts';
import { endDeviceIds, textsOf, tokensOfGateway, ttsApplication } from './session-texts.ts';

/** Fields of `up.uplink_message` that a Storage Integration request may ask for, and `settings.data_rate` alone. */
const fieldNames = [
  'session_key_id',
  'f_port',
  'f_cnt',
  'frm_payload',
  'rx_metadata',
  'settings',
  'settings.data_rate',
  'received_at',
  'consumed_airtime',
  'network_ids',
] as const;
/** Which of them are asked for. */
export type FieldMask = Readonly<Record<(typeof fieldNames)[number], boolean>> & {
  /** Whether the whole message is: a mask leaves out more than it names. */
  readonly isWhole: boolean;
};

/** `null` is all; names that are none of the fields are left out. */
export function fieldMask(names: ReadonlySet<string> | null): FieldMask {
  const has = fieldNames.map((name) => [name, names?.has(name) ?? true]);
  return { ...(Object.fromEntries(has) as FieldMask), isWhole: names === null };
}
const wholeMessage = fieldMask(null);

const minuteMs = 60_000;
/** Where the seconds and the milliseconds are in `yyyy-mm-ddThh:mm:ss.mmm`. */
const [secondsAt, millisecondsAt] = ['yyyy-mm-ddThh:mm:'.length, 'yyyy-mm-ddThh:mm:ss.'.length];

/**
 * Adds a time between two texts, in RFC 3339 with nanoseconds, as Go prints them; the digits below the
 * millisecond are made up. All of it is worked out once a minute: with `toISOString` a seventh of the
 * simulation's time went into it.
 */
function timeBetween(before: string, after: string): (into: AsciiText, atMs: number) => void {
  let startMs = NaN;
  let piece = ascii('');
  return (into, atMs) => {
    let inMinute = Math.trunc(atMs) - startMs;
    if (!(inMinute >= 0 && inMinute < minuteMs)) {
      startMs = Math.floor(atMs / minuteMs) * minuteMs;
      const minute = new Date(startMs).toISOString().slice(0, -1);
      piece = ascii(`${before}${minute}153214Z${after}`);
      inMinute = Math.trunc(atMs) - startMs;
    }
    const seconds = Math.floor(inMinute / 1000);
    const at = into.add(piece) + before.length;
    into.overwrite(at + secondsAt, seconds, 2);
    into.overwrite(at + millisecondsAt, inMinute - seconds * 1000, 3);
  };
}

/** From the Network Server's `received_at` to the Application Server's, by which the storage asks, ms. */
export const serverDelayMs = 201;

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

/** Microseconds on a gateway's clock, which has 32 bits. */
const timestamp = (atMs: number): number => (atMs * 1000) % 4_294_967_296;

const rssiText = remembered((rssiDbm: number) => `,"rssi":${rssiDbm},"channel_rssi":${rssiDbm},`);
const snrText = remembered((snrDb: number) => (snrDb === 0 ? '' : `"snr":${snrDb},`));
const dataRate = remembered(
  (spreadingFactor: number) =>
    `"settings":{"data_rate":{"lora":{"bandwidth":${bandwidth},"spreading_factor":${spreadingFactor},"coding_rate":"4/5"}}`,
);
const frequency = channels.map((hertz) => ascii(`,"frequency":"${hertz}","timestamp":`));
const airtime = remembered(
  (spreadingFactor: number) => `"consumed_airtime":"${airtimeS[spreadingFactor] ?? '0.164864s'}"`,
);
const [comma, quote, closeList, closeObject] = [0x2c, 0x22, 0x5d, 0x7d];
const text = {
  fPort: ascii('"f_port":'),
  fCnt: ascii('"f_cnt":'),
  frmPayload: ascii('"frm_payload":"'),
  rxMetadata: ascii('"rx_metadata":['),
  networkIds: ascii(
    '"network_ids":{"net_id":"000013","ns_id":"EC656E0000000181","tenant_id":"ttn","cluster_id":"eu1","cluster_address":"eu1.cloud.thethings.network"}',
  ),
};
const addServerTime = timeBetween(',"received_at":"', '","uplink_message":{');
const addReceivedAt = timeBetween('"received_at":"', '"');
const addHeardAt = timeBetween('', '","timestamp":');
const addForwardedAt = timeBetween(',"received_at":"', '"}');
const addSettingsTime = timeBetween(',"time":"', '"');

function addReceptions(
  into: AsciiText,
  { atMs, fCnt, rssiDbm, snrDb, gateways: heardBy }: SimulatedUplink,
  gateways: readonly GatewayTexts[],
): void {
  into.add(text.rxMetadata);
  for (let nth = 0; nth < heardBy; nth++) {
    const { head, tokens } = gateways[nth]!;
    if (nth > 0) into.addCode(comma);
    into.add(head);
    addHeardAt(into, atMs - 49);
    into.addNumber(timestamp(atMs));
    into.add(rssiText(rssiDbm - nth * 8));
    into.add(snrText(snrDb - nth * 4));
    into.add(tokens[fCnt % tokensOfGateway]!);
    into.addNumber(1 + (fCnt % 5));
    addForwardedAt(into, atMs - 6);
  }
  into.addCode(closeList);
}

function addSettings(
  into: AsciiText,
  { atMs, fCnt }: SimulatedUplink,
  spreadingFactor: number,
  mask: FieldMask,
): void {
  into.add(dataRate(spreadingFactor));
  if (mask.settings) {
    into.add(frequency[fCnt % frequency.length]!);
    into.addNumber(timestamp(atMs));
    addSettingsTime(into, atMs - 49);
  }
  into.addCode(closeObject);
}

/** More than any message has. */
const mostBytes = 4096;

/**
 * Adds The Things Stack's ApplicationUp of one uplink (lorawan-stack, api/messages.proto) in proto3
 * JSON: a counter of 0 is absent, as every zero is. Written by hand, because all of a month is written
 * while the history is read. Only the fields of `uplink_message` that are asked for are there.
 */
export function addTtsUplink(
  into: AsciiText,
  uplink: SimulatedUplink,
  identity: Identity,
  spreadingFactor: number,
  mask: FieldMask,
): void {
  const { fPort, fCnt, payload, atMs, session } = uplink;
  const { head, sessionKeyId, gateways } = textsOf(uplink, identity);
  into.reserve(mostBytes);
  into.add(head);
  if (mask.isWhole)
    into.addText(`,"correlation_ids":["gs:uplink:${identity.deviceId}-${session}-${fCnt}"]`);
  addServerTime(into, atMs + serverDelayMs);

  let isFirst = true;
  const separate = (): void => {
    if (!isFirst) into.addCode(comma);
    isFirst = false;
  };
  if (mask.session_key_id) {
    separate();
    into.add(sessionKeyId);
  }
  if (mask.f_port && fPort !== 0) {
    separate();
    into.add(text.fPort);
    into.addNumber(fPort);
  }
  if (mask.f_cnt && fCnt !== 0) {
    separate();
    into.add(text.fCnt);
    into.addNumber(fCnt);
  }
  if (mask.frm_payload && payload !== '') {
    separate();
    into.add(text.frmPayload);
    into.addText(payload);
    into.addCode(quote);
  }
  if (mask.rx_metadata) {
    separate();
    addReceptions(into, uplink, gateways);
  }
  if (mask.settings || mask['settings.data_rate']) {
    separate();
    addSettings(into, uplink, spreadingFactor, mask);
  }
  if (mask.received_at) {
    separate();
    addReceivedAt(into, atMs);
  }
  if (mask.consumed_airtime) {
    separate();
    into.add(airtime(spreadingFactor));
  }
  if (mask.network_ids) {
    separate();
    into.add(text.networkIds);
  }
  into.addCode(closeObject);
  into.addCode(closeObject);
}

const one = createAsciiText();

/** The same as a text. */
export function ttsUplink(
  uplink: SimulatedUplink,
  identity: Identity,
  spreadingFactor: number,
  mask: FieldMask = wholeMessage,
): string {
  one.clear();
  addTtsUplink(one, uplink, identity, spreadingFactor, mask);
  return one.bytes().toString('latin1');
}

const addTime = timeBetween('', '');
function goTime(atMs: number): string {
  one.clear();
  addTime(one, atMs);
  return one.bytes().toString('latin1');
}

/** The Things Stack's message when a device has joined. */
export const ttsJoin = (identity: Identity, session: number, atMs: number): string =>
  `${endDeviceIds(identity, session)},` +
  `"correlation_ids":["as:up:${identity.deviceId}-${session}"],"received_at":"${goTime(atMs + serverDelayMs)}",` +
  `"join_accept":{"session_key_id":"${identity.sessionKeyId(session)}","received_at":"${goTime(atMs)}"}}`;

/** `kind` is `up` or `join`. */
export const ttsTopic = (identity: Identity, kind: 'up' | 'join'): string =>
  `v3/${ttsApplication.id}@${ttsApplication.tenant}/devices/${identity.deviceId}/${kind}`;
