import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';

import type { Settings } from '../../config/config.ts';
import { ConfigError } from '../../config/mistakes.ts';
import { systemClock } from '../adapters/clock/system.ts';
import { openHistoryStore } from '../adapters/history-store/index.ts';
import { openParquetFiles, type ParquetFiles } from '../adapters/history-store/parquet.ts';
import { openUplinkLog } from '../adapters/uplink-log/index.ts';
import { AppError } from '../domain/errors.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { UplinkLog } from '../ports/uplink-log.ts';
import type { Rows } from './archive.ts';
import { loadDeployment } from './models.ts';
import { parseOptions, UsageError } from './options.ts';

/** What `export` and `import` have to work with. */
export interface ArchiveTools {
  readonly config: Settings;
  readonly store: HistoryStore;
  readonly log: UplinkLog | null;
  readonly parquet: ParquetFiles;
  readonly dir: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Overwrites one line on a terminal. */
  readonly tell: (text: string) => void;
  /** Something the operator should know, on a line of its own. */
  readonly warn: (text: string) => void;
}

const memoryLimitMb = 512;

async function withTools(
  args: readonly string[],
  work: (tools: ArchiveTools) => Promise<Rows>,
): Promise<Rows> {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        data: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        'without-log': { type: 'boolean' },
      },
    });
  } catch (cause) {
    throw new UsageError((cause as Error).message);
  }
  const { values, positionals } = parsed;
  const [dir, ...rest] = positionals;
  if (dir === undefined || rest.length > 0) throw new UsageError('name one folder');
  const places = (['config', 'data'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  );
  const { configDir, dataDir } = parseOptions(places, process.env);
  const { config, inventory } = await loadDeployment(configDir, process.env);
  const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'warn' });

  const store = await openHistoryStore(config.deployment.history, join(dataDir, 'history'), {
    secrets: config.secrets,
    inventory: () => inventory,
  });
  let log: UplinkLog | null = null;
  const parquet = await openParquetFiles(memoryLimitMb);
  try {
    if (values['without-log'] !== true)
      log = await openUplinkLog({
        config: config.deployment.log,
        directory: join(dataDir, 'log'),
        clock: systemClock(),
        log: logger,
      });
    return await work({
      config,
      store,
      log,
      parquet,
      dir: resolve(dir),
      from: values.from,
      to: values.to,
      tell(text) {
        if (process.stderr.isTTY) process.stderr.write(`\r${text}\u001b[K`);
      },
      warn: (text) => void process.stderr.write(`${text}\n`),
    });
  } finally {
    parquet.close();
    await log?.close();
    await store.close();
  }
}

/** Runs one of the two commands and answers with its exit code: 0, 1 (failed) or 2 (wrong usage). */
export async function runArchiveCommand(
  usage: string,
  work: (tools: ArchiveTools) => Promise<Rows>,
): Promise<number> {
  try {
    const rows = await withTools(process.argv.slice(2), work);
    const counted = Object.entries(rows).map(([kind, count]) => `${count} ${kind}`);
    process.stdout.write(`${counted.length > 0 ? counted.join(', ') : 'nothing'}\n`);
    return 0;
  } catch (cause) {
    if (cause instanceof UsageError) {
      process.stderr.write(`${cause.message}\n\n${usage}\n`);
      return 2;
    }
    if (!(cause instanceof AppError) && !(cause instanceof ConfigError)) throw cause;
    process.stderr.write(`${cause.message}\n`);
    return cause instanceof ConfigError ? 2 : 1;
  }
}
