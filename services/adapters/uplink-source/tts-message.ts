import type { DevEui, EpochMs } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import type { UplinkVia } from '../../domain/uplink.ts';
import type { DownlinkTold } from '../../ports/downlinks.ts';
import {
  asBuffer,
  asCounter,
  asDevEui,
  asNumber,
  asObject,
  asPayload,
  asSession,
  asSpreadingFactor,
  asTime,
  bestGateway,
  maxFCnt,
  parseJson,
  reject,
  type ParsedMessage,
} from './message.ts';
import { isAbsent, object, readerOf, value, type Wanted } from './wanted-members.ts';
import {
  believableTimeOf,
  counterOf,
  devEuiOf,
  gatewayList,
  knownNumberOf,
  numberOf,
  payloadOf,
  sharedTexts,
  timeOf,
} from './wanted-values.ts';

type Json = Readonly<Record<string, unknown>>;
interface Reading {
  readonly nowMs: EpochMs;
  readonly via: UplinkVia;
}

/** `last_battery_percentage` is absent when the device never told or is mains-powered; a value of 0 is left out. */
function batteryRatio(value: unknown): number | null {
  const battery = asObject(value);
  if (!battery) return null;
  const percent = asNumber(battery['value'] ?? 0);
  return percent === null ? null : toRatio(percent);
}
const toRatio = (percent: number): number => Math.min(1, Math.max(0, percent / 100));

function parseUplink(
  message: Json,
  uplink: Json,
  devEui: DevEui | null,
  devAddr: unknown,
  options: Reading,
): ParsedMessage {
  const fPort = asCounter(uplink['f_port'], 255);
  const fCnt = asCounter(uplink['f_cnt'], maxFCnt);
  if (fPort === undefined) return reject('wrong-shape', 'f_port is no port', devEui);
  if (fCnt === undefined) return reject('wrong-shape', 'f_cnt is no counter', devEui);
  // A frame without a port carries MAC commands only; the server forwards it all the same.
  if (fPort === 0) return reject('no-payload', 'a frame without application payload', devEui);
  if (uplink['frm_payload'] === undefined) return reject('no-payload', 'empty payload', devEui);
  const payload = asPayload(uplink['frm_payload']);
  if (!payload) return reject('wrong-shape', 'frm_payload is no LoRaWAN payload', devEui);
  if (!devEui) return reject('wrong-shape', 'no dev_eui');
  const received = asTime(uplink['received_at'] ?? message['received_at'], options.nowMs);
  if (!received.ok) return err({ ...received.error, devEui });

  const dataRate = asObject(asObject(uplink['settings'])?.['data_rate']);
  const { rssiDbm, snrDb, gateways } = bestGateway(uplink['rx_metadata']);
  return ok({
    kind: 'uplink',
    uplink: {
      devEui,
      session: asSession(uplink['session_key_id']) || asSession(devAddr),
      fCnt,
      fPort,
      payload,
      receivedAtMs: received.value,
      rssiDbm,
      snrDb,
      gateways,
      spreadingFactor: asSpreadingFactor(asObject(dataRate?.['lora'])?.['spreading_factor']),
      batteryRatio: batteryRatio(uplink['last_battery_percentage']),
      via: options.via,
    },
  });
}

/** What an uplink is made of, where its session and time are told. */
const simulated = value();
const devEui = value();
const session = value();
const fPort = value();
const fCnt = value();
const payload = value();
const receivedAt = value();
const spreadingFactor = value();
const battery = value();
const batteryPercent = value();
const gateways = gatewayList();
const wanted: Wanted = {
  end_device_ids: object({ dev_eui: devEui }),
  simulated,
  uplink_message: object({
    session_key_id: session,
    f_port: fPort,
    f_cnt: fCnt,
    frm_payload: payload,
    rx_metadata: gateways.list,
    settings: object({
      data_rate: object({ lora: object({ spreading_factor: spreadingFactor }) }),
    }),
    received_at: receivedAt,
    last_battery_percentage: object({ value: batteryPercent }, battery),
  }),
};
const storedAt = value();
const failure = value();
const readMembers = readerOf(wanted);
const readMembersOfLine = readerOf({
  result: object({ ...wanted, received_at: storedAt }),
  error: failure,
});
const sessionOf = sharedTexts((text) => asSession(text) || undefined);

function percentTold(): number | null | undefined {
  if (isAbsent(battery)) return null;
  return isAbsent(batteryPercent) ? 0 : numberOf(batteryPercent);
}

