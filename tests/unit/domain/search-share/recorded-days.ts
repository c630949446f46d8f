import { readFileSync } from 'node:fs';
import type { ZoneObservations } from '../../../../services/domain/search-share/model/observed.ts';

interface Recording {
  readonly hours: number;
  readonly strata: number;
  readonly countS: number;
  readonly spaces: readonly number[];
  readonly sensors: ZoneObservations['sensors'];
  readonly reference: {
    readonly searchShareRatio: number;
    readonly fullRatio: number;
    readonly missedArrivalRatio: number;
    readonly falseFreeRatio: number;
    readonly productFormRatio?: number;
  };
  readonly days: readonly (readonly {
    readonly stretch: number;
    readonly sensed: number;
    readonly vacancies: readonly number[];
    readonly counts: readonly number[];
  }[])[];
}

/** Simulated days of `tests/fixtures/search-share`, with what the research code made of them. */
export function readRecording(name: string): {
  readonly observations: ZoneObservations;
  readonly reference: Recording['reference'];
} {
  const file = new URL(`../../../fixtures/search-share/${name}.json`, import.meta.url);
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const durationS = recording.hours * 3600;
  const stratumS = durationS / recording.strata;
  const segments = Array.from({ length: recording.strata }, (_, stratum) => ({
    fromS: stratum * stratumS,
    toS: (stratum + 1) * stratumS,
    stratum,
  }));
  const groups = recording.days.flatMap((stretches, day) =>
    stretches.map(({ stretch, sensed, vacancies, counts }) => ({
      stretch,
      day,
      sensedSpaces: sensed,
      vacancies: Array.from({ length: vacancies.length / 3 }, (_, i) => ({
        fromS: vacancies[3 * i]!,
        toS: vacancies[3 * i + 1]!,
        end: vacancies[3 * i + 2] as 0 | 1 | 2,
      })),
      counts: counts.map((vehicles, i) => ({
        fromS: i * recording.countS,
        toS: (i + 1) * recording.countS,
        vehicles,
      })),
    })),
  );
  return {
    observations: {
      stretches: recording.spaces.map((numberOfSpaces, s) => ({
        id: `s${s}`,
        lengthM: 100,
        numberOfSpaces,
      })),
      days: recording.days.map(() => ({ durationS, segments })),
      strata: recording.strata,
      groups,
      sensors: recording.sensors,
    },
    reference: recording.reference,
  };
}
