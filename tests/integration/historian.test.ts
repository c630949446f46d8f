import { expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { openHistorian } from '../../services/app/historian.ts';
import { toInventory } from '../../services/app/inventory.ts';
import type { LogReader } from '../../services/ports/uplink-log.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { memorySnapshots } from '../support/memory-snapshots.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { anUplink } from '../support/uplinks.ts';

test('says of no record that the log may drop it before the history has it', async () => {
  const config = loadConfig(deploymentFolder(1), new Set(['bosch-tps110']), {});
  const halfRead = Promise.withResolvers<undefined>();
  const goingOn = Promise.withResolvers<undefined>();
  const record = (seq: number) => ({ seq, storedAtMs: 0, uplink: anUplink({ fCnt: seq }) });
  const log: LogReader = {
    synced: () => Promise.resolve(),
    status: () => ({ last: 4 }),
    async *read() {
      yield [record(1), record(2)];
      halfRead.resolve(undefined);
      await goingOn.promise;
      yield [record(3), record(4)];
    },
  };
  const clock = createManualClock();
  const historian = await openHistorian(
    {
      dataDir: temporaryDirectory(),
      deployment: { ...config.deployment, history: { kind: 'memory' } },
      secrets: new Map(),
      inventory: toInventory(config),
    },
    {
      log,
      findDecoder: () => undefined,
      snapshots: memorySnapshots(),
      clock,
      logger: createRecordingLogger(),
    },
  );
  await historian.startRecording();
  clock.advance(250);
  await halfRead.promise;
  expect(await historian.save(clock.now())).toBe(0);
  goingOn.resolve(undefined);
  await historian.stopRecording();
  expect(await historian.save(clock.now())).toBe(4);
  await historian.close();
});
