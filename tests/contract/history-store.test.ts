import { join } from 'node:path';

import { afterAll, beforeAll, describe } from 'vitest';

import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { influxdbStore } from '../../services/adapters/history-store/influxdb.ts';
import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { startInfluxd } from '../support/influxd.ts';
import type { TestServer } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { historyQuestionsContract } from './history-questions-contract.ts';
import { historyRollUpsContract } from './history-roll-ups-contract.ts';
import { historyRecordsContract } from './history-records-contract.ts';

/** The whole promise of the port. */
function historyStoreContract(...its: Parameters<typeof historyRecordsContract>): void {
  const [name, open] = its;
  historyQuestionsContract(name, open);
  historyRecordsContract(...its);
  historyRollUpsContract(...its);
}

historyStoreContract('memory', () => Promise.resolve(memoryStore()));

let options = { path: '', memoryLimitMb: 128, threads: 1 };
historyStoreContract(
  'duckdb',
  () => {
    options = { ...options, path: join(temporaryDirectory(), 'history.duckdb') };
    return duckdbStore(options);
  },
  () => duckdbStore(options),
);

describe('with a real InfluxDB', () => {
  let server: TestServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startInfluxd();
  });
  afterAll(() => server.stop());
  const open = () =>
    Promise.resolve(
      influxdbStore(
        {
          kind: 'influxdb',
          url: server.url,
          api: '1',
          database: `history_${databases}`,
          organisation: '',
          timeoutS: 60,
        },
        { logId: 'log-1' },
      ),
    );
  historyStoreContract(
    'influxdb',
    () => {
      databases += 1;
      return open();
    },
    open,
  );
});
