import type { Reading } from './decoder.ts';

/** What the sensors of Nwave have in common: bit 0 is the state, port 3 tells the firmware. */

export const isOccupied = (flags: number): boolean => (flags & 1) === 1;

export const firmwareOf = (payload: DataView): string =>
  `${payload.getUint8(0)}.${payload.getUint8(1)}.${payload.getUint8(2)}`;

/** A parking sensor's startup: [0..2] firmware, [3] reset cause, [4] bit 0: 1 = occupied. */
export const startupOf = (payload: DataView, causeOf: (cause: number) => string): Reading => ({
  kind: 'startup',
  occupied: isOccupied(payload.getUint8(4)),
  firmware: firmwareOf(payload),
  resetCause: causeOf(payload.getUint8(3)),
});

/** Battery in volts; generation 4 (an older text for the car counter has 2.4 V + 5 mV a step). */
export const batteryVOf = (value: number): number => (2500 + 4 * value) / 1000;

const resetCauses: Readonly<Record<number, string>> = {
  0: 'rejoin',
  1: 'watchdog',
  2: 'power-on',
  3: 'user-request',
  6: 'brownout',
};

/** Reset causes of generation 4. */
export const resetCauseOf = (cause: number): string => resetCauses[cause] ?? 'other';
