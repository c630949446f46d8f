import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../services/adapters/history-store/memory.ts';
import { AppError } from '../../../services/domain/errors.ts';
import { createTracker } from '../../../services/domain/tracker.ts';
import type { Uplink } from '../../../services/domain/uplink.ts';
import { createRecord } from '../../../services/pipeline/record.ts';
import type { HistoryBatch, HistoryStore } from '../../../services/ports/history-store.ts';
import type { LogReader, LogRecord } from '../../../services/ports/uplink-log.ts';
import { devEui, health, observed, seen } from '../../support/builders.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { waitFor } from '../../support/wait-for.ts';

const uplink = (fCnt: number, occupied: boolean): Uplink => ({
  devEui: devEui(1),
  session: 'a',
  fCnt,
  fPort: 1,
  payload: Uint8Array.of(occupied ? 1 : 0),
  receivedAtMs: fCnt * 1000,
  rssiDbm: null,
  snrDb: null,
  gateways: 1,
  spreadingFactor: null,
  batteryRatio: null,
  via: 'mqtt',
});

/** A log in memory: what the record stage needs of one. */
function logOf(uplinks: Uplink[]): LogReader {
  const records = (): LogRecord[] =>
    uplinks.map((one, index) => ({ seq: index + 1, storedAtMs: 0, uplink: one }));
  return {
    synced: () => Promise.resolve(),
    async *read(from, size = 1000) {
      for (let at = from - 1; at < uplinks.length; at += size) {
        await Promise.resolve();
        yield records().slice(at, at + size);
      }
    },
    status: () => ({ last: uplinks.length }),
  };
}

const interpret = (one: Uplink) =>
  observed({
    health: health(one.receivedAtMs, { fCnt: one.fCnt }),
    observations: [
      seen(one.receivedAtMs, one.payload[0] === 1 ? 'occupied' : 'vacant', { order: one.fCnt }),
    ],
  });

function setUp(uplinks: Uplink[], store: HistoryStore, trackedSeq = 0, log = logOf(uplinks)) {
  const refused: HistoryBatch[] = [];
  const clock = createManualClock(1_000_000);
  const recorder = createRecord({
    log,
    store,
    clock,
    logger: createRecordingLogger(),
    interpret,
    begin: async () => ({ cursor: await store.cursor(), tracker: createTracker(), trackedSeq }),
    savedSeq: trackedSeq,
    refused: (batch) => refused.push(batch),
  });
  return { recorder, clock, refused };
}
const everything = { fromMs: 0, toMs: 1e12 };
const four = [1, 2, 3, 4].map((n) => uplink(n, n % 2 === 1));

