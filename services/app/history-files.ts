import type { Deployment } from '../../config/schema.ts';
import { directoryDownloads } from '../adapters/downloads/directory.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Inventory } from '../domain/site.ts';
import { createOfferHistory } from '../pipeline/offer-history.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';
import { attributionOf } from '../publish/settings.ts';

/** The files of past occupancy, and the stage that makes them. */
export async function openHistoryFiles(deps: {
  readonly deployment: Deployment;
  readonly dir: string;
  readonly isSimulated: boolean;
  readonly store: HistoryStore;
  readonly inventory: () => Inventory;
  readonly measuredUntilMs: () => EpochMs | null;
  readonly clock: Clock;
  readonly logger: Logger;
}) {
  const { deployment, clock } = deps;
  const downloads = await directoryDownloads({
    dir: deps.dir,
    clock,
    notice: {
      title: `${deployment.name}: ${deps.isSimulated ? 'simulated ' : ''}parking occupancy`,
      publisher: `${deployment.publisher.name}, ${deployment.publisher.url}`,
      attribution: attributionOf(deployment),
      licence: deployment.licence,
      timeZone: deployment.timeZone,
    },
  });
  const stage = createOfferHistory({
    store: deps.store,
    downloads,
    clock,
    log: deps.logger,
    inventory: deps.inventory,
    timeZone: deployment.timeZone,
    measuredUntilMs: deps.measuredUntilMs,
    backDays: deployment.retention.rollUp15minDays,
  });
  return { downloads, stage };
}
