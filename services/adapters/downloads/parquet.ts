import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { historyColumns, type HistoryRow } from '../../domain/history-row.ts';
import { toEntries, type Notice } from './notice.ts';

type Column = (typeof historyColumns)[number];
type Element = ParquetWriter['schema'][number];

/** Encoding is synchronous: others have their turn after this many rows. */
const rowsAtOnce = 20_000;

function toElement({ name, type }: Column): Element {
  switch (type) {
    case 'instant':
      return {
        name,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
        repetition_type: 'REQUIRED',
      };
    case 'text':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' };
    case 'count':
      return { name, type: 'INT32', repetition_type: 'OPTIONAL' };
    case 'ratio':
      return { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' };
  }
}

const toData = ({ type, value }: Column, rows: readonly HistoryRow[]): unknown[] =>
  rows.map((row) => {
    const given = value(row);
    return type === 'instant' && typeof given === 'number' ? new Date(given) : given;
  });

/** A row group a part; the notice is among the key-value metadata. Gives the number of rows. */
export async function writeParquet(
  path: string,
  notice: Notice,
  parts: AsyncIterable<readonly HistoryRow[]>,
): Promise<number> {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [
      { name: 'root', num_children: historyColumns.length },
      ...historyColumns.map(toElement),
    ],
    kvMetadata: toEntries(notice).map(([key, value]) => ({ key, value })),
    createdBy: 'parklotse',
  });
  let rows = 0;
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += rowsAtOnce) {
      const group = part.slice(at, at + rowsAtOnce);
      const columnData = historyColumns.map((column) => ({
        name: column.name,
        data: toData(column, group),
      }));
      await writer.write({ columnData, rowGroupSize: rowsAtOnce });
      rows += group.length;
      await nextTurn();
    }
  }
  await writer.finish();
  return rows;
}
