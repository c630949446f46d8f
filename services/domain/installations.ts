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

/** The installations of the inventory as it is when it is asked. */
export function createInstallations(
  inventory: () => { readonly installations: readonly Installation[] },
): Installations {
  // Nearly every device was only ever at one place: a list on the way to it costs as much as the search.
  const byDevice = derived(
    inventory,
    ({ installations }) =>
      new Map(
        [...Map.groupBy(installations, ({ devEui }) => devEui)].map(([devEui, its]) => [
          devEui,
          its.length === 1 ? its[0] : its,
        ]),
      ),
  );
  return {
    at(devEui, atMs) {
      const its = byDevice().get(devEui);
      if (!Array.isArray(its)) return its && isInForce(its, atMs) ? its : undefined;
      return its.find((installation) => isInForce(installation, atMs));
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
