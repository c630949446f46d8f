import { parseArgs } from 'node:util';

export interface Options {
  readonly config: string;
  /** Where the state and the truth are kept; `null` keeps nothing. */
  readonly data: string | null;
  /** `null`: the deployment's. */
  readonly seed: number | null;
  readonly days: number | null;
  /** Instant at which simulated and real time agree. */
  readonly anchorMs: number;
  readonly speed: number;
  /** `null` starts an own broker and storage. */
  readonly broker: string | null;
  /** Where drivers ask for guidance from now on; `null`: nowhere, unless the parent says so. */
  readonly guidance: string | null;
  readonly format: 'tts' | 'chirpstack';
  readonly mqttPort: number;
  readonly storagePort: number;
}

/** Wrong words on the command line. */
export class UsageError extends Error {}

export const usage = `usage: npm run simulate -- [--config DIR] [--data DIR] [--broker URL] [--format tts|chirpstack] [--guidance URL]
                         [--speed N] [--anchor TIME] [--seed N] [--days N] [--mqtt-port N] [--storage-port N]

  --config DIR        the deployment that is simulated (default: config/demo)
  --data DIR          keeps the state and writes what is true here; without it nothing is kept
  --broker URL        publishes to this MQTT broker; without it an own one is started,
                      with a Storage Integration that serves the simulated past
  --guidance URL      a share of the drivers asks this product for guidance, over HTTP
  --format F          messages of The Things Stack (tts, default) or ChirpStack (chirpstack)
  --speed N           time-lapse, 1 to 120 (default: 1)
  --anchor TIME       when simulated and real time agree: ISO 8601 or ms since 1970 (default: now)
  --seed N            another town life (default: the deployment's)
  --days N            simulated past (default: the deployment's; one day with --broker)
  --mqtt-port N, --storage-port N   on the loopback (default: any free ones)

SIMULATION_KEY in the environment is the key that the storage asks for.`;

/** Reads the command line; every word that is wrong is an error that names it. */
export function parseOptions(args: readonly string[], nowMs: number): Options {
  const values = readArgs(args);
  const number = (name: keyof typeof values, least: number, most: number): number | null => {
    const text = values[name];
    if (text === undefined) return null;
    const value = Number(text);
    if (text === '' || !(value >= least && value <= most)) {
      throw new UsageError(`--${name} must be a number from ${least} to ${most}, not '${text}'`);
    }
    return value;
  };
  const format = values.format ?? 'tts';
  if (format !== 'tts' && format !== 'chirpstack') {
    throw new UsageError(`--format must be tts or chirpstack, not '${format}'`);
  }
  return {
    config: values.config ?? 'config/demo',
    data: values.data ?? null,
    seed: number('seed', -2_147_483_648, 2_147_483_647),
    days: number('days', 0, 400) ?? (values.broker === undefined ? null : 1),
    anchorMs: parseTime(values.anchor, nowMs),
    speed: number('speed', 0.01, 120) ?? 1,
    broker: values.broker ?? null,
    guidance: values.guidance ?? null,
    format,
    mqttPort: number('mqtt-port', 0, 65_535) ?? 0,
    storagePort: number('storage-port', 0, 65_535) ?? 0,
  };
}

function readArgs(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: text,
        data: text,
        broker: text,
        guidance: text,
        format: text,
        speed: text,
        anchor: text,
        seed: text,
        days: text,
        'mqtt-port': text,
        'storage-port': text,
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

function parseTime(text: string | undefined, nowMs: number): number {
  if (text === undefined) return nowMs;
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(ms)) throw new UsageError(`--anchor is no time: '${text}'`);
  return ms;
}
