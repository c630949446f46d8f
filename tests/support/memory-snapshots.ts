import type { Snapshots } from '../../services/ports/snapshots.ts';

/** Snapshots that forget with the process. */
export function memorySnapshots(): Snapshots {
  const values = new Map<string, unknown>();
  return {
    async save(name, value, after) {
      const saved = structuredClone(value);
      await after;
      values.set(name, saved);
    },
    load: (name) => Promise.resolve(values.get(name)),
  };
}
