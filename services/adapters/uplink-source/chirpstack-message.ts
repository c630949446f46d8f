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
import { isAbsent, object, readerOf, value } from './wanted-members.ts';
import {
  believableTimeOf,
  counterOf,
  devEuiOf,
  gatewayList,
  knownNumberOf,
  payloadOf,
  sharedTexts,
} from './wanted-values.ts';

type Json = Readonly<Record<string, unknown>>;
interface Reading {
  readonly nowMs: EpochMs;
  readonly via: UplinkVia;
}
type EventKind = 'up' | 'join' | 'status' | 'log' | 'sent' | 'other';

const has = (message: Json, ...fields: readonly string[]): boolean =>
  fields.some((field) => field in message);

/** The HTTP integration names the event in the query only; the fields tell it as well. */
function kindOf(message: Json): EventKind {
  if (has(message, 'queueItemId')) return has(message, 'acknowledged') ? 'other' : 'sent';
  if (has(message, 'location', 'integrationName')) return 'other';
  if (has(message, 'rxInfo', 'fPort', 'fCnt', 'data')) return 'up';
  if (has(message, 'margin', 'batteryLevel', 'batteryLevelUnavailable', 'externalPowerSource')) {
    return 'status';
  }
  if (has(message, 'level', 'code', 'description')) return 'log';
  return has(message, 'devAddr') ? 'join' : 'other';
}

/** A device address in capitals, as The Things Stack writes it: the session's name for want of a better. */
const asDevAddr = (value: unknown): string => asSession(value).toUpperCase();

function parseUp(message: Json, devEui: DevEui, atMs: EpochMs, via: UplinkVia): ParsedMessage {
  const fPort = asCounter(message['fPort'], 255);
  const fCnt = asCounter(message['fCnt'], maxFCnt);
  if (fPort === undefined) return reject('wrong-shape', 'fPort is no port', devEui);
  if (fCnt === undefined) return reject('wrong-shape', 'fCnt is no counter', devEui);
  const data = message['data'] ?? '';
  if (fPort === 0 || data === '') {
    return reject('no-payload', 'a frame without application payload', devEui);
  }
  const payload = asPayload(data);
  if (!payload) return reject('wrong-shape', 'data is no LoRaWAN payload', devEui);
  const modulation = asObject(asObject(message['txInfo'])?.['modulation']);
  const { rssiDbm, snrDb, gateways } = bestGateway(message['rxInfo']);
  return ok({
    kind: 'uplink',
    uplink: {
      devEui,
      session: asDevAddr(message['devAddr']),
      fCnt,
      fPort,
      payload,
      receivedAtMs: atMs,
      rssiDbm,
      snrDb,
      gateways,
      spreadingFactor: asSpreadingFactor(asObject(modulation?.['lora'])?.['spreadingFactor']),
      batteryRatio: null,
      via,
    },
  });
}

/** `null` for a device on mains or one that cannot measure; a level of 0 may be left out. */
function batteryRatio(message: Json): number | null {
  if (message['externalPowerSource'] === true) return null;
  if (message['batteryLevelUnavailable'] === true) return null;
  const percent = asNumber(message['batteryLevel'] ?? 0);
  return percent === null ? null : Math.min(1, Math.max(0, percent / 100));
}

const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What became of a downlink, by the id that it was given. */
const toldOf = (id: unknown, state: DownlinkTold['state'], detail: string | null): ParsedMessage =>
  typeof id === 'string'
    ? ok({
        kind: 'event',
        event: { kind: 'downlink', told: { correlationIds: [id], state, detail } },
      })
    : ok({ kind: 'other' });

/** What an uplink is made of, and what other events have. */
const time = value();
const devEuiText = value();
const devAddr = value();
const fCnt = value();
const fPort = value();
const data = value();
const spreadingFactor = value();
const others = [value(), value(), value()] as const;
const gateways = gatewayList();
const read = readerOf({
  time,
  deviceInfo: object({ devEui: devEuiText }),
  devAddr,
  fCnt,
  fPort,
  data,
  rxInfo: gateways.list,
  txInfo: object({ modulation: object({ lora: object({ spreadingFactor }) }) }),
  queueItemId: others[0],
  location: others[1],
  integrationName: others[2],
});

const sessionOf = sharedTexts(asDevAddr);

/** An uplink as nearly all of them are; `undefined` for whatever else there is. */
function readUplink(
  message: Uint8Array | string,
  { nowMs, via }: Reading,
): ParsedMessage | undefined {
  gateways.begin();
  if (typeof message === 'string' || !read(asBuffer(message))) return undefined;
  if (!others.every(isAbsent)) return undefined;
  const its = devEuiOf(devEuiText);
  const session = isAbsent(devAddr) ? '' : sessionOf(devAddr);
  const frame = counterOf(fCnt, maxFCnt);
  const port = counterOf(fPort, 255);
  const payload = payloadOf(data);
  const receivedAtMs = believableTimeOf(time, nowMs);
  const factor = knownNumberOf(spreadingFactor);
  if (its === undefined || session === undefined || frame === undefined || !port || !payload)
    return undefined;
  if (receivedAtMs === undefined || factor === undefined) return undefined;
  const { rssiDbm, snrDb, gateways: count } = gateways.best();
  return ok({
    kind: 'uplink',
    uplink: {
      devEui: its,
      session,
      fCnt: frame,
      fPort: port,
      payload,
      receivedAtMs,
      rssiDbm,
      snrDb,
      gateways: count,
      spreadingFactor: asSpreadingFactor(factor),
      batteryRatio: null,
      via,
    },
  });
}

/**
 * One event of ChirpStack v4 (chirpstack, api/proto/integration/integration.proto) in its JSON form, by
 * MQTT or HTTP. Early releases leave out zero values, later ones write them; both are read. There is no
 * name for a session: the device address stands in, which a join changes. Never throws.
 */
export function parseChirpstackMessage(text: Uint8Array | string, options: Reading): ParsedMessage {
  const uplink = readUplink(text, options);
  if (uplink) return uplink;
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const message = parsed.value;
  const kind = kindOf(message);
  if (kind === 'other') return ok({ kind: 'other' });
  const devEui = asDevEui(asObject(message['deviceInfo'])?.['devEui']);
  if (!devEui) return reject('wrong-shape', 'no deviceInfo.devEui');
  const at = asTime(message['time'], options.nowMs);
  if (!at.ok) return err({ ...at.error, devEui });
  const atMs = at.value;

  switch (kind) {
    case 'up':
      return parseUp(message, devEui, atMs, options.via);
    case 'join': {
      const session = asDevAddr(message['devAddr']);
      return ok({ kind: 'event', event: { kind: 'joined', devEui, session, atMs } });
    }
    case 'status': {
      const event = { kind: 'battery', devEui, batteryRatio: batteryRatio(message), atMs } as const;
      return ok({ kind: 'event', event });
    }
    case 'sent':
      return toldOf(message['queueItemId'], 'sent', null);
    case 'log': {
      const item = asObject(message['context'])?.['queue_item_id'];
      if (item !== undefined) return toldOf(item, 'failed', asText(message['code']));
      if (message['code'] !== 'UPLINK_F_CNT_RESET') return ok({ kind: 'other' });
      return ok({ kind: 'event', event: { kind: 'counter-reset', devEui, atMs } });
    }
  }
}
