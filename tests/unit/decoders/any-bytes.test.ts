import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { decoders } from '../../../services/decoders/index.ts';

/** Ports at which something is decoded, so that random input does not stop at the port. */
const knownPorts = [1, 2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16, 17, 85, 190];
const anyPort = fc.oneof(
  fc.constantFrom(...knownPorts),
  fc.integer({ min: -1, max: 256 }),
  fc.double(),
);

/** Every number in a reading, however deep. */
function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

for (const decoder of decoders) {
  const file = new URL(`../../../services/decoders/${decoder.model}.vectors.json`, import.meta.url);
  const payloads = (
    JSON.parse(await readFile(file, 'utf8')) as readonly { fPort: number; hex: string }[]
  ).map(({ fPort, hex }) => ({ fPort, bytes: Uint8Array.from(Buffer.from(hex, 'hex')) }));

  /** A real payload with some bytes changed, cut or added. */
  const damaged = fc
    .record({
      payload: fc.constantFrom(...payloads),
      changes: fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 4 }),
      cut: fc.nat(3),
      tail: fc.uint8Array({ maxLength: 3 }),
    })
    .map(({ payload, changes, cut, tail }) => {
      const bytes = Uint8Array.from([...payload.bytes.slice(0, -cut || undefined), ...tail]);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return [payload.fPort, bytes] as const;
    });
  const anything = fc.tuple(anyPort, fc.uint8Array({ maxLength: 64 }));

  describe(decoder.model, () => {
    test('any bytes at any port give a reading without NaN or a reason, and never throw', () => {
      fc.assert(
        fc.property(fc.oneof(anything, damaged), ([fPort, bytes]) => {
          const result = decoder.decode(fPort, bytes);
          if (result.ok) expect(numbersIn(result.value).every(Number.isFinite)).toBe(true);
          else expect(result.error.detail).not.toBe('');
        }),
        { numRuns: 2000 },
      );
    });

    test('an empty payload is refused at every port: it must not free a space', () => {
      for (let fPort = 0; fPort <= 255; fPort++)
        expect(decoder.decode(fPort, new Uint8Array()).ok).toBe(false);
    });

    test('reads its part of a larger buffer, as a message parser hands it over', () => {
      for (const { fPort, bytes } of payloads) {
        const larger = Uint8Array.from([0xff, 0xff, ...bytes, 0xff]);
        const part = larger.subarray(2, 2 + bytes.length);
        expect(decoder.decode(fPort, part)).toEqual(decoder.decode(fPort, bytes));
      }
    });
  });
}
