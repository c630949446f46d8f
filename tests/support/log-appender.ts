import { writeSync } from 'node:fs';
import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
import { AppError } from '../../services/domain/errors.ts';
import { realClock } from './real-clock.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { anUplink } from './uplinks.ts';

/**
 * A process that does nothing but append to the log in its first argument, as fast as it can. It prints
 * the number of each record once `append` has returned, and `full` when it fails; it stops by being killed.
 */
const say = (text: string | number): void => void writeSync(1, `${text}\n`);
// A file that meets the size limit of the process gets this signal; the write then fails with EFBIG.
process.on('SIGXFSZ', () => undefined);

const log = await openUplinkLog({
  config: {
    kind: 'file',
    segmentMb: 1,
    keepDays: 30,
    keepMb: 1000,
    syncEveryMs: 20,
    syncEveryRecords: 256,
  },
  directory: process.argv[2] ?? '',
  clock: realClock,
  log: createRecordingLogger(),
});

function appendSome(): void {
  try {
    for (let i = 0; i < 100; i += 1) say(log.append(anUplink({ fCnt: log.status().last + 1 })));
    setImmediate(appendSome);
  } catch (error) {
    say(
      error instanceof AppError ? `full ${error.code} ${error.message}` : `broken ${String(error)}`,
    );
    setTimeout(appendSome, 10);
  }
}
appendSome();
