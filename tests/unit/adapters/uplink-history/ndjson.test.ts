import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLines } from '../../../../services/adapters/uplink-history/ndjson.ts';

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  places.sort((a, b) => a - b);
  for (const [i, from] of places.entries()) {
    yield await Promise.resolve(bytes.subarray(from, places[i + 1] ?? bytes.length));
  }
}
async function linesOf(text: string, cuts: readonly number[] = [], maxLineBytes = 1000) {
  const lines: { text: string; isWhole: boolean }[] = [];
  const pieces = inPieces(Buffer.from(text), cuts);
  for await (const { lines: whole, isWhole } of readLines(pieces, maxLineBytes))
    for (const line of whole) lines.push({ text: line.toString(), isWhole });
  return lines;
}

describe('lines of a stream', () => {
  test('are the same wherever the stream is cut, within a character too', async () => {
    const line = fc
      .string({ unit: 'binary', maxLength: 20 })
      .map((s) => s.replaceAll(/[\r\n]/g, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(), { maxLength: 10 }), async (all, cuts) => {
        const lines = await linesOf(all.map((text) => `${text}\n`).join(''), cuts);
        expect(lines).toEqual(
          all.filter((text) => text !== '').map((text) => ({ text, isWhole: true })),
        );
      }),
    );
  });

  test('blank ones and both line ends do not count', async () => {
    expect((await linesOf('\n\na\r\n\r\nb\n\n')).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  test('the last one without its end says so', async () => {
    expect(await linesOf('a\nb')).toEqual([
      { text: 'a', isWhole: true },
      { text: 'b', isWhole: false },
    ]);
  });

  test('one without an end does not fill the memory', async () => {
    await expect(linesOf('x'.repeat(5000), [1000, 2000, 3000])).rejects.toThrow(
      'more than 1000 bytes',
    );
  });
});
