import { derived } from './derived.ts';
import type { DevEui, EpochMs } from './ids.ts';
import type { Installation, Inventory } from './site.ts';

/** Who was where when; answers in the time of the uplink, so a moved device keeps its past. */
export interface Installations {
  at(devEui: DevEui, atMs: EpochMs): Installation | undefined;
}

export const isInForce = (
  { fromMs, untilMs }: Pick<Installation, 'fromMs' | 'untilMs'>,
  atMs: EpochMs,
): boolean => fromMs <= atMs && (untilMs === null || atMs < untilMs);

/** The installations of the inventory as it is when it is asked. */
export function createInstallations(inventory: () => Inventory): Installations {
  const byDevice = derived(inventory, ({ installations }) =>
    Map.groupBy(installations, ({ devEui }) => devEui),
  );
  return {
    at: (devEui, atMs) =>
      byDevice()
        .get(devEui)
        ?.find((installation) => isInForce(installation, atMs)),
  };
}
