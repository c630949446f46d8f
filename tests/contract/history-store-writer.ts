/** Writes to a history file for as long as it lives, and says on standard output what was confirmed. */
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { batch, observation } from './history-store-rows.ts';

const [path = ''] = process.argv.slice(2);
const store = await duckdbStore({ path, memoryLimitMb: 128, threads: 1 });
for (let seq = (await store.cursor()) + 1; ; seq += 1) {
  await store.append(batch({ observations: [observation(seq)], upTo: seq }));
  process.stdout.write(`${seq}\n`);
}
