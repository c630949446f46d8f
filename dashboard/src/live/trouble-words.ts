import { m } from '../paraglide/messages.js';
import type { Trouble } from './request.ts';

/** Why there is no answer, for those who wait for it. */
export const troubleWords: Readonly<Record<Trouble, () => string>> = {
  offline: m.trouble_offline,
  silent: m.trouble_silent,
  denied: m.trouble_denied,
  missing: m.trouble_missing,
  busy: m.trouble_busy,
  history: m.trouble_history,
  failed: m.trouble_failed,
};
