import process from 'node:process';
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../domain/result.ts';
import {
  estimateRecording,
  isExact,
  observeRecording,
  type RecordingOptions,
} from '../domain/search-share/estimate-recording.ts';
import { readRecording } from './estimate-recording.ts';

const usage = `usage: npm run estimate -- DIR [options]
DIR holds spaces.csv, transitions.csv, counts.csv and stretches.csv; times are ISO 8601, UTC where no
offset is given. Prints {"stretches":[…],"all":{…}}.

  --time-zone ZONE       in which days begin (Europe/Berlin)
  --acceptance RATIO     share of searching drivers who take a free space they pass (assumed: 1)
  --undercount RATIO     share of vehicles the counters miss (0)
  --lost RATIO           share of uplinks lost for good (0)
  --missed RATIO         share of arrivals the sensors miss, from an audit (estimated)
  --heartbeat SECONDS    of the sensors (3600)
  --debounce SECONDS     of the sensors (20; 0 where vacancies of a few seconds were recorded)
  --streets N            streets with kerb parking in the zone, sensed or not (those in stretches.csv)`;

interface Command {
  readonly folder: string;
  readonly options: RecordingOptions;
}

const usualDebounceS = 20;

const text = { type: 'string' } as const;

function parseCommandLine(): Result<Command | 'help', string> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'time-zone': { type: 'string', default: 'Europe/Berlin' },
        acceptance: text,
        undercount: text,
        lost: text,
        missed: text,
        heartbeat: text,
        debounce: text,
        streets: text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return ok('help');
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) return err('name one folder');
    const number = (name: Exclude<keyof typeof values, 'help'>, low: number, high: number) => {
      const value = values[name];
      if (value === undefined) return null;
      const parsed = Number(value);
      if (!(parsed >= low && parsed <= high)) throw new RangeError(`--${name}: ${low} to ${high}`);
      return parsed;
    };
    const timeZone = values['time-zone'];
    // Throws a RangeError that names the zone it does not know.
    new Intl.DateTimeFormat('en', { timeZone });
    return ok({
      folder,
      options: {
        timeZone,
        acceptanceRatio: number('acceptance', 0.05, 1),
        streetsOfZone: number('streets', 1, 100_000),
        bootstraps: 200,
        seed: 1,
        sensors: {
          debounceS: number('debounce', 0, 120) ?? usualDebounceS,
          // Mean latencies of LoRaWAN space sensors: "occupied" is confirmed later than "vacant".
          freeLatencyS: 15,
          occupiedLatencyS: 25,
          heartbeatS: number('heartbeat', 60, 172_800) ?? 3600,
          lostUplinkRatio: number('lost', 0, 0.5) ?? 0,
          undercountRatio: number('undercount', 0, 0.9) ?? 0,
          missedArrivalRatio: number('missed', 0, 0.3),
        },
      },
    });
  } catch (error) {
    // parseArgs throws a TypeError that names the argument it does not know.
    return err(error instanceof Error ? error.message : String(error));
  }
}

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
  const { folder, options } = command.value;
  const recording = await readRecording(folder);
  if (!recording.ok) {
    process.stderr.write(`${recording.error}\n`);
    return 2;
  }
  for (const problem of recording.value.problems) process.stderr.write(`${problem}\n`);
  const sensors = isExact(recording.value)
    ? { ...options.sensors, debounceS: 0, freeLatencyS: 0, occupiedLatencyS: 0 }
    : options.sensors;
  const settings = { ...options, sensors };
  const observations = observeRecording(recording.value, settings);
  process.stdout.write(`${JSON.stringify(estimateRecording(observations, settings))}\n`);
  return 0;
}

process.exitCode = await main();
