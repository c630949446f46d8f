import type { EpochMs } from '../../domain/ids.ts';

const [zero, colon, dot, letterZ] = [0x30, 0x3a, 0x2e, 0x5a];
const dateLength = 'yyyy-mm-ddT'.length;
const secondsEnd = 'yyyy-mm-ddThh:mm:ss'.length;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** The day that was read last, up to its `T`: nearly always that of the next time, too. */
let day = { text: ' ', startMs: Number.NaN };

/** Two digits below `limit`; NaN for everything else. */
function twoDigits(text: string, at: number, limit: number): number {
  const [tens, ones] = [text.charCodeAt(at) - zero, text.charCodeAt(at + 1) - zero];
  const number = tens * 10 + ones;
  return tens >= 0 && ones >= 0 && ones <= 9 && number < limit ? number : Number.NaN;
}

/** Nanoseconds; of more, `Date.parse` makes something of its own. */
const mostDecimals = 9;

/** Whole milliseconds of the fraction up to a closing `Z`, which ends the text; NaN for everything else. */
function fractionMs(text: string): number {
  const last = text.length - 1;
  if (text.charCodeAt(last) !== letterZ) return Number.NaN;
  if (last === secondsEnd) return 0;
  const decimals = last - secondsEnd - 1;
  if (text.charCodeAt(secondsEnd) !== dot || decimals < 1 || decimals > mostDecimals)
    return Number.NaN;
  let ms = 0;
  let scale = 100;
  for (let at = secondsEnd + 1; at < last; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    if (scale >= 1) ms += digit * scale;
    scale /= 10;
  }
  return ms;
}

/**
 * What `Date.parse` gives, NaN included, in a sixth of the time for RFC 3339 in UTC, as network servers
 * write it: an uplink has one such time, a stored one two.
 */
export function parseUtc(text: string): EpochMs {
  if (!text.startsWith(day.text)) {
    const start = new Date(text.slice(0, dateLength - 1));
    const known = Number.isNaN(start.getTime()) ? '' : start.toISOString().slice(0, dateLength);
    // A year of six digits has no `T` there.
    if (!known.endsWith('T') || !text.startsWith(known)) return Date.parse(text);
    day = { text: known, startMs: start.getTime() };
  }
  const areColons =
    text.charCodeAt(dateLength + 2) === colon && text.charCodeAt(dateLength + 5) === colon;
  const atMs =
    day.startMs +
    twoDigits(text, dateLength, 24) * hourMs +
    twoDigits(text, dateLength + 3, 60) * minuteMs +
    twoDigits(text, dateLength + 6, 60) * 1000 +
    fractionMs(text);
  return areColons && !Number.isNaN(atMs) ? atMs : Date.parse(text);
}
