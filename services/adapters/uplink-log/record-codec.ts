import type { DevEui, EpochMs } from '../../domain/ids.ts';
import type { Uplink, UplinkVia } from '../../domain/uplink.ts';
import type { LogRecord, LogSeq } from '../../ports/uplink-log.ts';
import { crc32c } from './crc32c.ts';

/**
 * One record in a segment, little-endian:
 *
 *  0 u32 length of the body            22 u48 receivedAtMs     32 f64 rssiDbm       58 u8  length of session
 *  4 u32 CRC-32C of the body           28 u32 fCnt             40 f64 snrDb         59 devEui, 16 hex digits
 *  8 u48 seq                                                   48 f64 batteryRatio  75 session, UTF-8
 * 14 u48 storedAtMs                                            56 u8  fPort            payload: the rest
 * 20 u8  via   21 u8 spreading factor                          57 u8  gateways
 *
 * Unknown is NaN in an f64 and 0 in the spreading factor. Against JSON, an ordinary record takes 100
 * instead of 266 bytes, and 1.0 instead of 3.2 µs to encode and decode (measured).
 */
const seqAt = 8;
const storedAt = 14;
const viaAt = 20;
const spreadingFactorAt = 21;
const receivedAt = 22;
const fCntAt = 28;
const rssiAt = 32;
const snrAt = 40;
const batteryAt = 48;
const fPortAt = 56;
const gatewaysAt = 57;
const sessionLengthAt = 58;
const devEuiAt = 59;
const sessionAt = 75;

/** Bytes in front of a body: length and checksum. */
const framingBytes = 8;
const minBodyBytes = sessionAt - framingBytes;
/** A LoRaWAN payload has at most 242 bytes; a length beyond this one is no record. */
const maxBodyBytes = 4096;
const mostBytes = framingBytes + maxBodyBytes;

const ways: readonly UplinkVia[] = ['mqtt', 'webhook', 'storage', 'replay'];
const orNaN = (value: number | null): number => value ?? Number.NaN;
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Writes one record from `at` on, where there is room; returns where it ends. */
function writeRecord(buffer: Buffer, at: number, record: LogRecord): number {
  const { seq, storedAtMs, uplink } = record;
  const sessionBytes = Buffer.byteLength(uplink.session);
  const payloadAt = at + sessionAt + sessionBytes;
  const end = payloadAt + uplink.payload.length;
  if (end - at > mostBytes) throw new RangeError(`a record of ${end - at} bytes is too long`);
  buffer.writeUInt32LE(end - at - framingBytes, at);
  buffer.writeUIntLE(seq, at + seqAt, 6);
  buffer.writeUIntLE(storedAtMs, at + storedAt, 6);
  buffer.writeUInt8(ways.indexOf(uplink.via), at + viaAt);
  buffer.writeUInt8(uplink.spreadingFactor ?? 0, at + spreadingFactorAt);
  buffer.writeUIntLE(uplink.receivedAtMs, at + receivedAt, 6);
  buffer.writeUInt32LE(uplink.fCnt, at + fCntAt);
  buffer.writeDoubleLE(orNaN(uplink.rssiDbm), at + rssiAt);
  buffer.writeDoubleLE(orNaN(uplink.snrDb), at + snrAt);
  buffer.writeDoubleLE(orNaN(uplink.batteryRatio), at + batteryAt);
  buffer.writeUInt8(uplink.fPort, at + fPortAt);
  buffer.writeUInt8(Math.min(uplink.gateways, 255), at + gatewaysAt);
  buffer.writeUInt8(sessionBytes, at + sessionLengthAt);
  buffer.write(uplink.devEui, at + devEuiAt, 'latin1');
  buffer.write(uplink.session, at + sessionAt);
  buffer.set(uplink.payload, payloadAt);
  buffer.writeUInt32LE(crc32c(buffer, at + framingBytes, end), at + 4);
  return end;
}

/**
 * Writes records one after the other, numbered from `seq` on, into one buffer that is used again and again:
 * the returned view is valid until the next call. Throws a RangeError when a value does not fit its field,
 * which a source must not let happen.
 */
export function createRecordEncoder(): (
  seq: LogSeq,
  storedAtMs: EpochMs,
  uplinks: readonly Uplink[],
) => Buffer {
  let buffer = Buffer.alloc(mostBytes);
  return (seq, storedAtMs, uplinks) => {
    let end = 0;
    for (const [index, uplink] of uplinks.entries()) {
      if (end + mostBytes > buffer.length) buffer = Buffer.concat([buffer], 2 * (end + mostBytes));
      end = writeRecord(buffer, end, { seq: seq + index, storedAtMs, uplink });
    }
    return buffer.subarray(0, end);
  };
}

/**
 * Length in bytes of the record that starts at `at`; 0 when no whole, undamaged record starts there, and
 * `'more'` when it may be whole but reaches beyond `end`.
 */
export function recordLength(bytes: Buffer, at: number, end: number): number | 'more' {
  if (end - at < framingBytes) return 'more';
  const body = bytes.readUInt32LE(at);
  if (body < minBodyBytes || body > maxBodyBytes) return 0;
  const bodyAt = at + framingBytes;
  if (bodyAt + body > end) return 'more';
  return crc32c(bytes, bodyAt, bodyAt + body) === bytes.readUInt32LE(at + 4)
    ? framingBytes + body
    : 0;
}

/** Sequence number of the undamaged record at `at`. */
export const recordSeq = (bytes: Buffer, at: number): LogSeq => bytes.readUIntLE(at + seqAt, 6);

/** The undamaged record of `length` bytes at `at`; it shares no memory with `bytes`. */
export function decodeRecord(bytes: Buffer, at: number, length: number): LogRecord {
  const payloadAt = at + sessionAt + bytes.readUInt8(at + sessionLengthAt);
  const storedAtMs: EpochMs = bytes.readUIntLE(at + storedAt, 6);
  return {
    seq: recordSeq(bytes, at),
    storedAtMs,
    uplink: {
      // Checked when the uplink was parsed, and the checksum says that nobody changed it since.
      devEui: bytes.toString('latin1', at + devEuiAt, at + sessionAt) as DevEui,
      session: bytes.toString('utf8', at + sessionAt, payloadAt),
      fCnt: bytes.readUInt32LE(at + fCntAt),
      fPort: bytes.readUInt8(at + fPortAt),
      payload: new Uint8Array(bytes.subarray(payloadAt, at + length)),
      receivedAtMs: bytes.readUIntLE(at + receivedAt, 6),
      rssiDbm: orNull(bytes.readDoubleLE(at + rssiAt)),
      snrDb: orNull(bytes.readDoubleLE(at + snrAt)),
      gateways: bytes.readUInt8(at + gatewaysAt),
      spreadingFactor: bytes.readUInt8(at + spreadingFactorAt) || null,
      batteryRatio: orNull(bytes.readDoubleLE(at + batteryAt)),
      via: ways[bytes.readUInt8(at + viaAt)] ?? 'replay',
    },
  };
}
