import { parseDevEui, type EpochMs } from '../../domain/ids.ts';
import { isBelievable, maxPayloadBytes, type BestGateway } from './message.ts';
import { bytes, isAbsent, listOf, value, view, type Value } from './wanted-members.ts';

/*
 * What the members of the message that was read last say, without texts in between. `undefined` is
 * whatever is unusual: `JSON.parse` and the functions of message.ts then decide, which give the same
 * where there is an answer.
 */

const quote = 0x22;
const plus = 0x2b;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const colon = 0x3a;
const equals = 0x3d;
const letterT = 0x54;
const letterZ = 0x5a;
const backslash = 0x5c;

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= zero && byte <= zero + 9;
const isText = ({ start }: Value): boolean => !(start < 0) && bytes[start] === quote;

/** An integer in `[0, max]`; an absent one is 0, as proto3 JSON leaves zeroes out. */
export function counterOf(its: Value, max: number): number | undefined {
  if (isAbsent(its)) return 0;
  const number = isDigit(bytes[its.start]) ? numberOf(its) : undefined;
  const isCounter = number !== undefined && Number.isInteger(number) && number <= max;
  return isCounter ? number : undefined;
}

/**
 * At most 15 digits are a whole number that a double holds exactly, and so is the power of ten: their
 * quotient is the double nearest to the fraction (Clinger 1990, fast path).
 */
export function numberOf({ start, end }: Value): number | undefined {
  const isNegative = bytes[start] === minus;
  const digitsAt = isNegative ? start + 1 : start;
  if (end - start > 15 || !isDigit(bytes[digitsAt])) return undefined;
  let digits = 0;
  let power = 1;
  let isFraction = false;
  for (let n = digitsAt; n < end; n += 1) {
    const byte = bytes[n] ?? 0;
    if (byte === dot) {
      isFraction = true;
      continue;
    }
    digits = digits * 10 + byte - zero;
    if (isFraction) power *= 10;
  }
  const number = digits / power;
  return isNegative ? -number : number;
}

/** The day of the time that was read last, as its ten characters, and when it begins. */
let yearWord = 0;
let monthWord = 0;
let dayWord = 0;
let dayMs: EpochMs = Number.NaN;

function dayAt(at: number): EpochMs {
  const [year, month, day] = [
    view.getInt32(at, true),
    view.getInt32(at + 4, true),
    view.getInt16(at + 8, true),
  ];
  if (year === yearWord && month === monthWord && day === dayWord) return dayMs;
  const text = bytes.toString('latin1', at, at + 10);
  dayMs = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  [yearWord, monthWord, dayWord] = [year, month, day];
  return dayMs;
}
function twoDigits(at: number, most: number): number {
  const [tens, ones] = [bytes[at], bytes[at + 1]];
  if (!isDigit(tens) || !isDigit(ones)) return Number.NaN;
  const number = ((tens ?? 0) - zero) * 10 + (ones ?? 0) - zero;
  return number <= most ? number : Number.NaN;
}

/** What the digits of a fraction of a second are worth, ms. */
const thousandths = [100, 10, 1];

/** Where the `Z` or `+00:00` at `at` ends; -1 is any other time zone. */
function zoneEnd(at: number): number {
  if (bytes[at] === letterZ) return at + 1;
  const isUtc =
    bytes[at] === plus &&
    bytes[at + 3] === colon &&
    twoDigits(at + 1, 0) === 0 &&
    twoDigits(at + 4, 0) === 0;
  return isUtc ? at + 6 : -1;
}

/** A time as `timeOf` reads it that can be true, seen from `nowMs`. */
export function believableTimeOf(its: Value, nowMs: EpochMs): EpochMs | undefined {
  const atMs = timeOf(its);
  return atMs !== undefined && isBelievable(atMs, nowMs) ? atMs : undefined;
}

/** An RFC 3339 time in UTC, cut off at the millisecond as `Date.parse` does it. */
export function timeOf(its: Value): EpochMs | undefined {
  const at = its.start + 1;
  const isTime =
    isText(its) &&
    its.end - at > 20 &&
    bytes[at + 10] === letterT &&
    bytes[at + 13] === colon &&
    bytes[at + 16] === colon;
  if (!isTime) return undefined;
  const minutes = twoDigits(at + 11, 23) * 60 + twoDigits(at + 14, 59);
  const seconds = minutes * 60 + twoDigits(at + 17, 59);
  let next = at + 19;
  let ms = 0;
  if (bytes[next] === dot) {
    const from = next + 1;
    for (next = from; isDigit(bytes[next]); next += 1)
      ms += ((bytes[next] ?? 0) - zero) * (thousandths[next - from] ?? 0);
    // Of more digits the platform reads something of its own.
    if (next === from || next - from > 9) return undefined;
  }
  const atMs = dayAt(at) + seconds * 1000 + ms;
  return zoneEnd(next) + 1 === its.end && !Number.isNaN(atMs) ? atMs : undefined;
}

