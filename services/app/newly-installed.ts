import type { Decoder } from '../decoders/decoder.ts';
import { interpret } from '../decoders/interpret.ts';
import type { DevEui } from '../domain/ids.ts';
import { createInstallations, devicesThatChanged } from '../domain/installations.ts';
import type { Observed } from '../domain/observation.ts';
import type { Installation } from '../domain/site.ts';
import type { Uplink } from '../domain/uplink.ts';

/** The devices that were installed, or put right, between two lists of installations. */
export function createNewlyInstalled(
  before: readonly Installation[],
  after: readonly Installation[],
  findDecoder: (model: string) => Decoder | undefined,
): {
  readonly devices: ReadonlySet<DevEui>;
  /** What an uplink says now, if it said nothing before. */
  readonly read: (uplink: Uplink) => Observed | undefined;
} {
  const devices = devicesThatChanged(before, after);
  const old = createInstallations(() => ({ installations: before }));
  const current = createInstallations(() => ({ installations: after }));
  return {
    devices,
    read(uplink) {
      if (!devices.has(uplink.devEui) || interpret(uplink, old, findDecoder).ok) return undefined;
      const interpreted = interpret(uplink, current, findDecoder);
      return interpreted.ok ? interpreted.value : undefined;
    },
  };
}
