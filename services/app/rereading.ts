import type { Decoder } from '../decoders/decoder.ts';
import type { Observed } from '../domain/observation.ts';
import type { Installation, Inventory } from '../domain/site.ts';
import type { Uplink } from '../domain/uplink.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Logger } from '../ports/logger.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { LogReader, LogSeq } from '../ports/uplink-log.ts';
import type { Historian } from './historian.ts';
import { createNewlyInstalled } from './newly-installed.ts';

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
  readonly log: Pick<LogReader, 'read'>;
  readonly historian: Pick<Historian, 'readAgain'>;
  readonly bus: EventBus;
  readonly snapshots: Snapshots;
  readonly logger: Logger;
}): Rereading {
  const { findDecoder, log, historian, bus, snapshots, logger } = deps;
  let last: Promise<void> = Promise.resolve();

  async function readForPresent(
    upTo: LogSeq,
    read: (uplink: Uplink) => Observed | undefined,
  ): Promise<void> {
    for await (const records of log.read(1)) {
      const known = records.filter(({ seq }) => seq <= upTo);
      const observed = known.flatMap(({ uplink }) => read(uplink) ?? []);
      if (observed.length > 0) bus.publish('observed', observed);
      if (known.length < records.length) return;
    }
  }

  async function followNow(after: readonly Installation[], upTo: LogSeq): Promise<void> {
    const before =
      ((await snapshots.load(snapshotName)) as readonly Installation[] | undefined) ?? after;
    const { devices, read } = createNewlyInstalled(before, after, findDecoder);
    if (devices.size > 0) {
      const stored = historian.readAgain({ before, after, upTo });
      await readForPresent(upTo, read);
      const uplinks = await stored;
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
