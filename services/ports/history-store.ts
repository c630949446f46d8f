import type { DevEui, EpochMs, SiteId, SpaceId, StretchId, ZoneId } from '../domain/ids.ts';
import type { HistoryBatch } from '../domain/history-batch.ts';
import type { Count, DeviceHealth, Observation, Transition } from '../domain/observation.ts';
import type { RollUp, RollUpStep } from '../domain/roll-up.ts';
import type { LogSeq } from './uplink-log.ts';

export type { HistoryBatch, Revision } from '../domain/history-batch.ts';

/** Half-open, `[fromMs, toMs)`. */
export interface TimeRange {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

export interface HistoryStatus {
  readonly state: 'ready' | 'unavailable';
  /** One sentence; `null` while all is well. */
  readonly problem: string | null;
}

/**
 * Everything that is past, by time. All answers are ordered by time, then by id. Idempotent on
 * (device, time, order) for observations, (device, time, fCnt) for health, (space, time) for
 * transitions, (device, direction, from) for counts and (scope, id, step, from) for roll-ups: of two
 * rows with the same key the one written later holds. Counts and roll-ups are found by their `fromMs`.
 * Throws `store-unavailable` (retryable) or `store-refused` (the data is at fault; not retryable).
 */
export interface HistoryStore {
  append(batch: HistoryBatch): Promise<void>;
  /**
   * The position of the last batch that is durably stored: the record stage goes on after it. 0 when
   * nothing came through the log yet. A position beyond the end of the log means another log.
   */
  cursor(): Promise<LogSeq>;

  observations(
    query: TimeRange & { readonly spaceIds?: readonly SpaceId[] },
  ): Promise<readonly Observation[]>;
  transitions(
    query: TimeRange & {
      readonly spaceIds?: readonly SpaceId[];
      readonly method?: Transition['method'];
    },
  ): Promise<readonly Transition[]>;
  /** The last transition of each space before `atMs`. */
  stateAt(atMs: EpochMs, spaceIds?: readonly SpaceId[]): Promise<ReadonlyMap<SpaceId, Transition>>;
  /**
   * When each space was observed in the range, in the order of time; spaces without news in it are absent.
   * Of the times in one step, counted from 1970, the first and the last: who asks how long news held
   * learns all of it when they hold for a step or longer.
   */
  seen(
    query: TimeRange & { readonly spaceIds?: readonly SpaceId[]; readonly stepMs: number },
  ): Promise<ReadonlyMap<SpaceId, readonly EpochMs[]>>;
  /** When each was last observed in the range. */
  lastSeen(range: TimeRange): Promise<ReadonlyMap<SpaceId, EpochMs>>;
  counts(
    query: TimeRange & {
      readonly stretchIds?: readonly StretchId[];
      readonly siteIds?: readonly SiteId[];
    },
  ): Promise<readonly Count[]>;
  health(
    query: TimeRange & { readonly devEuis?: readonly DevEui[] },
  ): Promise<readonly DeviceHealth[]>;

  /** Replaces what is there of the same intervals; `rows` name each interval of a place once. */
  writeRollUps(rows: readonly RollUp[]): Promise<void>;
  rollUps(
    query: TimeRange & {
      readonly scope: RollUp['scope'];
      readonly step: RollUpStep;
      readonly ids?: readonly (SpaceId | SiteId | StretchId | ZoneId | string)[];
      /** `stays` and `vacancies`, most of what there is to read, are `null` then. */
      readonly leaveOut?: 'ages';
    },
  ): Promise<readonly RollUp[]>;

  /** Deletes what is older than the given times; absent kinds are kept. */
  prune(before: {
    readonly observationsMs?: EpochMs;
    readonly transitionsMs?: EpochMs;
    readonly countsMs?: EpochMs;
    readonly healthMs?: EpochMs;
    readonly rollUpsMs?: Readonly<Partial<Record<RollUpStep, EpochMs>>>;
  }): Promise<void>;

  status(): HistoryStatus;
  close(): Promise<void>;
}
