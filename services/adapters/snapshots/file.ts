import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Logger } from '../../ports/logger.ts';
import type { Snapshots } from '../../ports/snapshots.ts';

/** Raised when the shape of a snapshot changes: an older one is then rebuilt from the log. */
const format = 1;

/**
 * The same value, in which equal texts are one: reading makes a text of its own for every time a device or
 * space is named, half of the memory of a large deployment.
 */
function shareTexts(value: unknown, known: Map<string, string>): unknown {
  if (typeof value === 'string') {
    const before = known.get(value);
    if (before === undefined) known.set(value, value);
    return before ?? value;
  }
  // Columns of numbers hold no text, and the trackers keep no maps in their snapshots.
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) fields[key] = shareTexts(fields[key], known);
  return value;
}

/** A file a name: written beside, synced and renamed, so that a crash leaves the old one. */
export function fileSnapshots(dir: string, log: Logger): Snapshots {
  const pathOf = (name: string): string => join(dir, `${name}.snapshot`);
  return {
    async save(name, value, after) {
      // Before anything is waited for: the value may change meanwhile.
      const bytes = serialize({ format, value });
      await after;
      await mkdir(dir, { recursive: true });
      const beside = `${pathOf(name)}.new`;
      const file = await open(beside, 'w');
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(beside, pathOf(name));
    },
    async load(name) {
      try {
        const bytes = await readFile(pathOf(name));
        const saved = deserialize(bytes) as { format: number; value: unknown };
        // Tens of megabytes that would be kept until old objects are collected, which may take minutes;
        // where they are not a part of the buffer that Node shares among small ones.
        if (bytes.byteLength === bytes.buffer.byteLength) bytes.buffer.transfer(0);
        return saved.format === format ? shareTexts(saved.value, new Map()) : undefined;
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