/** An uplink as nearly all of them are; `undefined` for whatever else there is. */
function readUplink(
  message: Buffer,
  read: (message: Buffer) => boolean,
  { nowMs, via }: Reading,
): ParsedMessage | undefined {
  gateways.begin();
  if (!read(message) || !isAbsent(simulated)) return undefined;
  const its = devEuiOf(devEui);
  const ofSession = sessionOf(session);
  const frame = counterOf(fCnt, maxFCnt);
  const port = counterOf(fPort, 255);
  const content = payloadOf(payload);
  const receivedAtMs = believableTimeOf(receivedAt, nowMs);
  const factor = knownNumberOf(spreadingFactor);
  const percent = percentTold();
  if (its === undefined || ofSession === undefined || frame === undefined || !port || !content)
    return undefined;
  if (receivedAtMs === undefined || factor === undefined || percent === undefined) return undefined;
  const { rssiDbm, snrDb, gateways: count } = gateways.best();
  return ok({
    kind: 'uplink',
    uplink: {
      devEui: its,
      session: ofSession,
      fCnt: frame,
      fPort: port,
      payload: content,
      receivedAtMs,
      rssiDbm,
      snrDb,
      gateways: count,
      spreadingFactor: asSpreadingFactor(factor),
      batteryRatio: percent === null ? null : toRatio(percent),
      via,
    },
  });
}

/**
 * One ApplicationUp of The Things Stack v3 (lorawan-stack, api/messages.proto) in its JSON form, as it
 * comes by MQTT, by webhook and from the Storage Integration. Fields that hold 0, false or nothing are
 * absent there. The payload is read from `frm_payload`: what the server's own formatter made of it, or
 * failed to, does not matter. Never throws.
 */
export function parseTtsMessage(message: Uint8Array | string, options: Reading): ParsedMessage {
  const uplink =
    typeof message === 'string' ? undefined : readUplink(asBuffer(message), readMembers, options);
  if (uplink) return uplink;
  const parsed = parseJson(message);
  return parsed.ok ? toNetworkMessage(parsed.value, options) : parsed;
}

/** Stored messages of the Storage Integration: an object in each line, `result` or `error`. */
export const ttsStoredFormat = {
  readLine(line: Buffer, options: Reading): StoredLine {
    const uplink = readUplink(line, readMembersOfLine, options);
    const storedAtMs = uplink && isAbsent(failure) ? timeOf(storedAt) : undefined;
    if (uplink && storedAtMs !== undefined) return { storedAtMs, told: uplink };
    const parsed = parseJson(line);
    if (!parsed.ok) return 'no-json';
    if ('error' in parsed.value) return 'error';
    const message = asObject(parsed.value['result']);
    if (!message) return 'no-message';
    const time = message['received_at'];
    const atMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    return {
      storedAtMs: Number.isNaN(atMs) ? null : atMs,
      told: toNetworkMessage(message, options),
    };
  },
};
/** What a line holds, and when the application server had it. */
type StoredLine =
  | { readonly storedAtMs: EpochMs | null; readonly told: ParsedMessage }
  | 'no-json'
  | 'no-message'
  | 'error';

function toNetworkMessage(message: Json, options: Reading): ParsedMessage {
  const ids = asObject(message['end_device_ids']);
  const devEui = asDevEui(ids?.['dev_eui']);
  if (message['simulated'] === true) return reject('simulated', 'sent from the console', devEui);

  const uplink = asObject(message['uplink_message']);
  if (uplink) return parseUplink(message, uplink, devEui, ids?.['dev_addr'], options);

  const told = downlinkTold(message);
  if (told) return ok({ kind: 'event', event: { kind: 'downlink', told } });
  const join = asObject(message['join_accept']);
  if (!join)
    return isOther(message)
      ? ok({ kind: 'other' })
      : reject('wrong-shape', 'no uplink_message', devEui);
  const at = asTime(join['received_at'] ?? message['received_at'], options.nowMs);
  if (!at.ok) return err({ ...at.error, devEui });
  if (!devEui) return reject('wrong-shape', 'no dev_eui');
  const session = asSession(join['session_key_id']) || asSession(ids?.['dev_addr']);
  return ok({ kind: 'event', event: { kind: 'joined', devEui, session, atMs: at.value } });
}

/** What became of a downlink; one that nobody gave an id to is of no interest. */
function downlinkTold(message: Json): DownlinkTold | undefined {
  const failed = asObject(message['downlink_failed']);
  const sent = asObject(message['downlink_sent'] ?? message['downlink_ack']);
  const downlink = asObject(failed?.['downlink']) ?? sent ?? asObject(message['downlink_queued']);
  const ids = downlink?.['correlation_ids'];
  if (!Array.isArray(ids)) return undefined;
  const name = asObject(failed?.['error'])?.['name'];
  return {
    correlationIds: ids.filter((id) => typeof id === 'string'),
    state: failed ? 'failed' : sent ? 'sent' : 'queued',
    detail: typeof name === 'string' ? name : null,
  };
}

/** The other things an ApplicationUp can be, by the name of the field that holds them. */
const otherFields = [
  'uplink_normalized',
  'downlink_ack',
  'downlink_nack',
  'downlink_sent',
  'downlink_failed',
  'downlink_queued',
  'downlink_queue_invalidated',
  'location_solved',
  'service_data',
];
const isOther = (message: Json): boolean => otherFields.some((field) => field in message);