describe('the record stage', () => {
  test('brings the log into the history and its cursor after it', async () => {
    const store = memoryStore();
    const { recorder } = setUp([...four], store);
    recorder.start();
    await recorder.stop();
    expect(await store.observations(everything)).toHaveLength(4);
    expect(await store.cursor()).toBe(4);
    expect(recorder.status()).toMatchObject({ cursor: 4, backlogRecords: 0, problem: null });
  });

  test('goes on after the cursor with a tracker that has seen everything before it', async () => {
    const store = memoryStore();
    const uplinks = four.slice(0, 3);
    const first = setUp(uplinks, store);
    first.recorder.start();
    await first.recorder.stop();
    uplinks.push(uplink(4, false));
    const second = setUp(uplinks, store);
    second.recorder.start();
    await second.recorder.stop();
    expect((await store.transitions(everything)).map(({ atMs, method }) => [atMs, method])).toEqual(
      [
        [1000, 'inferred'],
        [2000, 'seen'],
        [3000, 'seen'],
        [4000, 'seen'],
      ],
    );
  });

  test('stores what it has folded when reading the log breaks off, and goes on there', async () => {
    const store = memoryStore();
    const log = logOf([...four]);
    let hasBroken = false;
    const breaking: LogReader = {
      ...log,
      async *read(from) {
        for await (const records of log.read(from, 1)) {
          yield records;
          if (hasBroken || records[0]?.seq !== 2) continue;
          hasBroken = true;
          throw new AppError('store-unavailable', 'the disk does not answer', { retryable: true });
        }
      },
    };
    const { recorder, clock } = setUp([], store, 0, breaking);
    recorder.start();
    clock.advance(250);
    await waitFor(() => recorder.status().problem !== null, { what: 'the reading to break off' });
    await recorder.stop();
    clock.advance(60_000);
    recorder.start();
    clock.advance(250);
    await recorder.stop();
    expect(hasBroken).toBe(true);
    expect((await store.observations(everything)).map(({ order }) => order)).toEqual([1, 2, 3, 4]);
    expect(await store.cursor()).toBe(4);
  });

  test('waits in front of a store that is away, says so, and loses nothing', async () => {
    const store = memoryStore();
    let isAway = true;
    const shaky: HistoryStore = {
      ...store,
      append: (batch) =>
        isAway
          ? Promise.reject(new AppError('store-unavailable', 'nobody answers', { retryable: true }))
          : store.append(batch),
    };
    const { recorder } = setUp([...four], shaky);
    await recorder.stop();
    expect(recorder.status()).toMatchObject({ backlogRecords: 4, problem: 'nobody answers' });
    isAway = false;
    const again = setUp([...four], shaky);
    await again.recorder.stop();
    expect(await store.observations(everything)).toHaveLength(4);
    expect(again.recorder.status().problem).toBeNull();
  });

  test('starts in front of a store that is away, and learns from it where to begin when it is back', async () => {
    const store = memoryStore();
    const before = setUp(four.slice(0, 3), store);
    await before.recorder.stop();
    let isAway = true;
    const shaky: HistoryStore = {
      ...store,
      cursor: () =>
        isAway
          ? Promise.reject(new AppError('store-unavailable', 'nobody answers', { retryable: true }))
          : store.cursor(),
    };
    const uplinks = four.slice(0, 3);
    const { recorder, clock } = setUp(uplinks, shaky);
    recorder.start();
    clock.advance(250);
    await waitFor(() => recorder.status().problem === 'nobody answers');
    expect(recorder.snapshot()).toBeUndefined();
    isAway = false;
    clock.advance(30_000);
    // There is nothing to write: that it answers is enough.
    await waitFor(() => recorder.status().problem === null);
    expect(recorder.status()).toMatchObject({ cursor: 3, backlogRecords: 0, retries: 0 });
    uplinks.push(uplink(4, false));
    await recorder.stop();
    expect(await store.cursor()).toBe(4);
    expect((await store.transitions(everything)).map(({ atMs }) => atMs)).toEqual([
      1000, 2000, 3000, 4000,
    ]);
  });

  test('what is understood since then reaches the history also from behind the snapshot', async () => {
    const store = memoryStore();
    await store.append({
      ...{ observations: [], revisions: [], transitions: [], counts: [], health: [] },
      upTo: 4,
    });
    // The snapshot is older than what is stored: the end was a kill -9.
    const { recorder, clock } = setUp([...four], store, 2);
    recorder.start();
    const again = recorder.readAgain(4, interpret);
    clock.advance(250);
    expect(await again).toBe(4);
    await recorder.stop();
    expect((await store.observations(everything)).map(({ observedAtMs }) => observedAtMs)).toEqual([
      1000, 2000, 3000, 4000,
    ]);
  });

  test('sets aside the rows that the store will never take, and no others', async () => {
    const store = memoryStore();
    const isWrong = ({ observedAtMs }: { observedAtMs: number }): boolean => observedAtMs === 2000;
    const strict: HistoryStore = {
      ...store,
      append: (batch) =>
        batch.observations.some(isWrong)
          ? Promise.reject(new AppError('store-refused', 'no such column'))
          : store.append(batch),
    };
    const { recorder, refused } = setUp([...four], strict);
    await recorder.stop();
    expect(refused).toMatchObject([
      { observations: [{ observedAtMs: 2000 }], transitions: [], counts: [], health: [] },
    ]);
    expect(await store.observations(everything)).toHaveLength(3);
    expect(await store.transitions(everything)).toHaveLength(4);
    expect(await store.health(everything)).toHaveLength(4);
    expect(await store.cursor()).toBe(4);
    expect(recorder.status()).toMatchObject({ cursor: 4, backlogRecords: 0, problem: null });
  });

  test('keeps of two transitions in one batch only the one that a late uplink left', async () => {
    const store = memoryStore();
    const { recorder } = setUp([uplink(1, true), uplink(3, true), uplink(2, false)], store);
    await recorder.stop();
    expect((await store.transitions(everything)).map(({ atMs, to }) => [atMs, to])).toEqual([
      [1000, 'occupied'],
      [2000, 'vacant'],
      [3000, 'occupied'],
    ]);
  });
});
