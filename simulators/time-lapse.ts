/** How simulated time runs. */
export interface TimeLapse {
  /** Instant at which simulated and real time agree. */
  readonly anchorMs: number;
  readonly speed: number;
}

/** The clock of the simulated world. */
export const clockOf =
  ({ anchorMs, speed }: TimeLapse): (() => number) =>
  () =>
    anchorMs + (Date.now() - anchorMs) * speed;
