import type { SimulatedUplink } from '../devices/device.ts';

/** What the network server keeps, oldest first. Positions never change, also when the oldest go. */
export interface History {
  append(uplink: SimulatedUplink): void;
  /** Position of the first uplink at or after a time. */
  firstAt(atMs: number): number;
  at(position: number): SimulatedUplink | undefined;
  /** Position after the newest. */
  end(): number;
}

/** Forgotten in portions, so that an append stays cheap. */
const portion = 20_000;
/** Numbers kept of an uplink besides its time and its payload. */
const numbers = 7;

/**
 * A portion of uplinks as columns: a month is some 400,000, and as objects they would keep the garbage
 * collector busy for as long as they are kept.
 */
interface Portion {
  readonly atMs: Float64Array;
  /** All small enough to be kept exactly. */
  readonly numbers: Float32Array;
  /** Base64 as the characters it is made of, one uplink after the other. */
  payloads: Buffer;
  /** Where the payload of the next uplink begins. */
  readonly ends: Int32Array;
}

const emptyPortion = (): Portion => ({
  atMs: new Float64Array(portion),
  numbers: new Float32Array(portion * numbers),
  payloads: Buffer.alloc(portion * 8),
  ends: new Int32Array(portion),
});

function write(into: Portion, i: number, uplink: SimulatedUplink): void {
  const { device, fPort, fCnt, session, rssiDbm, snrDb, gateways, payload } = uplink;
  into.atMs[i] = uplink.atMs;
  const at = i * numbers;
  into.numbers[at] = device;
  into.numbers[at + 1] = fPort;
  into.numbers[at + 2] = fCnt;
  into.numbers[at + 3] = session;
  into.numbers[at + 4] = rssiDbm;
  into.numbers[at + 5] = snrDb;
  into.numbers[at + 6] = gateways;
  const start = i === 0 ? 0 : into.ends[i - 1]!;
  const end = start + payload.length;
  if (end > into.payloads.length) {
    const longer = Buffer.alloc(2 * end);
    longer.set(into.payloads);
    into.payloads = longer;
  }
  into.payloads.write(payload, start, 'latin1');
  into.ends[i] = end;
}

function read(from: Portion, i: number): SimulatedUplink {
  const at = i * numbers;
  const start = i === 0 ? 0 : from.ends[i - 1]!;
  return {
    device: from.numbers[at]!,
    atMs: from.atMs[i]!,
    fPort: from.numbers[at + 1]!,
    payload: from.payloads.toString('latin1', start, from.ends[i]),
    fCnt: from.numbers[at + 2]!,
    session: from.numbers[at + 3]!,
    rssiDbm: from.numbers[at + 4]!,
    snrDb: from.numbers[at + 5]!,
    gateways: from.numbers[at + 6]!,
  };
}

/** Keeps uplinks for `retentionMs`, counted from the newest. They come in the order of time. */
export function createHistory(retentionMs: number): History {
  const portions: Portion[] = [];
  let forgotten = 0;
  let end = 0;
  const portionOf = (position: number): Portion | undefined =>
    portions[Math.floor((position - forgotten) / portion)];

  return {
    append(uplink) {
      if (end - forgotten === portions.length * portion) portions.push(emptyPortion());
      write(portionOf(end)!, (end - forgotten) % portion, uplink);
      end += 1;
      const oldest = portions[1];
      if (oldest === undefined || uplink.atMs - oldest.atMs[0]! < retentionMs) return;
      portions.shift();
      forgotten += portion;
    },
    firstAt(atMs) {
      let low = forgotten;
      let high = end;
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (portionOf(middle)!.atMs[(middle - forgotten) % portion]! < atMs) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    at(position) {
      if (position < forgotten || position >= end) return undefined;
      return read(portionOf(position)!, (position - forgotten) % portion);
    },
    end: () => end,
  };
}
