import type { HistoryStatus, HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { RollUpSums } from '../ports/roll-up-sums.ts';
import type { LogSeq } from '../ports/uplink-log.ts';
import type { Historian, HistorianSettings } from './historian.ts';
import type { PlainError } from './thread-calls.ts';

/** What the thread is started with. */
export interface HistorianThreadData {
  readonly settings: HistorianSettings;
  /** The deployment folder: it may bring codecs of its own. */
  readonly configDir: string;
  /** The time-lapse of a demo; absent, time is the machine's. */
  readonly lapse: { readonly anchorMs: number; readonly speed: number } | undefined;
  /** One number in shared memory: the last record that is on stable storage. */
  readonly synced: Float64Array<SharedArrayBuffer>;
}

/** What the thread tells unasked. */
export type HistorianNews =
  | {
      readonly kind: 'status';
      readonly history: HistoryStatus;
      readonly recording: ReturnType<Historian['recording']>;
      readonly rollingUp: ReturnType<Historian['rollingUp']>;
    }
  /** The thread will end: something was thrown that nobody caught. */
  | { readonly kind: 'fault'; readonly error: PlainError }
  | {
      readonly kind: 'log';
      readonly level: keyof Logger;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    };

type Store = Omit<HistoryStore, 'status' | 'close'> & Pick<RollUpSums, keyof RollUpSums>;

/** What can be asked of it: everything that takes time. */
export type HistorianCalls = Store &
  Omit<Historian, 'store' | 'sums' | 'recording' | 'rollingUp'> & {
    /** Opens the history; nothing else may be called before it has answered. */
    readonly open: () => Promise<void>;
  };

/** The last record on stable storage, as the writer told it. */
export const syncedSeq = (synced: Float64Array): LogSeq => synced[0] ?? 0;
