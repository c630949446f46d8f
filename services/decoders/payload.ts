import { err, type Result } from '../domain/result.ts';
import type { DecodeError, Reading } from './decoder.ts';

export type Decoded = Result<Reading, DecodeError>;

/** Longest application payload of LoRaWAN in any region (RP002-1.0.4, table of maximum payload sizes). */
const maxPayloadBytes = 242;

/** Which payload lengths a message may have, in words and as a check. */
interface Lengths {
  readonly text: string;
  allows(length: number): boolean;
}

/** Exactly one of the given lengths. */
export const bytesOf = (...lengths: readonly number[]): Lengths => ({
  text: lengths.join(' or '),
  allows: (length) => lengths.includes(length),
});

/** `least` or more, for messages whose end the vendor does not define. */
export const atLeast = (least: number): Lengths => ({
  text: `at least ${least}`,
  allows: (length) => length >= least && length <= maxPayloadBytes,
});

/** What a device sends on one port. */
export interface Message {
  readonly lengths: Lengths;
  read(payload: DataView): Decoded;
}

/** The payload that is being read, and a view of each length: making one takes longer than reading it. */
const current = new Uint8Array(maxPayloadBytes);
const views = Array.from(
  { length: maxPayloadBytes + 1 },
  (_, length) => new DataView(current.buffer, 0, length),
);

/** The whole payload as numbers of either byte order, until the next one is read. */
function viewOf(bytes: Uint8Array): DataView {
  current.set(bytes);
  return views[bytes.length] as DataView;
}

export const invalid = (detail: string): Decoded => err({ code: 'invalid-payload', detail });
export const wrongLength = (detail: string): Decoded => err({ code: 'wrong-length', detail });

const unknownPort = (fPort: number): Decoded =>
  err({ code: 'unknown-port', detail: `fPort ${fPort}` });

const readMessage = (message: Message, bytes: Uint8Array): Decoded =>
  message.lengths.allows(bytes.length)
    ? message.read(viewOf(bytes))
    : wrongLength(`${bytes.length} bytes, expected ${message.lengths.text}`);

/**
 * A decoder for devices that tell their messages apart by port. Port and length are checked here,
 * before any message is read: an empty frame (MAC commands only) must never free a space.
 */
export function decodeByPort(
  messages: Readonly<Record<number, Message>>,
): (fPort: number, bytes: Uint8Array) => Decoded {
  return (fPort, bytes) => {
    const message = messages[fPort];
    return message === undefined ? unknownPort(fPort) : readMessage(message, bytes);
  };
}

/** A decoder for devices whose port is not documented: any application port (LoRaWAN 1.0.4, 4.3.2) will do. */
export function decodeOnAnyPort(message: Message): (fPort: number, bytes: Uint8Array) => Decoded {
  return (fPort, bytes) =>
    Number.isInteger(fPort) && fPort >= 1 && fPort <= 223
      ? readMessage(message, bytes)
      : unknownPort(fPort);
}

/** Bits that are set among `bits`, by number, as faults `{name}-{bit}`. */
export const faultBits = (name: string, flags: number, bits: readonly number[]): string[] =>
  bits.filter((bit) => (flags & (1 << bit)) !== 0).map((bit) => `${name}-${bit}`);
