import type { Snapshots } from '../../services/ports/snapshots.ts';

/** Snapshots that forget with the process. */
export function memorySnapshots(): Snapshots {
  const values = new Map<string, unknown>();
  return {
    save: (name, value) => Promise.resolve(void values.set(name, structuredClone(value))),
    load: (name) => Promise.resolve(values.get(name)),
  };
}
