import type { EpochMs } from '../ids.ts';
import type { ShareDay } from './share-question.ts';

/** Days as they were handed over, piece by piece. */
export interface ShareDays {
  add(day: ShareDay): void;
  drop(fromMs: EpochMs): void;
  get(fromMs: EpochMs): ShareDay | undefined;
}

export function createShareDays(): ShareDays {
  const days = new Map<EpochMs, ShareDay>();
  return {
    add({ fromMs, stretches, counts }) {
      const known = days.get(fromMs);
      days.set(fromMs, {
        fromMs,
        stretches: new Map([...(known?.stretches ?? []), ...stretches]),
        counts: new Map([...(known?.counts ?? []), ...counts]),
      });
    },
    drop(beforeMs) {
      for (const fromMs of days.keys()) if (fromMs < beforeMs) days.delete(fromMs);
    },
    get: (fromMs) => days.get(fromMs),
  };
}
