import fc from 'fast-check';

/** Messages in which one byte is another, or one more, or some are missing: often still ones that can be read. */
export function anyByteChanged(bytes: Buffer): fc.Arbitrary<Buffer> {
  const byte = fc.oneof(fc.constantFrom(...bytes), fc.integer({ min: 0, max: 127 }));
  return fc
    .tuple(fc.nat(bytes.length - 1), byte, fc.nat(2))
    .map(([at, to, removed]) =>
      Buffer.concat([bytes.subarray(0, at), Buffer.of(to), bytes.subarray(at + removed)]),
    );
}
