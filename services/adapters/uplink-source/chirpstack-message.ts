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

const read = readerOf({
  time: true,
  deviceInfo: { devEui: true },
  devAddr: true,
  fCnt: true,
  fPort: true,
  data: true,
  rxInfo: [{ rssi: true, snr: true }],
  txInfo: { modulation: { lora: { spreadingFactor: true } } },
  // What other events have.
  queueItemId: true,
  location: true,
  integrationName: true,
});
/** What an uplink is made of; `undefined` for everything else. */
const readUplink = (message: Buffer): Json | undefined => {
  const wanted = read(message);
  return wanted && 'rxInfo' in wanted && kindOf(wanted) === 'up' ? wanted : undefined;
};

/**
 * One event of ChirpStack v4 (chirpstack, api/proto/integration/integration.proto) in its JSON form, by
 * MQTT or HTTP. Early releases leave out zero values, later ones write them; both are read. There is no
 * name for a session: the device address stands in, which a join changes. Never throws.
 */
export function parseChirpstackMessage(
  text: Uint8Array | string,
  options: { readonly nowMs: EpochMs; readonly via: UplinkVia },
): ParsedMessage {
  const parsed = parseJson(text, readUplink);
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
