import { derived } from './derived.ts';
import type { DevEui, EpochMs } from './ids.ts';
import type { Installation } from './site.ts';

/** Who was where when; answers in the time of the uplink, so a moved device keeps its past. */
export interface Installations {
  at(devEui: DevEui, atMs: EpochMs): Installation | undefined;
}

export const isInForce = (
  { fromMs, untilMs }: Pick<Installation, 'fromMs' | 'untilMs'>,
  atMs: EpochMs,
): boolean => fromMs <= atMs && (untilMs === null || atMs < untilMs);

const nowhere: readonly Installation[] = [];

/** The installations of the inventory as it is when it is asked. */
export function createInstallations(
  inventory: () => { readonly installations: readonly Installation[] },
): Installations {
  const byDevice = derived(inventory, ({ installations }) =>
    Map.groupBy(installations, ({ devEui }) => devEui),
  );
  return {
    at(devEui, atMs) {
      for (const installation of byDevice().get(devEui) ?? nowhere)
        if (isInForce(installation, atMs)) return installation;
      return undefined;
    },
  };
}

/** Devices that are installed elsewhere, at another time or as another model than before. */
export function devicesThatChanged(
  before: readonly Installation[],
  after: readonly Installation[],
): ReadonlySet<DevEui> {
  const told = (installations: readonly Installation[]): ReadonlyMap<DevEui, string> =>
    new Map(
      [...Map.groupBy(installations, ({ devEui }) => devEui)].map(([devEui, its]) => [
        devEui,
        JSON.stringify(its.toSorted((a, b) => a.fromMs - b.fromMs)),
      ]),
    );
  const old = told(before);
  return new Set(
    [...told(after)].flatMap(([devEui, its]) => (old.get(devEui) === its ? [] : devEui)),
  );
}
