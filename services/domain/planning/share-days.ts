import type { EpochMs } from '../ids.ts';
import type { Vacancy } from '../search-share/model/observed.ts';
import type { ShareDay } from './share-question.ts';

/** Days as they were handed over, piece by piece. */
export interface ShareDays {
  add(day: ShareDay): void;
  drop(fromMs: EpochMs): void;
  get(fromMs: EpochMs): ShareDay | undefined;
}

/** Vacancies one column a quantity: a tenth of the memory of as many objects. */
interface PackedVacancies {
  readonly sensedSpaces: number;
  readonly fromS: Float64Array;
  readonly toS: Float64Array;
  readonly end: Uint8Array;
  /** 0 where watching began on a space that was vacant already. */
  readonly openingSeen: Uint8Array;
  /** NaN where the take was seen. */
  readonly earliestToS: Float64Array;
}

type SeenStretch = ShareDay['stretches'] extends ReadonlyMap<string, infer Seen> ? Seen : never;

const pack = ({ sensedSpaces, vacancies }: SeenStretch): PackedVacancies => ({
  sensedSpaces,
  fromS: Float64Array.from(vacancies, ({ fromS }) => fromS),
  toS: Float64Array.from(vacancies, ({ toS }) => toS),
  end: Uint8Array.from(vacancies, ({ end }) => end),
  openingSeen: Uint8Array.from(vacancies, ({ isOpeningSeen }) => (isOpeningSeen === false ? 0 : 1)),
  earliestToS: Float64Array.from(vacancies, ({ earliestToS }) => earliestToS ?? NaN),
});

const unpack = (packed: PackedVacancies): SeenStretch => ({
  sensedSpaces: packed.sensedSpaces,
  vacancies: Array.from(packed.fromS, (fromS, i) => {
    const earliestToS = packed.earliestToS[i] ?? NaN;
    return {
      fromS,
      toS: packed.toS[i] ?? fromS,
      end: (packed.end[i] ?? 0) as Vacancy['end'],
      ...(packed.openingSeen[i] === 0 ? { isOpeningSeen: false as const } : {}),
      ...(Number.isNaN(earliestToS) ? {} : { earliestToS }),
    };
  }),
});

interface PackedDay {
  readonly stretches: Map<string, PackedVacancies>;
  readonly counts: Map<string, ShareDay['counts'] extends ReadonlyMap<string, infer C> ? C : never>;
  readonly guidedKm: Map<string, number>;
}

export function createShareDays(): ShareDays {
  const days = new Map<EpochMs, PackedDay>();
  return {
    add({ fromMs, stretches, counts, guidedKm }) {
      const day = days.get(fromMs) ?? {
        stretches: new Map(),
        counts: new Map(),
        guidedKm: new Map(),
      };
      for (const [id, seen] of stretches) day.stretches.set(id, pack(seen));
      for (const [id, counted] of counts) day.counts.set(id, counted);
      for (const [id, km] of guidedKm) day.guidedKm.set(id, km);
      days.set(fromMs, day);
    },
    drop(beforeMs) {
      for (const fromMs of days.keys()) if (fromMs < beforeMs) days.delete(fromMs);
    },
    get(fromMs) {
      const day = days.get(fromMs);
      if (day === undefined) return undefined;
      return {
        fromMs,
        counts: day.counts,
        guidedKm: day.guidedKm,
        // Unpacked when it is looked at: a fit that is carried on looks at new days only.
        get stretches() {
          return new Map([...day.stretches].map(([id, packed]) => [id, unpack(packed)]));
        },
      };
    },
  };
}
