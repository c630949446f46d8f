import { inProcessBus } from '../../services/adapters/event-bus/in-process.ts';
import type { SiteId } from '../../services/domain/ids.ts';
import type { Inventory } from '../../services/domain/site.ts';
import { createTracker } from '../../services/domain/tracker.ts';
import { createTrack } from '../../services/pipeline/track.ts';
import type { Clock } from '../../services/ports/clock.ts';
import { health, observed, seen, spaceId } from './builders.ts';

/** The present of a town whose devices report once an hour, on a bus of its own. */
export function trackTown(
  inventory: Inventory,
  clock: Clock,
  chanceRatio: (siteId: SiteId) => number | null = () => null,
) {
  const bus = inProcessBus();
  const track = createTrack({
    bus,
    clock,
    inventory: () => inventory,
    tracker: createTracker(),
    patienceOf: () => ({ heartbeatMs: 3_600_000, staleAfterMs: 3 * 3_600_000 }),
    chanceRatio,
    epoch: 'epoch1',
  });
  track.start();
  let fCnt = 0;
  return {
    bus,
    track,
    /** A sensor tells now what it sees. */
    change(space: string, status: 'occupied' | 'vacant') {
      fCnt += 1;
      bus.publish('observed', [
        observed({
          health: health(clock.now(), { fCnt }),
          observations: [seen(clock.now(), status, { spaceId: spaceId(space), order: fCnt })],
        }),
      ]);
    },
  };
}
