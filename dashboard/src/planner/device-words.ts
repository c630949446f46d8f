import type { Device } from '../../../services/contract/device.ts';
import { m } from '../paraglide/messages.js';

/** What may be wrong with a device, in words; suspicions are called so. */
export const problemWords: Readonly<Record<Device['problems'][number], () => string>> = {
  silent: m.problem_silent,
  offline: m.problem_offline,
  'battery-low': m.problem_battery,
  'loses-uplinks': m.problem_losses,
  'weak-signal': m.problem_signal,
  faulty: m.problem_faulty,
  flapping: m.problem_flapping,
  stuck: m.problem_stuck,
  contradictory: m.problem_contradictory,
  'no-counts': m.problem_no_counts,
};
