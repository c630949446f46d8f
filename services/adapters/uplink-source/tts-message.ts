import type { DevEui, EpochMs } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import type { UplinkVia } from '../../domain/uplink.ts';
import type { DownlinkTold } from '../../ports/downlinks.ts';
import {
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
import { readerOf } from './wanted-members.ts';

type Json = Readonly<Record<string, unknown>>;

/** `last_battery_percentage` is absent when the device never told or is mains-powered; a value of 0 is left out. */
function batteryRatio(value: unknown): number | null {
  const battery = asObject(value);
  if (!battery) return null;
  const percent = asNumber(battery['value'] ?? 0);
  return percent === null ? null : Math.min(1, Math.max(0, percent / 100));
}

function parseUplink(
  message: Json,
  uplink: Json,
  devEui: DevEui | null,
  devAddr: unknown,
  options: { readonly nowMs: EpochMs; readonly via: UplinkVia },
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

/** What an uplink is made of, if its session and time are told; else more has to be looked at. */
const wanted = {
  end_device_ids: { dev_eui: true },
  simulated: true,
  uplink_message: {
    session_key_id: true,
    f_port: true,
    f_cnt: true,
    frm_payload: true,
    rx_metadata: [{ rssi: true, snr: true }],
    settings: { data_rate: { lora: { spreading_factor: true } } },
    received_at: true,
    last_battery_percentage: { value: true },
  },
} as const;
const readMembers = readerOf(wanted);
const readMembersOfLine = readerOf({ result: { ...wanted, received_at: true }, error: true });
const isUplink = (message: unknown): boolean => {
  const uplink = asObject(asObject(message)?.['uplink_message']);
  return typeof uplink?.['received_at'] === 'string' && asSession(uplink['session_key_id']) !== '';
};

/** `undefined` for everything else than an uplink. */
const readUplink = (message: Buffer): Json | undefined => {
  const members = readMembers(message);
  return isUplink(members) ? members : undefined;
};
const readStoredUplink = (line: Buffer): Json | undefined => {
  const members = readMembersOfLine(line);
  return isUplink(members?.['result']) ? members : undefined;
};

/**
 * One ApplicationUp of The Things Stack v3 (lorawan-stack, api/messages.proto) in its JSON form, as it
 * comes by MQTT, by webhook and from the Storage Integration. Fields that hold 0, false or nothing are
 * absent there. The payload is read from `frm_payload`: what the server's own formatter made of it, or
 * failed to, does not matter. Never throws.
 */
export function parseTtsMessage(
  message: Uint8Array | string,
  options: { readonly nowMs: EpochMs; readonly via: UplinkVia },
): ParsedMessage {
  const parsed = parseJson(message, readUplink);
  if (!parsed.ok) return parsed;
  return toNetworkMessage(parsed.value, options);
}

/** Stored uplinks of the Storage Integration: an object in each line, `result` or `error`. */
export const ttsStoredFormat = {
  readLine(line: Buffer): Json | undefined {
    const parsed = parseJson(line, readStoredUplink);
    return parsed.ok ? parsed.value : undefined;
  },
  readMessage: toNetworkMessage,
};

function toNetworkMessage(
  message: Json,
  options: { readonly nowMs: EpochMs; readonly via: UplinkVia },
): ParsedMessage {
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
