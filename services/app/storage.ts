import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { fileDeadLetters } from '../adapters/dead-letters/file.ts';
import { openHistoryStore } from '../adapters/history-store/index.ts';
import { fileSnapshots } from '../adapters/snapshots/file.ts';
import { openUplinkLog } from '../adapters/uplink-log/index.ts';
import type { Inventory } from '../domain/site.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { createRefused } from './refused.ts';
import { loadTrackerStates } from './state-files.ts';

/** Everything that is kept in the data folder, opened; and where what was kept of the trackers ends. */
export async function openStorage(deps: {
  readonly config: Config;
  readonly dataDir: string;
  readonly inventory: () => Inventory;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { config, dataDir, inventory, clock, logger } = deps;
  const { deployment, secrets } = config;
  const log = await openUplinkLog({
    config: deployment.log,
    directory: join(dataDir, 'log'),
    clock,
    log: logger,
  });
  const deadLetters = fileDeadLetters(join(dataDir, 'rejected'), logger);
  const refused = createRefused(join(dataDir, 'refused'), logger);
  const store = await openHistoryStore(deployment.history, join(dataDir, 'history'), {
    secrets,
    inventory,
    refuse: refused.lines,
  });
  const snapshots = fileSnapshots(join(dataDir, 'state'), logger);
  return {
    log,
    deadLetters,
    refused,
    store,
    snapshots,
    saved: await loadTrackerStates(snapshots),
    /** Storage is closed last. */
    async close(): Promise<void> {
      deadLetters.close();
      await store.close();
      await log.close();
    },
  };
}
