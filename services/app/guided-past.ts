import type { GuidedRecord } from '../ports/guided-record.ts';

/** Stops of guided drivers that somebody else has recorded. */
export type GuidedPast = Pick<GuidedRecord, 'between'>;

/** Both records as one. */
export function joinGuidedRecords(own: GuidedPast, past: GuidedPast | undefined): GuidedPast {
  return {
    async between(fromMs, toMs) {
      const [before, since] = await Promise.all([
        past?.between(fromMs, toMs) ?? [],
        own.between(fromMs, toMs),
      ]);
      return [...before, ...since].sort((a, b) => a.atMs - b.atMs);
    },
  };
}
