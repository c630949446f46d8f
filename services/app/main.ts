import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../config/load.ts';
import { ConfigError } from '../../config/mistakes.ts';
import { systemClock } from '../adapters/clock/system.ts';
import { decoders } from '../decoders/index.ts';
import { AppError } from '../domain/errors.ts';
import { compose } from './compose.ts';
import type { Options } from './options.ts';
import { parseOptions, usage, UsageError } from './options.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function run(options: Options): Promise<void> {
  const models = new Set(decoders.map(({ model }) => model));
  const config = loadConfig(options.configDir, models, process.env);
  await mkdir(options.dataDir, { recursive: true });
  const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'warn' });
  const dashboard = join(import.meta.dirname, '../../dist/dashboard');
  const app = await compose({
    config,
    dataDir: options.dataDir,
    port: options.port ?? config.deployment.server.port,
    isSimulated: options.simulate,
    dashboardDirectory: existsSync(dashboard) ? dashboard : null,
    clock: systemClock(),
    logger,
  });
  const stop = (): void => {
    void app.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await app.start();
  say(`${config.deployment.name}: http://localhost:${app.port()}`);
}

/** One clear sentence for trouble from outside, the whole stack for our own bugs. */
function fail(cause: unknown): never {
  if (cause instanceof UsageError) {
    process.stderr.write(`${cause.message}\n\n${usage}\n`);
    process.exit(2);
  }
  if (
    cause instanceof ConfigError ||
    (cause instanceof AppError && cause.code === 'invalid-config')
  ) {
    process.stderr.write(`${cause.message}\n`);
    process.exit(2);
  }
  if (cause instanceof AppError) {
    process.stderr.write(`${cause.message}\n`);
    process.exit(1);
  }
  throw cause;
}

try {
  await run(parseOptions(process.argv.slice(2), process.env));
} catch (cause) {
  fail(cause);
}
