import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import {
  backtest,
  type CountRow,
  type HorizonScore,
} from '../domain/guidance/forecast/backtest.ts';
import { err, ok, type Result } from '../domain/result.ts';

const usage = `usage: npm run backtest -- FILE.csv [--horizons 15,30,60] [--json]
FILE.csv has the columns time,site_id,capacity,free; time is ISO 8601, UTC where no offset is given.`;
const columns = ['time', 'site_id', 'capacity', 'free'];

interface Command {
  readonly file: string;
  readonly horizonsMin: readonly number[];
  readonly json: boolean;
}

function parseCommandLine(): Result<Command | 'help', string> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        horizons: { type: 'string', default: '15,30,60' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return ok('help');
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) return err('name one CSV file');
    const horizonsMin = values.horizons.split(',').map(Number);
    if (!horizonsMin.every((minutes) => minutes > 0 && minutes <= 1_440))
      return err('--horizons: minutes between 1 and 1440, separated by commas');
    return ok({ file, horizonsMin, json: values.json });
  } catch (error) {
    // parseArgs throws a TypeError that names the argument it does not know.
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** An instant in ms; a time without an offset is UTC. `undefined` when it is none. */
function parseTime(text: string): number | undefined {
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const atMs = Date.parse(hasOffset ? text : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Digits only: an empty cell is no zero. */
const parseCount = (text: string): number | undefined =>
  /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;

function toRow(cells: Readonly<Record<string, string>>): CountRow | undefined {
  const atMs = parseTime(cells['time'] ?? '');
  const capacity = parseCount(cells['capacity'] ?? '');
  const free = parseCount(cells['free'] ?? '');
  const siteId = cells['site_id'] ?? '';
  if (atMs === undefined || capacity === undefined || free === undefined) return undefined;
  if (siteId === '' || capacity <= 0) return undefined;
  // Counters drift: more free than there are, or fewer than none, is all or nothing.
  return {
    atMs,
    siteId,
    numberOfSpaces: capacity,
    vacantSpaces: Math.min(capacity, Math.max(0, free)),
  };
}

interface Series {
  readonly rows: readonly CountRow[];
  /** Lines of the file that could not be read. */
  readonly badLines: readonly number[];
}

function parseSeries(text: string): Result<Series, string> {
  let records: readonly Readonly<Record<string, string>>[];
  try {
    records = parse<Record<string, string>>(text, {
      columns: true,
      trim: true,
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  const missing = columns.filter((column) => records[0]?.[column] === undefined);
  if (missing.length > 0) return err(`no rows with the columns ${missing.join(', ')}`);
  const rows = records.map(toRow);
  return ok({
    rows: rows.filter((row) => row !== undefined),
    badLines: [...rows.entries()].filter(([, row]) => row === undefined).map(([i]) => i + 2),
  });
}

const show = (value: number | null, digits: number): string =>
  (value === null ? '–' : value.toFixed(digits)).padStart(11);

function toText(scores: readonly HorizonScore[]): string {
  const head = 'minutes  sites  samples  persistence  profile       ours      brier  in interval';
  const lines = scores.flatMap((score) => [
    [
      String(score.minutes).padStart(7),
      String(score.sites).padStart(6),
      String(score.samples).padStart(8),
      show(score.maePersistence, 2),
      show(score.maeProfile, 2),
      show(score.mae, 2),
      show(score.brier, 4),
      show(score.coveredRatio, 2),
    ].join(' '),
    ...score.reliability.map(
      ({ told, meanChanceRatio, cameTrueRatio }) =>
        `          told ${meanChanceRatio.toFixed(2)}  came ${cameTrueRatio.toFixed(2)}  ${told} times`,
    ),
  ]);
  return [
    'mean absolute error in % of capacity; chance of at least one space',
    head,
    ...lines,
  ].join('\n');
}

const toJson = (scores: readonly HorizonScore[]): string =>
  JSON.stringify({
    horizons: scores.map(({ reliability: _bins, coveredRatio: _covered, ...score }) => score),
  });

/** 0: done; 1: the file cannot be read; 2: wrong usage or not such a file. */
async function main(): Promise<number> {
  const command = parseCommandLine();
  if (!command.ok) {
    process.stderr.write(`${command.error}\n\n${usage}\n`);
    return 2;
  }
  if (command.value === 'help') {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const { file, horizonsMin, json } = command.value;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const series = parseSeries(text);
  if (!series.ok) {
    process.stderr.write(`${file}: ${series.error}\n\n${usage}\n`);
    return 2;
  }
  const { rows, badLines } = series.value;
  if (badLines.length > 0) {
    const first = badLines.slice(0, 5).join(', ');
    process.stderr.write(`${file}: ${badLines.length} lines left out (line ${first} …)\n`);
  }
  const scores = backtest(rows, horizonsMin);
  process.stdout.write(`${json ? toJson(scores) : toText(scores)}\n`);
  return 0;
}

process.exitCode = await main();
