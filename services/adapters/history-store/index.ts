import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { HistoryConfig } from '../../../config/schema.ts';
import type { HistoryStore } from '../../ports/history-store.ts';
import { duckdbStore } from './duckdb.ts';
import { memoryStore } from './memory.ts';

/** Opens the history that the deployment names; the embedded one lives in `dataDir`. */
export async function openHistoryStore(
  config: HistoryConfig,
  dataDir: string,
): Promise<HistoryStore> {
  switch (config.kind) {
    case 'memory':
      return memoryStore();
    case 'duckdb':
      await mkdir(dataDir, { recursive: true });
      return duckdbStore({
        path: join(dataDir, 'history.duckdb'),
        memoryLimitMb: config.memoryLimitMb,
        threads: 2,
      });
    case 'influxdb':
      throw new Error('not yet');
  }
}
