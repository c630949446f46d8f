import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { DecodeErrorCode, Reading } from '../../../services/decoders/decoder.ts';
import { decoders, findDecoder } from '../../../services/decoders/index.ts';

interface Vector {
  readonly name: string;
  readonly fPort: number;
  readonly hex: string;
  /** Who published the payload; absent where it is our own. */
  readonly from?: string;
  readonly reading?: Reading;
  readonly error?: DecodeErrorCode;
}

/** Published payloads of each model that are known to us; none may get lost. */
const published: Readonly<Record<string, number>> = {
  'bosch-tps110': 15,
  'nwave-nps405': 15,
  'nwave-nps310': 4,
  'pni-placepod': 11,
  'tekzitel-tekzipark': 9,
  'dingtek-do200': 7,
  'dingtek-do201': 9,
  'dingtek-do202': 7,
  'netvox-r719a': 8,
  'libelium-smart-parking': 4,
  'moko-lw009': 1,
  'milesight-em400-mud': 3,
  'milesight-em310-udl': 1,
  'pmx-tcr': 7,
  'parametric-tcr': 3,
  'nwave-ncc405': 6,
};

test('every model of the product has a decoder, found by its name', () => {
  expect(decoders.map((decoder) => decoder.model).toSorted()).toEqual(
    Object.keys(published).toSorted(),
  );
  for (const decoder of decoders) expect(findDecoder(decoder.model)).toBe(decoder);
  expect(findDecoder('bosch-tps111')).toBeUndefined();
});

for (const decoder of decoders) {
  const file = new URL(`../../../services/decoders/${decoder.model}.vectors.json`, import.meta.url);
  const vectors = JSON.parse(await readFile(file, 'utf8')) as readonly Vector[];

  describe(decoder.model, () => {
    test.each(vectors)('$name', ({ fPort, hex, reading, error }) => {
      const result = decoder.decode(fPort, Buffer.from(hex, 'hex'));
      if (reading === undefined)
        expect(result).toMatchObject({ ok: false, error: { code: error } });
      else expect(result).toEqual({ ok: true, value: reading });
    });

    test('has all published payloads', () => {
      expect(vectors.filter((vector) => vector.from !== undefined)).toHaveLength(
        published[decoder.model] ?? Number.NaN,
      );
    });

    test('shows what happens to an empty payload, a wrong length and an unknown port', () => {
      const refused = (error: DecodeErrorCode) =>
        vectors.filter((vector) => vector.error === error);
      expect(refused('wrong-length').some((vector) => vector.hex === '')).toBe(true);
      expect(refused('wrong-length').length).toBeGreaterThanOrEqual(3);
      expect(refused('unknown-port')).not.toHaveLength(0);
    });

    test('says what a device is and how long it is usually silent', () => {
      expect(decoder.heartbeatS).toBeGreaterThan(0);
      expect(decoder.source).not.toBe('');
      expect(decoder.watches).toBe(
        ['pmx-tcr', 'parametric-tcr', 'nwave-ncc405'].includes(decoder.model) ? 'traffic' : 'space',
      );
    });
  });
}
