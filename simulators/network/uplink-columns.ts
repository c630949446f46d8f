import type { SimulatedUplink } from '../devices/device.ts';

/** So many uplinks are kept together; forgotten are they together, too. */
export const portion = 20_000;
/** Numbers kept of an uplink besides its time and its payload. */
const numbers = 7;
/** Room for the payloads, in Base64: more than is used by most models. */
const payloadBytes = 32 * portion;

/** A portion of uplinks, oldest first, in memory that threads share. */
export interface UplinkColumns {
  readonly memory: SharedArrayBuffer;
  /** Puts an uplink into the `i`-th place, after all that are there; false when there is no room. */
  write(i: number, uplink: SimulatedUplink): boolean;
  read(i: number): SimulatedUplink;
  atMs(i: number): number;
}

/**
 * Uplinks as columns: a month is some 400,000, and as objects they would keep the garbage collector busy
 * for as long as they are kept. An empty portion, or the one in `memory`.
 */
export function uplinkColumns(
  memory = new SharedArrayBuffer(portion * (8 + 4 * numbers + 4) + payloadBytes),
): UplinkColumns {
  const times = new Float64Array(memory, 0, portion);
  /** All small enough to be kept exactly. */
  const values = new Float32Array(memory, portion * 8, portion * numbers);
  /** Where the payload of the next uplink begins. */
  const ends = new Int32Array(memory, portion * (8 + 4 * numbers), portion);
  /** Base64 as the characters it is made of, one uplink after the other. */
  const payloads = Buffer.from(memory, portion * (8 + 4 * numbers + 4), payloadBytes);
  const startOf = (i: number): number => (i === 0 ? 0 : ends[i - 1]!);

  return {
    memory,
    write(i, uplink) {
      const { device, fPort, fCnt, session, rssiDbm, snrDb, gateways, payload } = uplink;
      const start = startOf(i);
      const end = start + payload.length;
      if (i >= portion || end > payloads.length) return false;
      times[i] = uplink.atMs;
      const at = i * numbers;
      values[at] = device;
      values[at + 1] = fPort;
      values[at + 2] = fCnt;
      values[at + 3] = session;
      values[at + 4] = rssiDbm;
      values[at + 5] = snrDb;
      values[at + 6] = gateways;
      payloads.write(payload, start, 'latin1');
      ends[i] = end;
      return true;
    },
    read(i) {
      const at = i * numbers;
      return {
        device: values[at]!,
        atMs: times[i]!,
        fPort: values[at + 1]!,
        payload: payloads.toString('latin1', startOf(i), ends[i]),
        fCnt: values[at + 2]!,
        session: values[at + 3]!,
        rssiDbm: values[at + 4]!,
        snrDb: values[at + 5]!,
        gateways: values[at + 6]!,
      };
    },
    atMs: (i) => times[i]!,
  };
}
