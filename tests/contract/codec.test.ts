import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCodecs } from '../../services/adapters/codec/index.ts';
import { createSandbox, defaultLimits } from '../../services/adapters/codec/quickjs.ts';
import type { Codec } from '../../services/ports/codec.ts';

let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'codecs-'))));
afterAll(() => rm(dir, { recursive: true }));

/** One byte: 0 vacant, 1 occupied, and everything a codec can do wrong above it. */
const hostile = `
var seen = [];
function overflow(n) { return 1 + overflow(n + 1); }
function decodeUplink(input) {
  switch (input.bytes[0]) {
    case 0: return { data: { state: 'free', mv: 3600 } };
    case 1: return { data: { state: 'taken', mv: 3600 }, warnings: ['odd'] };
    case 2: throw new Error('no such message');
    case 3: for (;;) {}
    case 4: for (;;) seen.push(new Uint8Array(1000000));
    case 5: return overflow(0);
    case 6: return 'taken';
    case 7: return undefined;
    case 8: return { data: [1] };
    case 9: return { data: { state: true } };
    case 10: return { data: { state: 'taken', mv: '3600' } };
    case 11: return { errors: ['checksum is wrong', 'really'] };
    case 12: return Promise.resolve({ data: { state: 'free' } });
    case 13: return { data: { state: 'free' }, errors: 'none' };
    case 14: return /(a+)+$/.test('a'.repeat(40) + 'b');
    case 15: JSON.stringify = JSON.parse = Date = undefined; return { data: { state: 'free', mv: 1 } };
    case 16: throw null;
    case 17: return { data: { state: 'x'.repeat(100000) } };
    case 18: var loop = {}; loop.data = loop; return loop;
    case 19: return { data: { state: NaN } };
    case 20: return { data: Object.create({ state: 'taken' }) };
    case 21: return eval('('.repeat(100000));
    case 22: for (var a = [], k = 0; k < 50000; k++) a = [a]; return { data: a };
    case 23: try { for (;;) {} } finally { return { data: { state: 'free', mv: 1 } }; }
    case 24: throw { get message() { for (;;) {} } };
    case 25: return { data: { state: 'free', mv: 3600, here: typeof process + typeof require + typeof fetch + typeof globalThis.console + typeof setTimeout } };
    case 26: seen.push(new Uint8Array(1000000)); return { data: { state: 'free', mv: 3600 } };
    case 27: return { data: { state: 'free', mv: input.recvTime.getTime() } };
  }
}`;

const mapping = {
  vendor: 'Example',
  name: 'Parking sensor',
  watches: 'space',
  heartbeatS: 3600,
  source: 'written for this test',
  codec: 'hostile.js',
  ports: {
    1: {
      bytes: [1],
      reading: {
        kind: 'status',
        occupied: { from: 'state', yes: ['taken'], no: ['free'] },
        batteryV: { from: 'mv', times: 0.001 },
      },
    },
    2: {
      bytes: { min: 2, max: 3 },
      reading: { kind: 'debug', firmware: { from: 'here', optional: true } },
    },
  },
  examples: [
    {
      name: 'vacant',
      fPort: 1,
      hex: '00',
      reading: { kind: 'status', occupied: false, batteryV: 3.6 },
    },
  ],
};

