import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  readonly configDir: string;
  readonly dataDir: string;
  /** Feeds the deployment with simulated sensors. */
  readonly simulate: boolean;
  /** Overrides the deployment's port. */
  readonly port: number | undefined;
  /** Time-lapse factor of the simulation. */
  readonly speed: number;
}

/** The command line cannot be understood; the message says what is wrong and what is right. */
export class UsageError extends Error {}

export const usage = `usage: npm start -- [--config DIR] [--simulate] [--data DIR] [--port N] [--speed N]

  --config DIR   deployment folder (default: config/demo, with simulated sensors); CONFIG
  --simulate     feed the deployment with simulated sensors
  --data DIR     where log, history and snapshots are kept (default: data/NAME); DATA_DIR
  --port N       port of the web server (default: the deployment's, 8080); PORT
  --speed N      time-lapse of the simulation, 1 to 120 (default: 1)
  --role all     what runs in this process; one process plays all roles`;

const demoDir = 'config/demo';

function toNumber(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= min && value <= max) return value;
  throw new UsageError(`${name} must be a number from ${min} to ${max}, not '${text}'`);
}

/** Options from the command line, then from the environment, then the defaults. Throws UsageError. */
export function parseOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options {
  let values;
  try {
    values = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        simulate: { type: 'boolean' },
        role: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string' },
        speed: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message);
  }
  const role = values.role ?? 'all';
  if (role !== 'all')
    throw new UsageError(
      `--role ${role}: one process plays all roles here; leave it out or say all`,
    );
  const configDir = values.config ?? env['CONFIG'] ?? demoDir;
  const isDemo = resolve(configDir) === resolve(demoDir);
  const simulate = values.simulate ?? isDemo;
  const speed = toNumber('--speed', values.speed, 1, 120) ?? 1;
  if (speed !== 1 && !simulate)
    throw new UsageError('--speed needs --simulate: real time has one speed');
  const name = resolve(configDir).split('/').at(-1) ?? 'deployment';
  return {
    configDir: resolve(configDir),
    dataDir: resolve(values.data ?? env['DATA_DIR'] ?? `data/${name}`),
    simulate,
    port: toNumber('--port', values.port ?? env['PORT'], 0, 65_535),
    speed,
  };
}
