import { parseDevEui, type DevEui, type EpochMs } from '../../domain/ids.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { RejectReason, Rejected, Uplink } from '../../domain/uplink.ts';
import type { DeviceEvent, UplinkHandler } from '../../ports/uplink-source.ts';

/** What a message of a network server is about. */
type NetworkMessage =
  | { readonly kind: 'uplink'; readonly uplink: Uplink }
  | { readonly kind: 'event'; readonly event: DeviceEvent }
  /** Well-formed and of no interest here, such as the acknowledgement of a downlink. */
  | { readonly kind: 'other' };

/** Why a message was set aside; the source adds where it came from and the message itself. */
export interface Rejection {
  readonly reason: RejectReason;
  readonly detail: string;
  readonly devEui: DevEui | null;
}

export type ParsedMessage = Result<NetworkMessage, Rejection>;

export const reject = (
  reason: RejectReason,
  detail: string,
  devEui: DevEui | null = null,
): { readonly ok: false; readonly error: Rejection } => err({ reason, detail, devEui });

/** Frame counters have 32 bits (LoRaWAN L2 1.0.4, section 4.3.1.5). */
export const maxFCnt = 0xffffffff;
const maxMessageBytes = 1_000_000;
/** A LoRaWAN payload has at most 242 bytes (LoRaWAN Regional Parameters, maximum payload size). */
export const maxPayloadBytes = 242;
/** The oldest and newest believable times: no LoRaWAN before 2015, clocks at most a day ahead. */
const earliestMs: EpochMs = Date.UTC(2015, 0, 1);
const aheadMs = 86_400_000;
/** Of a message that was set aside, so much is kept. */
const keptCharacters = 16_384;

type Json = Readonly<Record<string, unknown>>;

/** A JSON object, or `undefined` for everything else. */
export const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;

/** The object that a message of at most 1 MB holds. */
export function parseJson(message: Uint8Array | string): Result<Json, Rejection> {
  if (message.length > maxMessageBytes) {
    return reject('too-large', `${message.length} bytes, at most ${maxMessageBytes} are read`);
  }
  let value: unknown;
  try {
    value = JSON.parse(typeof message === 'string' ? message : asText(message));
  } catch {
    // The parser's own words quote the message.
    return reject('malformed-json', `${message.length} bytes that are no JSON`);
  }
  const object = asObject(value);
  return object ? ok(object) : reject('wrong-shape', 'the message is no JSON object');
}

export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const asText = (bytes: Uint8Array): string => asBuffer(bytes).toString('utf8');

/** An integer in `[0, max]`; an absent one is 0, as proto3 JSON leaves zeroes out. */
export const asCounter = (value: unknown, max: number): number | undefined => {
  if (value === undefined) return 0;
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max
    ? (value as number)
    : undefined;
};

export const asNumber = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

export const asDevEui = (value: unknown): DevEui | null =>
  typeof value === 'string' ? (parseDevEui(value) ?? null) : null;

/** Base64 to at most 242 bytes; `undefined` when it is neither. */
export function asPayload(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  const bytes = Buffer.from(value, 'base64');
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  // The decoder skips what is not base64: then bytes are missing.
  const isWhole = value.length % 4 === 0 && bytes.length === (value.length / 4) * 3 - padding;
  return isWhole && bytes.length <= maxPayloadBytes ? new Uint8Array(bytes) : undefined;
}

/** A time that can be true, seen from `nowMs`. */
export const isBelievable = (atMs: EpochMs, nowMs: EpochMs): boolean =>
  atMs >= earliestMs && atMs <= nowMs + aheadMs;

/** An RFC 3339 time that can be true. */
export function asTime(value: unknown, nowMs: EpochMs): Result<EpochMs, Rejection> {
  const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(atMs)) return reject('wrong-shape', 'no time of reception');
  if (isBelievable(atMs, nowMs)) return ok(atMs);
  return reject('time-out-of-range', `received at ${new Date(atMs).toISOString()}`);
}

export interface BestGateway {
  readonly rssiDbm: number | null;
  readonly snrDb: number | null;
  readonly gateways: number;
}

/** Signal at the gateway that received it strongest. A gateway that tells an RSSI and no SNR had 0 dB. */
export function bestGateway(receptions: unknown): BestGateway {
  if (!Array.isArray(receptions)) return { rssiDbm: null, snrDb: null, gateways: 0 };
  let rssiDbm: number | null = null;
  let snrDb: number | null = null;
  for (const reception of receptions) {
    const gateway = asObject(reception);
    const rssi = asNumber(gateway?.['rssi']);
    if (rssi === null || (rssiDbm !== null && rssi <= rssiDbm)) continue;
    rssiDbm = rssi;
    snrDb = gateway?.['snr'] === undefined ? 0 : asNumber(gateway['snr']);
  }
  return { rssiDbm, snrDb, gateways: receptions.length };
}

export const asSpreadingFactor = (value: unknown): number | null =>
  Number.isInteger(value) && (value as number) >= 5 && (value as number) <= 12
    ? (value as number)
    : null;

/** A session's name as far as it fits the log: beyond that it is nobody's session. */
export const asSession = (value: unknown): string =>
  typeof value === 'string' && value.length <= 64 ? value : '';

/**
 * Hands a parsed message to the pipeline. Throws what `handler.receive` throws: the message must then not
 * be acknowledged.
 */
export function deliver(
  parsed: ParsedMessage,
  message: Uint8Array | string,
  to: { readonly handler: UplinkHandler; readonly source: string; readonly atMs: EpochMs },
): void {
  if (!parsed.ok) to.handler.rejected(toRejected(parsed.error, message, to));
  else if (parsed.value.kind === 'uplink') to.handler.receive([parsed.value.uplink]);
  else if (parsed.value.kind === 'event') to.handler.event(parsed.value.event);
}

function toRejected(
  rejection: Rejection,
  message: Uint8Array | string,
  from: { readonly source: string; readonly atMs: EpochMs },
): Rejected {
  const start = message.slice(0, keptCharacters);
  const raw = typeof start === 'string' ? start : asText(start);
  return { ...rejection, source: from.source, atMs: from.atMs, raw };
}
