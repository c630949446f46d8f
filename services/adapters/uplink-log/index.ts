import type { LogConfig } from '../../../config/schema.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { LogReader, LogSeq, UplinkLog } from '../../ports/uplink-log.ts';
import { createFileLogReader } from './file-reader.ts';
import { openFileLog } from './file.ts';

/** Opens the log that the deployment names; `directory` is where a local one keeps its files. */
export function openUplinkLog(options: {
  readonly config: LogConfig;
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<UplinkLog> {
  return openFileLog(options);
}

/** The same log for a thread that only reads it, up to the record that `last` tells. */
export function openLogReader(options: {
  readonly directory: string;
  readonly last: () => LogSeq;
  readonly log: Logger;
}): LogReader {
  return createFileLogReader(options);
}
