import type { Settings } from '../../config/config.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { PublicInventory, PublicPresent } from '../domain/privacy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { createInventoryIndex } from '../publish/inventory-index.ts';
import { createParkApiPush, type ParkApiPush } from '../publish/push/parkapi-push.ts';
import type { Metric } from './metrics.ts';

/** The push to a ParkAPI, where the deployment names one; what is simulated is never delivered. */
export function openParkApiPush(deps: {
  readonly config: Settings;
  readonly isSimulated: boolean;
  readonly inventory: () => PublicInventory;
  readonly present: PublicPresent;
  readonly inventoryAtMs: () => EpochMs;
  readonly clock: Clock;
  readonly logger: Logger;
}): ParkApiPush | null {
  const { parkApiPush } = deps.config.deployment;
  if (!parkApiPush) return null;
  if (deps.isSimulated) {
    deps.logger.warn({ url: parkApiPush.url }, 'simulated data are not pushed to ParkAPI');
    return null;
  }
  const { url, sourceUid, password } = parkApiPush;
  return createParkApiPush({
    url,
    sourceUid,
    password: deps.config.secrets.get(password.secret) ?? '',
    index: createInventoryIndex(deps.inventory),
    present: deps.present,
    inventoryAtMs: deps.inventoryAtMs,
    timeZone: deps.config.deployment.timeZone,
    clock: deps.clock,
    log: deps.logger,
  });
}

/** Figures of the push; none where there is no push. */
export function parkApiPushMetrics(push: ParkApiPush | null, clock: Clock): readonly Metric[] {
  if (!push) return [];
  const name = (word: string): string => `parklotse_parkapi_push_${word}`;
  return [
    {
      name: name('items_total'),
      help: 'Sites and spaces that ParkAPI was offered, by its answer',
      type: 'counter',
      read() {
        const { pushed, rejected } = push.status();
        return [
          [{ answer: 'taken' }, pushed],
          [{ answer: 'refused' }, rejected],
        ];
      },
    },
    {
      name: name('up'),
      help: 'Whether the last delivery to ParkAPI succeeded',
      type: 'gauge',
      read: () => (push.status().problem === null ? 1 : 0),
    },
    {
      name: name('age_seconds'),
      help: 'Since ParkAPI last had everything',
      type: 'gauge',
      read() {
        const { lastSuccessMs } = push.status();
        return lastSuccessMs === null ? [] : [[{}, (clock.now() - lastSuccessMs) / 1000]];
      },
    },
  ];
}
