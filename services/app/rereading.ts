import type { Decoder } from '../decoders/decoder.ts';
import { interpret } from '../decoders/interpret.ts';
import { createInstallations, devicesThatChanged } from '../domain/installations.ts';
import type { Observed } from '../domain/observation.ts';
import type { Installation, Inventory } from '../domain/site.ts';
import type { Uplink } from '../domain/uplink.ts';
import type { Record as Recorder } from '../pipeline/record.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Logger } from '../ports/logger.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { LogSeq } from '../ports/uplink-log.ts';

const snapshotName = 'installations';

export interface Rereading {
  /**
   * Reads the log again up to a record that was read with other installations than those in force now.
   * Resolves when that is done; it is tried again at the next start if it cannot be.
   */
  follow(upTo: LogSeq): Promise<void>;
}

/**
 * Uplinks of a device that nobody had installed are in the log, and mean nothing. When its installation is
 * added, or a wrong model is put right, those that lie in its time are read again: into the present and
 * into the history. What was understood before stays where it was.
 */
export function createRereading(deps: {
  readonly inventory: () => Pick<Inventory, 'installations'>;
  readonly findDecoder: (model: string) => Decoder | undefined;
  readonly recorder: Pick<Recorder, 'readAgain'>;
  readonly bus: EventBus;
  readonly snapshots: Snapshots;
  readonly logger: Logger;
}): Rereading {
  const { findDecoder, recorder, bus, snapshots, logger } = deps;
  let last: Promise<void> = Promise.resolve();

  /** What an uplink says now, if it said nothing before. */
  function createReader(before: readonly Installation[], after: readonly Installation[]) {
    const devices = devicesThatChanged(before, after);
    const old = createInstallations(() => ({ installations: before }));
    const current = createInstallations(() => ({ installations: after }));
    const read = (uplink: Uplink): Observed | undefined => {
      if (!devices.has(uplink.devEui) || interpret(uplink, old, findDecoder).ok) return undefined;
      const interpreted = interpret(uplink, current, findDecoder);
      if (!interpreted.ok) return undefined;
      bus.publish('observed', interpreted.value);
      return interpreted.value;
    };
    return { devices, read };
  }

  async function followNow(after: readonly Installation[], upTo: LogSeq): Promise<void> {
    const before =
      ((await snapshots.load(snapshotName)) as readonly Installation[] | undefined) ?? after;
    const { devices, read } = createReader(before, after);
    if (devices.size > 0) {
      const uplinks = await recorder.readAgain(upTo, read);
      if (uplinks > 0)
        logger.info(
          { devices: devices.size, uplinks },
          'uplinks of newly installed devices read again',
        );
    }
    // Only now: a process that ends before this reads them again.
    await snapshots.save(snapshotName, after);
  }

  return {
    follow(upTo) {
      const after = deps.inventory().installations;
      last = last
        .then(() => followNow(after, upTo))
        .catch((err: unknown) => logger.warn({ err }, 'uplinks not read again'));
      return last;
    },
  };
}
