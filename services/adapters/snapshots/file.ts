import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Logger } from '../../ports/logger.ts';
import type { Snapshots } from '../../ports/snapshots.ts';

/** Raised when the shape of a snapshot changes: an older one is then rebuilt from the log. */
const format = 1;

/** A file a name: written beside, synced and renamed, so that a crash leaves the old one. */
export function fileSnapshots(dir: string, log: Logger): Snapshots {
  const pathOf = (name: string): string => join(dir, `${name}.snapshot`);
  return {
    async save(name, value) {
      await mkdir(dir, { recursive: true });
      const beside = `${pathOf(name)}.new`;
      const file = await open(beside, 'w');
      try {
        await file.writeFile(serialize({ format, value }));
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(beside, pathOf(name));
    },
    async load(name) {
      try {
        const saved = deserialize(await readFile(pathOf(name))) as {
          format: number;
          value: unknown;
        };
        return saved.format === format ? saved.value : undefined;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
          log.warn(
            { name, cause: String(cause) },
            'snapshot not usable, the log is replayed instead',
          );
        return undefined;
      }
    },
  };
}
