import { ok } from '../domain/result.ts';
import type { Decoder, Reading, ReadingEvent } from './decoder.ts';
import { atLeast, decodeOnAnyPort, type Decoded, invalid, wrongLength } from './payload.ts';

/** Bytes of a value by type (Cayenne Low Power Payload): what an unknown channel takes to be skipped. */
const valueBytes: Readonly<Record<number, number>> = {
  0x00: 1,
  0x01: 1,
  0x02: 2,
  0x03: 2,
  0x65: 2,
  0x66: 1,
  0x67: 2,
  0x68: 1,
  0x71: 6,
  0x73: 2,
  0x86: 6,
  0x88: 9,
};

const counterModulus = 128;

/** What the items of a payload add up to. */
interface Told {
  readonly events: ReadingEvent[];
  readonly faults: string[];
  readonly rest: {
    batteryV?: number;
    temperatureC?: number;
    countTotal?: number;
    modulus?: number;
    resetCause?: string;
  };
  readonly kinds: Set<Reading['kind']>;
}

/** Reads one item into `told`; answers why it could not. */
type ReadItem = (payload: DataView, at: number, told: Told) => string | undefined;

const readState =
  (kind: ReadingEvent['kind']): ReadItem =>
  (payload, at, { events, kinds }) => {
    const state = payload.getUint8(at);
    if (state > 1) return `parking status ${state} at byte ${at}`;
    events.push({ kind, occupied: state === 1 });
    kinds.add(kind);
    return undefined;
  };

/** The total is cumulative, so the last of several says everything; bit 7 marks a new beginning. */
const readTotal =
  (kind: 'count' | 'heartbeat'): ReadItem =>
  (payload, at, { rest, kinds }) => {
    const value = payload.getUint8(at);
    rest.countTotal = value & 0x7f;
    rest.modulus = counterModulus;
    if ((value & 0x80) !== 0) rest.resetCause = 'reboot-or-recalibration';
    kinds.add(kind);
    return undefined;
  };

const readAnswer: ReadItem = (_payload, _at, { kinds }) => {
  kinds.add('config');
  return undefined;
};

const readErrorRegister =
  (name: string): ReadItem =>
  (payload, at, { faults, kinds }) => {
    const value = payload.getUint8(at);
    if (value !== 0) faults.push(`${name}-${value}`);
    kinds.add('debug');
    return undefined;
  };

/** Known items by channel and type. */
const items: Readonly<Record<number, ReadItem>> = {
  0x01_01: readAnswer,
  0x02_67: (payload, at, { rest }) => {
    rest.temperatureC = payload.getInt16(at) / 10;
    return undefined;
  },
  0x03_02: (payload, at, { rest }) => {
    rest.batteryV = payload.getInt16(at) / 100;
    return undefined;
  },
  0x05_00: readErrorRegister('error-register-5'),
  0x06_00: readErrorRegister('error-register-6'),
  0x15_66: readState('status'),
  0x1c_01: readAnswer,
  0x21_00: readTotal('count'),
  0x37_00: readTotal('heartbeat'),
  0x37_66: readState('heartbeat'),
  0x3f_01: readAnswer,
};

/** The kind of the most telling item; temperature and battery alone say that the device is alive. */
const kindOf = (kinds: ReadonlySet<Reading['kind']>): Reading['kind'] =>
  (['status', 'count', 'heartbeat', 'config', 'debug'] as const).find((kind) => kinds.has(kind)) ??
  'heartbeat';

function decodeItems(payload: DataView): Decoded {
  const told: Told = { events: [], faults: [], rest: {}, kinds: new Set() };
  for (let at = 0; at < payload.byteLength;) {
    if (at + 2 > payload.byteLength) return wrongLength(`trailing byte ${at}`);
    const channelAndType = payload.getUint16(at);
    const size = valueBytes[channelAndType & 0xff];
    if (size === undefined) return invalid(`unknown type at byte ${at + 1}`);
    const valueAt = at + 2;
    at = valueAt + size;
    if (at > payload.byteLength) return wrongLength(`item at byte ${valueAt - 2} is cut off`);
    const problem = items[channelAndType]?.(payload, valueAt, told);
    if (problem !== undefined) return invalid(problem);
  }
  const { events, faults, rest, kinds } = told;
  const last = events.at(-1);
  return ok({
    kind: kindOf(kinds),
    ...(last === undefined ? {} : { occupied: last.occupied }),
    ...(events.length > 1 ? { events } : {}),
    ...rest,
    ...(kinds.has('debug') ? { faults } : {}),
  });
}

/**
 * PNI PlacePod, watching a space or counting vehicles. Items of channel, type and value, big endian;
 * several events of the same channel may share an uplink, oldest first.
 *
 * 01 01 recalibrated        u8            21 00 vehicle count   u8, bits 6..0 modulo 128, bit 7 = the
 * 02 67 temperature         int16 0.1 °C                        sensor rebooted or was recalibrated
 * 03 02 battery             int16 0.01 V  37 66 keep-alive      as 15 66
 * 05 00, 06 00 errors       u8            37 00 keep-alive      as 21 00
 * 15 66 parking status      u8, 1 = occupied
 * 1c 01 deactivated         u8            3f 01 rebooted        u8
 *
 * Temperatures are two's complement; a public decoder reads sign and magnitude. The port is not
 * documented, the keep-alive interval neither: 24 h are assumed. Its 3.6 V lithium cells are taken to be
 * at their end below 3.2 V.
 */
export const pniPlacepod: Decoder = {
  model: 'pni-placepod',
  vendor: 'PNI',
  name: 'PlacePod parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  batteryLowV: 3.2,
  source: 'PNI PlacePod API documents; ZENNER element-parsers; Cayenne LPP 2.0',
  decode: decodeOnAnyPort({ lengths: atLeast(1), read: decodeItems }),
};
