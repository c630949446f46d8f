import { expect, test } from 'vitest';
import { crc32c } from '../../../../services/adapters/uplink-log/crc32c.ts';

// RFC 3720, appendix B.4; the last is the usual check value.
test.each([
  { name: '32 bytes of zeroes', bytes: new Uint8Array(32), sum: 0x8a9136aa },
  { name: '32 bytes of ones', bytes: new Uint8Array(32).fill(0xff), sum: 0x62a8ab43 },
  {
    name: '32 ascending bytes',
    bytes: Uint8Array.from({ length: 32 }, (_, i) => i),
    sum: 0x46dd794e,
  },
  { name: 'the digits 1 to 9', bytes: Buffer.from('123456789'), sum: 0xe3069283 },
])('$name', ({ bytes, sum }) => {
  expect(crc32c(bytes)).toBe(sum);
});

test('sums only the range it is given', () => {
  expect(crc32c(Buffer.from('xx123456789yy'), 2, 11)).toBe(0xe3069283);
});
