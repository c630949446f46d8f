import type { EpochMs } from '../domain/ids.ts';
import type { Measure } from '../pipeline/measure/measure.ts';
import type { RecordStatus } from '../pipeline/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sources } from './sources.ts';

export interface CatchingUp {
  /** Resolves when every gap was asked for once and what came is in the history, or cannot be there now. */
  readonly done: Promise<void>;
  /** Share of the past that has been read and stored, 0–1. */
  progress(): number;
}

const lookEveryMs = 100;
/** A network server that hands out nothing more for so long is not waited for: its past is made up for later. */
const patienceMs = 120_000;

/** Watches the sources close their gaps after a start. */
export function catchUp(deps: {
  readonly clock: Clock;
  readonly recording: () => RecordStatus;
  readonly sources: Sources;
  /** Where the past ends. */
  readonly startedAtMs: EpochMs;
}): CatchingUp {
  const { clock, recording, sources, startedAtMs } = deps;
  let firstMs: EpochMs | null = null;
  let isRead = sources.backfills.length === 0;

  let heardMs = startedAtMs;
  let read = -1;
  const hasWaited = (): boolean => clock.now() - heardMs > patienceMs;
  const look = (): boolean => {
    const states = sources.backfills.map((backfill) => backfill.status());
    const readNow = states.reduce((sum, { completeUntilMs }) => sum + (completeUntilMs ?? 0), 0);
    if (readNow !== read) heardMs = clock.now();
    read = readNow;
    isRead ||= states.every(
      ({ state, completeUntilMs, problem }) =>
        (state === 'idle' && completeUntilMs !== null) || (problem !== null && hasWaited()),
    );
    const { backlogRecords, problem } = recording();
    return isRead && (backlogRecords < 1000 || problem !== null);
  };

  return {
    done: new Promise((resolve) => {
      if (look()) {
        resolve();
        return;
      }
      const stop = clock.every(lookEveryMs, () => {
        if (!look()) return;
        stop();
        resolve();
      });
    }),
    progress() {
      const untilMs = Math.min(
        ...sources.backfills.map((backfill) => backfill.status().completeUntilMs ?? Infinity),
      );
      if (untilMs === Infinity) return isRead ? 1 : 0;
      firstMs ??= untilMs;
      return isRead ? 1 : Math.max(0, (untilMs - firstMs) / (startedAtMs - firstMs));
    },
  };
}

/** Share of the past that is rolled up, 0–1, from where it is asked first. */
export function rollUpProgress(rollingUp: Measure['status'], clock: Clock): () => number {
  let firstMs: EpochMs | null = null;
  return () => {
    const { doneMs } = rollingUp();
    firstMs ??= doneMs;
    return doneMs === null || firstMs === null ? 0 : (doneMs - firstMs) / (clock.now() - firstMs);
  };
}
