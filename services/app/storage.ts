import { join } from 'node:path';
import type { Settings } from '../../config/config.ts';
import { fileDeadLetters } from '../adapters/dead-letters/file.ts';
import { fileSnapshots } from '../adapters/snapshots/file.ts';
import { openUplinkLog } from '../adapters/uplink-log/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { loadPresentState } from './state-files.ts';

/** What is kept in the data folder besides the history, opened; and what the present was when it was saved. */
export async function openStorage(deps: {
  readonly config: Settings;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { config, dataDir, clock, logger } = deps;
  const log = await openUplinkLog({
    config: config.deployment.log,
    directory: join(dataDir, 'log'),
    clock,
    log: logger,
  });
  const deadLetters = fileDeadLetters(join(dataDir, 'rejected'), logger);
  const snapshots = fileSnapshots(join(dataDir, 'state'), logger);
  return {
    log,
    deadLetters,
    snapshots,
    saved: await loadPresentState(snapshots),
    /** Storage is closed last. */
    async close(): Promise<void> {
      deadLetters.close();
      await log.close();
    },
  };
}
