const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * The lines of a byte stream without the blank ones, those of each chunk together. `isWhole` is false for
 * a last line without its line end.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<{ readonly lines: readonly Buffer[]; readonly isWhole: boolean }> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const line = lineOf(bytes, start, end);
      if (line.length > 0) lines.push(line);
      start = end + 1;
    }
    if (lines.length > 0) yield { lines, isWhole: true };
    rest = bytes.subarray(start);
    if (rest.length > maxLineBytes) throw new Error(`a line of more than ${maxLineBytes} bytes`);
  }
  const line = lineOf(rest, 0, rest.length);
  if (line.length > 0) yield { lines: [line], isWhole: false };
}

const lineOf = (bytes: Buffer, start: number, end: number): Buffer =>
  bytes.subarray(start, bytes[end - 1] === carriageReturn && end > start ? end - 1 : end);
