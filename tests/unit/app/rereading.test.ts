import { describe, expect, test } from 'vitest';
import { inProcessBus } from '../../../services/adapters/event-bus/in-process.ts';
import { createRereading } from '../../../services/app/rereading.ts';
import { findDecoder } from '../../../services/decoders/index.ts';
import { toSpaceId } from '../../../services/domain/ids.ts';
import type { Observation } from '../../../services/domain/observation.ts';
import { createNewlyInstalled } from '../../../services/app/newly-installed.ts';
import type { Installation } from '../../../services/domain/site.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createMemoryLog } from '../../support/memory-log.ts';
import { memorySnapshots } from '../../support/memory-snapshots.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { anUplink, devEui } from '../../support/uplinks.ts';

const fromMs = Date.UTC(2026, 10, 1);
const installed = (device: number, more: Partial<Installation> = {}): Installation => ({
  devEui: devEui(device),
  model: 'bosch-tps110',
  target: { kind: 'space', spaceId: toSpaceId(`space-${device}`) },
  fromMs,
  untilMs: null,
  occupiedBelowM: null,
  ...more,
});

/** A log of one uplink a device and day, and what is read of it again by which start. */
function setUp() {
  const snapshots = memorySnapshots();
  const log = createMemoryLog(createManualClock());
  for (const device of [1, 2, 3])
    for (const day of [-1, 1, 2])
      log.append(
        anUplink({
          devEui: devEui(device),
          payload: Uint8Array.of(1),
          receivedAtMs: fromMs + day * 86_400_000,
        }),
      );
  return async (installations: readonly Installation[], isBroken?: 'broken') => {
    const bus = inProcessBus();
    const present: string[] = [];
    const stored: Observation[] = [];
    bus.subscribe('observed', (all) =>
      present.push(
        ...all.flatMap(({ observations }) => observations.map(({ spaceId }) => spaceId)),
      ),
    );
    const rereading = createRereading({
      inventory: () => ({ installations }),
      findDecoder,
      log,
      historian: {
        readAgain({ before, after }) {
          if (isBroken) return Promise.reject(new Error('the process ends'));
          const { read } = createNewlyInstalled(before, after, findDecoder);
          stored.push(...log.records.flatMap(({ uplink }) => read(uplink)?.observations ?? []));
          return Promise.resolve(stored.length);
        },
      },
      bus,
      snapshots,
      logger: createRecordingLogger(),
    });
    await rereading.follow(log.records.length);
    return { present, stored: stored.map(({ spaceId }) => spaceId) };
  };
}

const nothing = { present: [], stored: [] };
const twice = (space: string) => ({ present: [space, space], stored: [space, space] });

describe('uplinks that came before their device was installed', () => {
  test('are read again once, those in the time of the installation only', async () => {
    const startWith = setUp();
    expect(await startWith([installed(1)])).toEqual(nothing);
    const both = [installed(1), installed(2)];
    expect(await startWith(both)).toEqual(twice('space-2'));
    expect(await startWith(both)).toEqual(nothing);
  });

  test('are read again when a wrong model was put right', async () => {
    const startWith = setUp();
    await startWith([installed(1, { model: 'nwave-ncc405' })]);
    expect(await startWith([installed(1)])).toEqual(twice('space-1'));
  });

  test('stay where they were when they had been understood', async () => {
    const startWith = setUp();
    await startWith([installed(1)]);
    const elsewhere = { kind: 'space', spaceId: toSpaceId('space-9') } as const;
    expect(await startWith([installed(1, { target: elsewhere })])).toEqual(nothing);
  });

  test('are read again by the next process when one ends before it is done', async () => {
    const startWith = setUp();
    await startWith([installed(1)]);
    const all = [installed(1), installed(3)];
    expect((await startWith(all, 'broken')).stored).toEqual([]);
    expect(await startWith(all)).toEqual(twice('space-3'));
  });
});
