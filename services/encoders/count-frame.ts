import type { SignText } from '../domain/guidance/sign-text.ts';
import type { SignEncoding } from '../domain/sign.ts';

/**
 * A number display.
 *
 * [0]    what to show, by the configured codes (0 no data, 1 vacant, 2 full, 3 closed)
 * [1..2] uint16 vacant spaces in the configured byte order, 0 unless vacant, at most 65,535
 */
export function countFrame(
  text: SignText,
  { codes, byteOrder }: Extract<SignEncoding, { kind: 'count-frame' }>,
): Uint8Array {
  const count = text.kind === 'vacant' ? Math.min(0xffff, text.vacantSpaces) : 0;
  const bytes = new Uint8Array(3);
  bytes[0] = text.kind === 'no-data' ? codes.noData : codes[text.kind];
  new DataView(bytes.buffer).setUint16(1, count, byteOrder === 'little');
  return bytes;
}
