import { join } from 'node:path';
import type { Deployment } from '../../config/schema.ts';
import { fileGuidedRecord } from '../adapters/guided-record/file.ts';
import type { PublicInventory, PublicPresent } from '../domain/privacy.ts';
import type { Inventory } from '../domain/site.ts';
import { createGuide, type Guide } from '../pipeline/guide.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';

/** What guidance is made of: who watches a space does not matter to it. */
const placesOf = ({ installations: _installations, ...places }: Inventory): string =>
  JSON.stringify(places);

/**
 * The guide of the inventory in force. It learns anew when places change, and goes on undisturbed, with the
 * drivers it guides, when only devices do.
 */
function createGuiding(inventory: () => Inventory, open: (inventory: Inventory) => Guide) {
  let guide = open(inventory());
  let places = placesOf(inventory());
  let ready: Promise<unknown> | undefined;

  const startAfter = async (before: Promise<unknown>): Promise<void> => {
    const its = guide;
    await before;
    // Another may have taken its place meanwhile.
    if (its === guide) await its.start();
  };
  return {
    guide: (): Guide => guide,
    /** Begins when `before` has come. */
    start(before: Promise<unknown>): Promise<void> {
      ready = before;
      return startAfter(before);
    },
    async follow(): Promise<void> {
      const next = placesOf(inventory());
      if (next === places) return;
      places = next;
      guide.stop();
      guide = open(inventory());
      if (ready) await startAfter(ready);
    },
    stop: (): void => guide.stop(),
  };
}

/**
 * Guidance for everybody: it knows what everybody may know, so that neither answers nor signs tell a
 * hidden space's secrets. Where guided drivers stopped is kept for the search share.
 */
export function openGuiding(deps: {
  readonly bus: EventBus;
  readonly present: PublicPresent;
  readonly inventory: () => PublicInventory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: HistoryStore;
  readonly deployment: Pick<Deployment, 'timeZone' | 'retention'>;
  readonly dataDir: string;
}) {
  const { bus, present, clock, logger, store, deployment } = deps;
  const { retention, timeZone } = deployment;
  const folder = join(deps.dataDir, 'guided');
  const guided = fileGuidedRecord(folder, retention.rawDays, clock.now, logger);
  const guiding = createGuiding(deps.inventory, (inventory) =>
    createGuide({
      bus,
      present,
      inventory,
      clock,
      log: logger,
      history: store,
      timeZone,
      onGuidedStop: guided.append,
    }),
  );
  return { guiding, guided };
}
