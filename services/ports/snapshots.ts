/** Plain data that survives a restart, one value a name; losing it costs time, never facts. */
export interface Snapshots {
  /**
   * Replaces the value as a whole: after a crash either the old or the new one is there. It is taken as
   * it is at the call, and replaces the old one when `after` has come true.
   */
  save(name: string, value: unknown, after?: Promise<void>): Promise<void>;
  /** `undefined` when there is none, or none that can be read. */
  load(name: string): Promise<unknown>;
}
