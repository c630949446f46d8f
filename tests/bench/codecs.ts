import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCodecs } from '../../services/adapters/codec/index.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { createCpuTimer, type Figure } from './measure.ts';

const allDecodes = 300_000;

/** A parking sensor's codec as vendors write them: a switch over ports, bits, voltages, a list of flags. */
const source = `
function millivolts(byte) { return 2500 + byte * 5; }
function decodeUplink(input) {
  var bytes = input.bytes, data = {}, warnings = [];
  switch (input.fPort) {
    case 1: data.type = 'event'; data.parked = (bytes[0] & 1) === 1; break;
    case 2: data.type = 'alive'; data.parked = (bytes[0] & 1) === 1; break;
    default: return { errors: ['unknown port ' + input.fPort] };
  }
  data.previousMinutes = bytes[1] | (bytes[2] << 8);
  data.battery = { mv: millivolts(bytes[3]), low: bytes[3] < 100 };
  data.temperature = (bytes[4] << 24) >> 24;
  data.flags = ['tilt', 'magnet', 'frost', 'radar'].filter(function (_, bit) { return bytes[5] & (1 << bit); });
  if (data.battery.low) warnings.push('battery low');
  return { data: data, warnings: warnings };
}`;
const mapping = {
  vendor: 'Example',
  name: 'Parking sensor',
  watches: 'space',
  heartbeatS: 86_400,
  source: 'written for this benchmark',
  ports: {
    '*': {
      bytes: [6],
      reading: {
        kind: { from: 'type', is: { event: 'status', alive: 'heartbeat' } },
        occupied: { from: 'parked', yes: [true], no: [false] },
        batteryV: { from: 'battery.mv', times: 0.001 },
        batteryLow: { from: 'battery.low', yes: [true], no: [false] },
        temperatureC: { from: 'temperature' },
      },
    },
  },
  examples: [
    {
      name: 'a car has come',
      fPort: 1,
      hex: '010100dc0500',
      reading: {
        kind: 'status',
        occupied: true,
        batteryV: 3.6,
        batteryLow: false,
        temperatureC: 5,
      },
    },
  ],
};

const payloads = Array.from({ length: 256 }, (_, n) => ({
  fPort: 1 + (n % 2),
  bytes: Uint8Array.of(n & 1, n, 1, 120 + (n % 100), n, n & 15),
}));

type Decode = (fPort: number, bytes: Uint8Array) => unknown;

/** Decodes in a second of processor time. */
function rateOf(decode: Decode, count: number): number {
  const cpuS = createCpuTimer();
  for (let n = 0; n < count; n += 1) {
    const { fPort, bytes } = payloads[n % payloads.length]!;
    decode(fPort, bytes);
  }
  return count / cpuS();
}

/** A vendor's codec in the sandbox, against the same codec outside of it. */
export async function benchCodecs(scale: number): Promise<Figure[]> {
  const dir = temporaryDirectory();
  writeFileSync(join(dir, 'example.js'), source);
  writeFileSync(join(dir, 'example.mapping.json'), JSON.stringify(mapping));
  const { codecs, mistakes } = await openCodecs(dir);
  const [codec] = codecs;
  if (!codec) throw new Error(JSON.stringify(mistakes));
  for (const { fPort, bytes } of payloads) {
    const decoded = codec.decode(fPort, bytes);
    if (!decoded.ok) throw new Error(decoded.error.detail);
  }
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the limit: without a sandbox
  const bare = new Function(`${source}; return decodeUplink;`)() as (input: object) => unknown;
  const count = Math.round(allDecodes * scale);
  const limit = {
    name: 'the same codec without a sandbox',
    value: rateOf(
      (fPort, bytes) => bare({ fPort, bytes: [...bytes], recvTime: new Date() }),
      count,
    ),
  };
  const value = rateOf((fPort, bytes) => codec.decode(fPort, bytes), count);
  codec.close();
  return [
    {
      name: "a vendor's codec in the sandbox, mapping included",
      value,
      unit: 'decodes in a second of CPU',
      limit,
      target: { atLeast: 30_000 },
    },
  ];
}