/** The codec contract: what one payload does, the next one must not notice. */
describe('Codec: quickjs', () => {
  let codec: Codec;
  beforeAll(async () => {
    await writeFile(join(dir, 'hostile.js'), hostile);
    await writeFile(join(dir, 'example.mapping.json'), JSON.stringify(mapping));
    const { codecs, mistakes } = await openCodecs(dir);
    expect(mistakes).toEqual([]);
    expect(codecs).toHaveLength(1);
    codec = codecs[0]!;
  });
  afterAll(() => codec.close());

  const decode = (...bytes: readonly number[]) => codec.decode(1, Uint8Array.from(bytes));
  const vacant = { ok: true, value: { kind: 'status', occupied: false, batteryV: 3.6 } };
  const occupied = { ok: true, value: { kind: 'status', occupied: true, batteryV: 3.6 } };

  test('reads what the mapping says, as a built-in decoder would', () => {
    expect(codec).toMatchObject({ model: 'example', vendor: 'Example', heartbeatS: 3600 });
    expect(decode(0)).toEqual(vacant);
    expect(decode(1)).toEqual(occupied);
  });

  test.each([
    ['throws', 2, 'codec-failed', 'hostile.js: Error: no such message'],
    ['never ends', 3, 'codec-failed', 'hostile.js: InternalError: interrupted'],
    ['takes all memory', 4, 'codec-failed', 'hostile.js: InternalError: out of memory'],
    ['recurses for ever', 5, 'codec-failed', 'hostile.js: InternalError: stack overflow'],
    ['returns a text', 6, 'codec-failed', 'decodeUplink returned no object'],
    ['returns nothing', 7, 'codec-failed', 'decodeUplink returned no object'],
    ['returns a list as data', 8, 'codec-failed', 'data is no object'],
    [
      'returns another type',
      9,
      'codec-failed',
      'example.mapping.json: occupied: data.state is true',
    ],
    [
      'returns text for a number',
      10,
      'codec-failed',
      'batteryV: data.mv is "3600", expected a number',
    ],
    ['reports errors', 11, 'invalid-payload', 'checksum is wrong; really'],
    ['returns a promise', 12, 'codec-failed', 'data is no object'],
    ['returns errors of a wrong type', 13, 'codec-failed', 'errors is no list'],
    ['backtracks for ever', 14, 'codec-failed', 'interrupted'],
    ['throws null', 16, 'codec-failed', 'null'],
    ['returns too much', 17, 'codec-failed', 'over 64 KB'],
    ['returns a circle', 18, 'codec-failed', 'circular'],
    ['returns NaN', 19, 'codec-failed', 'data.state is null'],
    ['returns inherited data', 20, 'codec-failed', 'data.state is missing'],
    ['parses for ever', 21, 'codec-failed', 'hostile.js: '],
    ['returns something very deep', 22, 'codec-failed', 'hostile.js: '],
    ['catches its own end', 23, 'codec-failed', 'interrupted'],
    ['throws something that never ends', 24, 'codec-failed', 'hostile.js: '],
  ])('%s: this uplink is set aside, the next one is read', (_what, byte, code, detail) => {
    const result = decode(byte);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(result).toHaveProperty('error.detail', expect.stringContaining(detail));
    expect(decode(1)).toEqual(occupied);
    expect(decode(0)).toEqual(vacant);
  });

  test('a codec that replaces what JSON is does not reach the sandbox', () => {
    decode(15);
    expect(decode(1)).toEqual(occupied);
  });

  test('a codec that keeps something of every call loses no uplink when its memory is full', () => {
    for (let call = 0; call < 30; call++) expect(decode(26)).toEqual(vacant);
  });

  test('the time is the same at every call: the same bytes give the same reading', () => {
    expect(decode(27)).toMatchObject({ value: { batteryV: 0 } });
  });

  test('nothing of the machine is within reach', () => {
    expect(codec.decode(2, Uint8Array.of(25, 0))).toEqual({
      ok: true,
      value: { kind: 'debug', firmware: 'undefined'.repeat(5) },
    });
  });

  test('port and length are checked before the codec runs', () => {
    expect(decode()).toMatchObject({ error: { code: 'wrong-length' } });
    expect(decode(0, 0)).toMatchObject({ error: { code: 'wrong-length' } });
    expect(codec.decode(2, Uint8Array.of(1))).toMatchObject({ error: { code: 'wrong-length' } });
    expect(codec.decode(3, Uint8Array.of(1))).toMatchObject({ error: { code: 'unknown-port' } });
    expect(codec.decode(0, Uint8Array.of(1))).toMatchObject({ error: { code: 'unknown-port' } });
  });

  test('whatever came before, a payload gives what it gives alone', () => {
    const outcome = (byte: number) => JSON.stringify(decode(byte));
    const harmless = [0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 18, 19, 20, 27];
    const alone = new Map(harmless.map((byte) => [byte, outcome(byte)]));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...harmless), { maxLength: 20 }), (bytes) => {
        for (const byte of bytes) expect(outcome(byte)).toBe(alone.get(byte));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a sandbox', () => {
  const trap = `function decodeUplink(i) { if (i.bytes[0] === 1) eval('('.repeat(100000)); return { data: { n: i.fPort } }; }`;

  test('is replaced with its interpreter when that breaks', async () => {
    // With so much stack the interpreter overflows the host's stack before its own limit.
    const opened = await createSandbox(trap, 'trap.js', { ...defaultLimits, stackBytes: 4 << 20 });
    if (!opened.ok) throw new Error(opened.error);
    expect(opened.value.run(1, Uint8Array.of(1))).toMatchObject({
      ok: false,
      error: expect.stringContaining('the interpreter broke'),
    });
    expect(opened.value.run(7, Uint8Array.of(0))).toEqual({ ok: true, value: { data: { n: 7 } } });
    opened.value.close();
  });

  test('needs no wall clock: a budget of steps ends it', async () => {
    const loop = 'function decodeUplink() { for (;;) {} }';
    const opened = await createSandbox(loop, 'loop.js', { ...defaultLimits, cycles: 1 });
    if (!opened.ok) throw new Error(opened.error);
    expect(opened.value.run(1, Uint8Array.of(0))).toMatchObject({
      error: expect.stringContaining('interrupted'),
    });
    opened.value.close();
  });

  test.each([
    ['function decodeUplink( {', 'SyntaxError'],
    ['function Decoder() {}', 'there is no function decodeUplink'],
    ['for (;;) {}', 'interrupted'],
    ['throw new Error("at load")', 'at load'],
    ['import fs from "node:fs"', 'SyntaxError'],
  ])('refuses %j when it is loaded', async (source, reason) => {
    const opened = await createSandbox(source, 'bad.js');
    expect(opened).toMatchObject({ ok: false, error: expect.stringContaining(reason) });
  });
});

describe('a codec folder', () => {
  /** Mistakes of a folder with one good codec and these files. */
  async function mistakesOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const folder = await mkdtemp(join(dir, 'folder-'));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    const { codecs, mistakes } = await openCodecs(folder);
    for (const codec of codecs) codec.close();
    return mistakes.map(({ file, where, reason }) => `${file}: ${where}: ${reason}`);
  }
  const changed = (change: object): string => JSON.stringify({ ...mapping, ...change });

  test('that does not exist holds no codecs', async () => {
    expect(await openCodecs(join(dir, 'nowhere'))).toEqual({ codecs: [], mistakes: [] });
  });

  test('names file and field of every mistake at once', async () => {
    const mistakes = await mistakesOf({
      'hostile.js': hostile,
      'broken.js': 'function decodeUplink( {',
      'a.mapping.json': changed({ heartbeatS: 'hourly' }),
      'b.mapping.json': '{',
      'c.mapping.json': changed({ codec: 'missing.js' }),
      'd.mapping.json': changed({ codec: 'broken.js' }),
      'e.mapping.json': changed({ surprise: 1 }),
      'f.mapping.json': changed({
        ports: {
          1: {
            bytes: [0],
            reading: { kind: 'status', occupied: { from: 'state', yes: [], no: [0] } },
          },
        },
      }),
      'g.mapping.json': changed({
        examples: [
          {
            name: 'the other way round',
            fPort: 1,
            hex: '00',
            reading: { kind: 'status', occupied: true },
          },
        ],
      }),
    });
    const expected = [
      /^codecs\/a\.mapping\.json: heartbeatS: /,
      /^codecs\/b\.mapping\.json: : .*JSON/,
      /^codecs\/missing\.js: : is missing$/,
      /^codecs\/broken\.js: : SyntaxError/,
      /^codecs\/e\.mapping\.json: : .*surprise/,
      /^codecs\/f\.mapping\.json: ports\.1\.bytes/,
      /^codecs\/f\.mapping\.json: ports\.1\.reading\.occupied\.yes: /,
      /^codecs\/g\.mapping\.json: examples\.0: 'the other way round' gives \{"kind":"status","occupied":false/,
    ];
    expect(mistakes).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(mistakes[index]).toMatch(pattern));
  });
});
