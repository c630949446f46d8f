import { AppError } from '../../services/domain/errors.ts';
import type { Clock } from '../../services/ports/clock.ts';
import type { LogRecord, UplinkLog } from '../../services/ports/uplink-log.ts';

export interface MemoryLog extends UplinkLog {
  readonly records: readonly LogRecord[];
  /** While true, `append` fails as it does on a full disk. */
  isFull: boolean;
}

/** A log that forgets with the process, for tests of what stands around it. It keeps everything. */
export function createMemoryLog(clock: Pick<Clock, 'now'>): MemoryLog {
  const records: LogRecord[] = [];
  let isClosed = false;
  return {
    records,
    isFull: false,
    append(uplink) {
      return this.appendAll([uplink]);
    },
    appendAll(uplinks) {
      if (isClosed) throw new AppError('log-unavailable', 'the log is closed');
      if (this.isFull) throw new AppError('log-unavailable', 'disk full', { retryable: true });
      const first = records.length + 1;
      uplinks.forEach((uplink, index) =>
        records.push({ seq: first + index, storedAtMs: clock.now(), uplink }),
      );
      return first;
    },
    synced: () => Promise.resolve(),
    async *read(from, batchSize = 1000) {
      const end = records.length;
      for (let at = Math.max(0, from - 1); at < end; at += batchSize) {
        yield await Promise.resolve(records.slice(at, Math.min(end, at + batchSize)));
      }
    },
    release: () => Promise.resolve(),
    status: () => ({ first: 1, last: records.length, bytes: 0, segments: 1, cutBytes: 0 }),
    close: () => Promise.resolve(void (isClosed = true)),
  };
}
