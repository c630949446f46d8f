/** Plain data that survives a restart, one value a name; losing it costs time, never facts. */
export interface Snapshots {
  /** Replaces the value as a whole: after a crash either the old or the new one is there. */
  save(name: string, value: unknown): Promise<void>;
  /** `undefined` when there is none, or none that can be read. */
  load(name: string): Promise<unknown>;
}
