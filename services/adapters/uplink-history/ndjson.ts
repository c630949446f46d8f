const newline = 0x0a;
const carriageReturn = 0x0d;

/** The lines of a byte stream without the blank ones. `isWhole` is false for a last line without its line end. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<{ readonly text: string; readonly isWhole: boolean }> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk);
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const text = lineOf(bytes, start, end);
      if (text) yield { text, isWhole: true };
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > maxLineBytes) throw new Error(`a line of more than ${maxLineBytes} bytes`);
  }
  const text = lineOf(rest, 0, rest.length);
  if (text) yield { text, isWhole: false };
}

const lineOf = (bytes: Buffer, start: number, end: number): string =>
  bytes.toString('utf8', start, bytes[end - 1] === carriageReturn && end > start ? end - 1 : end);