/** What each character of base64 stands for; -1 is none of them. */
const sixBits = new Int8Array(256).fill(-1);
for (const [bits, byte] of Buffer.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries())
  sixBits[byte] = bits;

/** Base64 to 1 to 242 bytes. */
export function payloadOf(its: Value): Uint8Array | undefined {
  const from = its.start + 1;
  const to = its.end - 1;
  const characters = to - from;
  if (!isText(its) || characters === 0 || characters % 4 !== 0) return undefined;
  const padding = bytes[to - 1] !== equals ? 0 : bytes[to - 2] !== equals ? 1 : 2;
  const length = (characters / 4) * 3 - padding;
  if (length > maxPayloadBytes) return undefined;
  const payload = new Uint8Array(length);
  let held = 0;
  let heldBits = 0;
  let at = 0;
  for (let n = from; n < to - padding; n += 1) {
    const six = sixBits[bytes[n] ?? 0] ?? -1;
    if (six < 0) return undefined;
    held = ((held << 6) | six) & 0x3fff;
    heldBits += 6;
    if (heldBits < 8) continue;
    heldBits -= 8;
    payload[at] = held >> heldBits;
    at += 1;
  }
  return payload;
}

/** FNV-1a (Fowler, Noll, Vo). */
const [basis, prime] = [0x811c9dc5, 0x01000193];
/** Devices and sessions that are heard at the same time; with more of them all texts are made anew now and then. */
const mostTexts = 16_384;

/**
 * Reads texts that come again and again, such as the name of a device: what `made` makes of one is kept,
 * instead of making it anew for every message. A text with an escape or beyond ASCII is unusual.
 */
export function sharedTexts<Text extends string>(
  made: (text: string) => Text | undefined,
): (its: Value) => Text | undefined {
  const mask = 4 * mostTexts - 1;
  const slots: ({ readonly written: string; readonly text: Text } | undefined)[] = [];
  let count = 0;
  const clear = (): void => {
    for (let slot = 0; slot <= mask; slot += 1) slots[slot] = undefined;
    count = 0;
  };
  clear();
  return (its) => {
    if (!isText(its)) return undefined;
    const from = its.start + 1;
    const to = its.end - 1;
    let hash = basis;
    for (let n = from; n < to; n += 1) {
      const byte = bytes[n] ?? 0;
      if (byte >= 0x80 || byte === backslash) return undefined;
      hash = Math.imul(hash ^ byte, prime);
    }
    const home = (hash ^ (hash >>> 15)) & mask;
    let slot = home;
    for (let held = slots[slot]; held !== undefined; held = slots[slot]) {
      if (isSame(held.written, from, to)) return held.text;
      slot = (slot + 1) & mask;
    }
    const written = bytes.toString('latin1', from, to);
    const text = made(written);
    if (text === undefined) return undefined;
    if (count === mostTexts) {
      clear();
      slot = home;
    }
    slots[slot] = { written, text };
    count += 1;
    return text;
  };
}
function isSame(text: string, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let n = 0; n < text.length; n += 1) if (text.charCodeAt(n) !== bytes[from + n]) return false;
  return true;
}

/** In capitals, as `parseDevEui` gives it. */
export const devEuiOf = sharedTexts(parseDevEui);

/** `null` for one that is absent. */
export const knownNumberOf = (its: Value): number | null | undefined =>
  isAbsent(its) ? null : numberOf(its);

/** The list of gateways that received a message, as `bestGateway` looks at it. `begin` comes before every message. */
export function gatewayList() {
  const rssi = value();
  const snr = value();
  let rssiDbm: number | null = null;
  let snrDb: number | null = null;
  let gateways = 0;
  return {
    begin(): void {
      rssiDbm = null;
      snrDb = null;
      gateways = 0;
    },
    list: listOf({ rssi, snr }, () => {
      gateways += 1;
      if (isAbsent(rssi)) return true;
      const [told, ratio] = [numberOf(rssi), isAbsent(snr) ? 0 : numberOf(snr)];
      if (told === undefined || ratio === undefined) return false;
      if (rssiDbm === null || told > rssiDbm) {
        rssiDbm = told;
        snrDb = ratio;
      }
      return true;
    }),
    best: (): BestGateway => ({ rssiDbm, snrDb, gateways }),
  };
}
