import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Settings } from '../../config/config.ts';
import { ConfigError } from '../../config/mistakes.ts';
import { systemClock } from '../adapters/clock/system.ts';
import { AppError } from '../domain/errors.ts';
import type { Options } from './options.ts';
import { parseOptions, usage, UsageError } from './options.ts';
import { openTimeLapse } from './time-lapse.ts';
import { createProgress } from './progress.ts';
import type { Simulation } from './simulation.ts';
import { simulationKey, startSimulation, withSimulatedSource } from './simulation.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The deployment with its simulated town beside it. */
const withTown = (config: Settings, simulation: Simulation, key: string): Settings => ({
  ...config,
  deployment: withSimulatedSource(config.deployment, simulation),
  measures: [...config.measures, ...simulation.measures],
  secrets: new Map([...config.secrets, [simulationKey, key]]),
});

/** Clock of the data folder, which is made if need be. */
async function openClock({ dataDir, speed }: Options) {
  await mkdir(dataDir, { recursive: true });
  const { anchorMs } = openTimeLapse(dataDir, speed, Date.now());
  return { anchorMs, speed };
}

/** npm hands a signal to the shell it runs a script in, which ends and leaves the server behind. */
function endWithNpm(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] !== 'start') return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

async function run(options: Options): Promise<void> {
  const key = randomBytes(16).toString('hex');
  let stop = (code: number): void => process.exit(code);
  endWithNpm(() => stop(0));
  const ended = (): void => {
    process.stderr.write('the simulated town has ended\n');
    stop(1);
  };
  // The town is built on another core while the server is loaded and reads its deployment.
  const clock = options.simulate ? openClock(options) : undefined;
  const starting = clock?.then((lapse) => startSimulation({ ...options, ...lapse, key, ended }));
  // What is wrong with the deployment is the server's to tell; this is told after it.
  starting?.catch(() => undefined);
  const [{ compose }, { openHistorianThread }, { loadDeployment }] = await Promise.all([
    import('./compose.ts'),
    import('./historian-thread.ts'),
    import('./models.ts'),
  ]);
  const env = options.simulate ? { ...process.env, [simulationKey]: key } : process.env;
  const loaded = await loadDeployment(options.configDir, env);
  const simulation = await starting;
  const config = simulation ? withTown(loaded.config, simulation, key) : loaded.config;
  const lapse = await (clock ?? openClock(options));
  const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'warn' });
  const dashboard = join(import.meta.dirname, '../../dist/dashboard');

  const app = await compose({
    deployed: { config, inventory: loaded.inventory },
    findDecoder: loaded.findDecoder,
    dataDir: options.dataDir,
    port: options.port ?? config.deployment.server.port,
    isSimulated: options.simulate,
    ...(simulation && { guidedPast: simulation.guidedPast }),
    dashboardDirectory: existsSync(dashboard) ? dashboard : null,
    openHistorian: (settings, log) =>
      openHistorianThread(settings, {
        log,
        logger,
        lapse,
        configDir: options.configDir,
        ended: (reason) => {
          process.stderr.write(
            `the thread that keeps the history has ended (${reason}); what was received is in the log, and the next start goes on from there\n`,
          );
          stop(1);
        },
      }),
    clock: systemClock(lapse),
    logger,
  });
  let stopping: Promise<void> | undefined;
  stop = (code) => {
    stopping ??= Promise.all([simulation?.stop(), app.stop()]).then(() => process.exit(code), fail);
  };
  process.once('SIGINT', () => stop(0));
  process.once('SIGTERM', () => stop(0));
  process.on('SIGHUP', () => {
    const problem = app.reload(loaded.readAgain);
    if (problem === null) say('the configuration was read again');
    else process.stderr.write(`${problem}\nwhat was in force before still is\n`);
  });

  await app.start();
  const address = `http://localhost:${app.port()}`;
  say(`${config.deployment.name}: ${address}`);
  if (!simulation) return;
  simulation.guideBy(`http://127.0.0.1:${app.port()}`);
  const progress = createProgress(process.stderr);
  const words = {
    read: 'the town’s past is simulated and read',
    'rolled up': 'its figures are summed up; the map is live already',
  };
  await app.caughtUp((doneRatio, what) => progress.show(doneRatio, words[what]));
  progress.end(`the town lives: open ${address}`);
}

/** One clear sentence for trouble from outside, the whole stack for our own bugs. */
function fail(cause: unknown): never {
  if (cause instanceof UsageError) {
    process.stderr.write(`${cause.message}\n\n${usage}\n`);
    process.exit(2);
  }
  const isConfig =
    cause instanceof ConfigError || (cause instanceof AppError && cause.code === 'invalid-config');
  if (isConfig || cause instanceof AppError) {
    process.stderr.write(`${cause.message}\n`);
    process.exit(isConfig ? 2 : 1);
  }
  const trouble = diskTrouble[(cause as NodeJS.ErrnoException).code ?? ''];
  if (trouble !== undefined) {
    process.stderr.write(`${trouble}: ${(cause as Error).message}\n`);
    process.exit(1);
  }
  throw cause;
}

/** What keeps a folder from being written, in words. */
const diskTrouble: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the data folder is on a read-only file system',
  EACCES: 'the data folder cannot be written',
};

try {
  await run(parseOptions(process.argv.slice(2), process.env));
} catch (cause) {
  fail(cause);
}
