import { expect, test } from 'vitest';
import { fileDeadLetters } from '../../../services/adapters/dead-letters/file.ts';
import { inProcessBus } from '../../../services/adapters/event-bus/in-process.ts';
import { createDedupeWindow } from '../../../services/domain/dedupe.ts';
import { err } from '../../../services/domain/result.ts';
import { createIngest, type BatteryRatios } from '../../../services/pipeline/ingest.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryLog } from '../../support/memory-log.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { anUplink } from '../../support/uplinks.ts';

test('what a crash left in the log and not in the dead letters is set aside at the next start, once', async () => {
  const dir = temporaryDirectory();
  const clock = createManualClock();
  const log = createMemoryLog(clock);
  const start = () => {
    const deadLetters = fileDeadLetters(dir, createRecordingLogger());
    const ingest = createIngest({
      log,
      bus: inProcessBus(),
      clock,
      deadLetters,
      dedupe: createDedupeWindow({ maxKeys: 100, windowMs: 60_000 }),
      interpret: () => err({ reason: 'unknown-port', detail: 'port 77' }),
    });
    return { ingest, deadLetters };
  };
  start().ingest.receive([anUplink({ fCnt: 1, receivedAtMs: 1000 })]);
  // The process ends after the write to the log.
  log.append(anUplink({ fCnt: 2, receivedAtMs: 2000 }));
  for (const added of [[2000], []]) {
    const { ingest, deadLetters } = start();
    await ingest.replay(1);
    expect(deadLetters.recent().map(({ atMs }) => atMs)).toEqual(added);
  }
});

test('batteries that the network server told beside the uplinks are known after a restart', () => {
  const clock = createManualClock();
  const open = (batteryRatios?: BatteryRatios) =>
    createIngest({
      log: createMemoryLog(clock),
      bus: inProcessBus(),
      clock,
      deadLetters: fileDeadLetters(temporaryDirectory(), createRecordingLogger()),
      dedupe: createDedupeWindow({ maxKeys: 100, windowMs: 60_000 }),
      interpret: () => err({ reason: 'unknown-port', detail: 'port 77' }),
      batteryRatios,
    });
  const before = open();
  before.event({ kind: 'battery', devEui: 'A', batteryRatio: 0.4, atMs: 1000 });
  before.event({ kind: 'battery', devEui: 'B', batteryRatio: null, atMs: 1000 });
  const after = open(before.batteryRatios());
  expect([after.batteryRatio('A'), after.batteryRatio('B')]).toEqual([0.4, null]);
});
