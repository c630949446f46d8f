import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { HistoryConfig } from '../../../config/schema.ts';
import type { Inventory } from '../../domain/site.ts';
import type { HistoryStore } from '../../ports/history-store.ts';
import { duckdbStore } from './duckdb.ts';
import type { Refuse } from './influx-client.ts';
import { influxdbStore } from './influxdb.ts';
import { memoryStore } from './memory.ts';

/** The name of this installation's log, made up once and kept beside it. */
async function logIdIn(dataDir: string): Promise<string> {
  const file = join(dataDir, 'log-id');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const id = randomUUID();
    await writeFile(file, id);
    return id;
  }
}

/**
 * Opens the history that the deployment names. The embedded one lives in `dataDir`; InfluxDB may be
 * away at first. `refuse` keeps lines that InfluxDB does not take; without it their batch fails.
 */
export async function openHistoryStore(
  config: HistoryConfig,
  dataDir: string,
  access: {
    readonly secrets?: ReadonlyMap<string, string>;
    readonly inventory?: () => Inventory;
    readonly refuse?: Refuse;
  } = {},
): Promise<HistoryStore> {
  if (config.kind === 'memory') return memoryStore();
  await mkdir(dataDir, { recursive: true });
  switch (config.kind) {
    case 'duckdb':
      return duckdbStore({
        path: join(dataDir, 'history.duckdb'),
        memoryLimitMb: config.memoryLimitMb,
        threads: 1,
      });
    case 'influxdb':
      return influxdbStore(config, {
        secret: config.token && access.secrets?.get(config.token.secret),
        logId: await logIdIn(dataDir),
        inventory: access.inventory,
        refuse: access.refuse,
      });
  }
}
