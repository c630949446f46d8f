/**
 * Writes to a history file for as long as it lives, and says on standard output what was confirmed, and
 * what was wrong when it was not: then it tries the same batch again, as the record stage does.
 */
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { AppError } from '../../services/domain/errors.ts';
import { toSpaceId } from '../../services/domain/ids.ts';
import { batch, observation } from './history-store-rows.ts';

// A file that meets the size limit of the process gets this signal; the write then fails with EFBIG.
process.on('SIGXFSZ', () => undefined);

const [path = '', rows = '1'] = process.argv.slice(2);
const store = await duckdbStore({ path, memoryLimitMb: 128, threads: 1 });
for (let seq = (await store.cursor()) + 1; ;) {
  try {
    const observations = Array.from({ length: Number(rows) }, (_, at) =>
      // Of a space that was never heard of before.
      observation(seq, { order: at, spaceId: toSpaceId(`space-${seq}`) }),
    );
    await store.append(batch({ observations, upTo: seq }));
    process.stdout.write(`${seq}\n`);
    seq += 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { state, problem } = store.status();
    process.stdout.write(
      `full ${error.code} ${error.retryable ? 'retryable' : 'final'} ${state} ${problem}\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
