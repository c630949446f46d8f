import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { historyColumns, type HistoryRow } from '../../domain/history-row.ts';
import { toEntries, type Notice } from './notice.ts';

/** Lines that are handed on at once, so that others have their turn in between. */
const linesAtOnce = 2000;

/** RFC 4180; a text that begins like a formula would be run as one by a spreadsheet. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (row: HistoryRow): string =>
  historyColumns
    .map(({ type, value }) => {
      const given = value(row);
      return type === 'instant' && typeof given === 'number'
        ? new Date(given).toISOString()
        : cell(given);
    })
    .join(',');

/** RFC 4180 after a head of lines with `#`: whose data they are and what the columns mean. Gives the number of rows. */
export async function writeCsv(
  path: string,
  notice: Notice,
  parts: AsyncIterable<readonly HistoryRow[]>,
): Promise<number> {
  let rows = 0;
  async function* text(): AsyncGenerator<string> {
    for (const [name, value] of toEntries(notice))
      yield `# ${name}: ${value.replaceAll(/\s+/g, ' ')}\r\n`;
    yield `${historyColumns.map(({ name }) => name).join(',')}\r\n`;
    for await (const part of parts) {
      rows += part.length;
      for (let at = 0; at < part.length; at += linesAtOnce)
        yield part
          .slice(at, at + linesAtOnce)
          .map((row) => `${line(row)}\r\n`)
          .join('');
    }
  }
  await pipeline(Readable.from(text()), createGzip(), createWriteStream(path));
  return rows;
}
