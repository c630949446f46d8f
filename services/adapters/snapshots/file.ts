import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Logger } from '../../ports/logger.ts';
import type { Snapshots } from '../../ports/snapshots.ts';

/** Raised when the shape of a snapshot changes: an older one is then rebuilt from the log. */
const format = 1;

/** What was found in a value that is being read. */
interface Found {
  readonly texts: Map<string, string>;
  /** Columns of numbers, which lie in the bytes they were read from, or what may hold such. */
  mayHoldColumns: boolean;
}

/**
 * The same value, in which equal texts are one: reading makes a text of its own for every time a device or
 * space is named, half of the memory of a large deployment.
 */
function shareTexts(value: unknown, found: Found): unknown {
  if (typeof value === 'string') {
    const before = found.texts.get(value);
    if (before === undefined) found.texts.set(value, value);
    return before ?? value;
  }
  if (typeof value !== 'object' || value === null) return value;
  // The trackers keep neither in their snapshots: there is no text to share.
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set) {
    found.mayHoldColumns = true;
    return value;
  }
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) fields[key] = shareTexts(fields[key], found);
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
        if (saved.format !== format) return undefined;
        const found: Found = { texts: new Map(), mayHoldColumns: false };
        const value = shareTexts(saved.value, found);
        // Tens of megabytes that would be kept until old objects are collected, which may take minutes;
        // where they are not a part of the buffer that Node shares among small ones.
        if (!found.mayHoldColumns && bytes.byteLength === bytes.buffer.byteLength)
          bytes.buffer.transfer(0);
        return value;
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
