import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { EpochMs } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { RecordedZone } from '../domain/search-share/estimate-recording.ts';

/** A recorded zone as its four CSV files tell it; rows that could not be read are left out. */
export interface Recording extends RecordedZone {
  /** `file:line: what is wrong`, in order. */
  readonly problems: readonly string[];
}

type Cells = Readonly<Record<string, string>>;

interface Row {
  readonly record: Cells;
  readonly info: { readonly lines: number };
}

/** Reads the files of a folder; fails only when a file or a column is missing. */
export async function readRecording(folder: string): Promise<Result<Recording, string>> {
  const problems: string[] = [];
  const failures: string[] = [];
  /** Hands every row to `take`, which answers with what is wrong with it. */
  const read = async (
    file: string,
    columns: readonly string[],
    take: (cells: Cells) => string | undefined,
  ): Promise<void> => {
    const rows = await readRows(join(folder, file), columns);
    if (!rows.ok) {
      failures.push(`${file}: ${rows.error}`);
      return;
    }
    for (const { record, info } of rows.value) {
      const empty = columns.find((column) => (record[column] ?? '') === '');
      const problem = empty === undefined ? take(record) : `${empty} is empty`;
      if (problem !== undefined) problems.push(`${file}:${info.lines}: ${problem}`);
    }
  };

  const stretches = new Map<string, number>();
  await read('stretches.csv', ['stretch_id', 'length_m'], (cells) => {
    const lengthM = toNumber(cells['length_m']);
    if (lengthM === undefined || lengthM <= 0)
      return `length_m: '${cells['length_m']}' is no length`;
    stretches.set(cells['stretch_id'] ?? '', lengthM);
    return undefined;
  });
  const unknownStretch = (id: string | undefined): string | undefined =>
    stretches.has(id ?? '') ? undefined : `stretch_id: no stretch '${id}' in stretches.csv`;

  const spaces = new Map<string, string>();
  await read('spaces.csv', ['space_id', 'stretch_id'], (cells) => {
    const problem = unknownStretch(cells['stretch_id']);
    if (problem === undefined) spaces.set(cells['space_id'] ?? '', cells['stretch_id'] ?? '');
    return problem;
  });

  const transitions: Recording['transitions'][number][] = [];
  await read('transitions.csv', ['time', 'space_id', 'status'], (cells) => {
    const atMs = toInstant(cells['time']);
    const { space_id: spaceId = '', status } = cells;
    if (atMs === undefined) return `time: '${cells['time']}' is no ISO 8601 time`;
    if (!spaces.has(spaceId)) return `space_id: no space '${spaceId}' in spaces.csv`;
    if (status !== 'occupied' && status !== 'vacant')
      return `status: '${status}' is neither occupied nor vacant`;
    transitions.push({ atMs, spaceId, to: status });
    return undefined;
  });

  const counts: Recording['counts'][number][] = [];
  await read('counts.csv', ['from', 'to', 'stretch_id', 'vehicles'], (cells) => {
    const fromMs = toInstant(cells['from']);
    const toMs = toInstant(cells['to']);
    const vehicles = toNumber(cells['vehicles']);
    if (fromMs === undefined) return `from: '${cells['from']}' is no ISO 8601 time`;
    if (toMs === undefined) return `to: '${cells['to']}' is no ISO 8601 time`;
    if (toMs <= fromMs) return 'to: not after from';
    if (vehicles === undefined || vehicles < 0)
      return `vehicles: '${cells['vehicles']}' is no number of vehicles`;
    const stretchId = cells['stretch_id'] ?? '';
    const problem = unknownStretch(stretchId);
    if (problem === undefined) counts.push({ fromMs, toMs, stretchId, vehicles });
    return problem;
  });

  if (failures.length > 0) return err(failures.join('\n'));
  transitions.sort((a, b) => a.atMs - b.atMs);
  counts.sort((a, b) => a.fromMs - b.fromMs);
  return ok({ stretches, spaces, transitions, counts, problems });
}

async function readRows(
  path: string,
  columns: readonly string[],
): Promise<Result<readonly Row[], string>> {
  try {
    const rows = parse(await readFile(path, 'utf8'), {
      columns: true,
      info: true,
      trim: true,
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      relax_quotes: true,
    }) as unknown as readonly Row[];
    const header = rows[0]?.record;
    const missing = header === undefined ? [] : columns.filter((column) => !(column in header));
    return missing.length > 0 ? err(`column ${missing.join(', ')} is missing`) : ok(rows);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** An instant in ms; a time without an offset is UTC. */
function toInstant(text = ''): EpochMs | undefined {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return undefined;
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const atMs = Date.parse(hasOffset ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

const toNumber = (text = ''): number | undefined =>
  /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
