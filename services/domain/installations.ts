import type { DevEui, EpochMs } from './ids.ts';
import type { Installation } from './site.ts';

/** Who was where when; answers in the time of the uplink, so a moved device keeps its past. */
export interface Installations {
  at(devEui: DevEui, atMs: EpochMs): Installation | undefined;
  all(): readonly Installation[];
}

/** The last installation of a device that began at or before a time and had not ended. */
export function createInstallations(all: readonly Installation[]): Installations {
  const byDevice = Map.groupBy(all, ({ devEui }) => devEui);
  return {
    at: (devEui, atMs) =>
      byDevice
        .get(devEui)
        ?.find(({ fromMs, untilMs }) => fromMs <= atMs && (untilMs === null || atMs < untilMs)),
    all: () => all,
  };
}
