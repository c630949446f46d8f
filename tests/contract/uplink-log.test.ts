import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openUplinkLog } from '../../services/adapters/uplink-log/index.ts';
import type { LogRecord, LogSeq, UplinkLog } from '../../services/ports/uplink-log.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { anUplink, devEui } from '../support/uplinks.ts';

const readAll = async (
  log: UplinkLog,
  from: LogSeq = 1,
  batchSize?: number,
): Promise<readonly LogRecord[]> => {
  const all: LogRecord[] = [];
  for await (const batch of log.read(from, batchSize)) {
    expect(batch.length).toBeGreaterThan(0);
    if (batchSize !== undefined) expect(batch.length).toBeLessThanOrEqual(batchSize);
    all.push(...batch);
  }
  return all;
};
const ratio = fc.double({ min: -150, max: 150, noNaN: true });
const uplinks = fc.record(
  {
    devEui: fc.nat().map(devEui),
    session: fc.string({ unit: 'binary', maxLength: 60 }),
    fCnt: fc.integer({ min: 0, max: 0xffffffff }),
    fPort: fc.nat(255),
    payload: fc.uint8Array({ maxLength: 242 }),
    receivedAtMs: fc.nat(4_000_000_000_000),
    rssiDbm: fc.option(ratio),
    snrDb: fc.option(ratio),
    gateways: fc.nat(255),
    spreadingFactor: fc.option(fc.integer({ min: 5, max: 12 })),
    batteryRatio: fc.option(ratio),
    via: fc.constantFrom('mqtt', 'webhook', 'storage', 'replay'),
  },
  { noNullPrototype: true },
);

function uplinkLogContract(
  name: string,
  open: (clock: ReturnType<typeof createManualClock>) => Promise<UplinkLog>,
): void {
  describe(`UplinkLog: ${name}`, () => {
    const clock = createManualClock();
    let log: UplinkLog;
    beforeEach(async () => void (log = await open(clock)));
    afterEach(() => log.close());

    test('numbers records 1, 2, 3, … without gaps and says so', () => {
      expect(log.status()).toMatchObject({ first: 1, last: 0 });
      expect([0, 1, 2].map((fCnt) => log.append(anUplink({ fCnt })))).toEqual([1, 2, 3]);
      expect(log.status()).toMatchObject({ first: 1, last: 3 });
    });

    test('gives back any uplink exactly as it was, with the time it was stored', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(uplinks, { minLength: 1, maxLength: 20 }), async (sent) => {
          clock.advance(1);
          // One by one, and the second half at once.
          const half = Math.ceil(sent.length / 2);
          const seqs = sent.slice(0, half).map((uplink) => log.append(uplink));
          if (sent.length > half) {
            const first = log.appendAll(sent.slice(half));
            seqs.push(...sent.slice(half).map((_, i) => first + i));
          }
          const expected = sent.map((uplink, i) => ({
            seq: seqs[i],
            storedAtMs: clock.now(),
            uplink,
          }));
          expect(await readAll(log, seqs[0], 7)).toStrictEqual(expected);
        }),
        { numRuns: 30 },
      );
    });

    test.each([
      { from: 1, batchSize: 1, seqs: [1, 2, 3, 4, 5] },
      { from: 4, batchSize: 2, seqs: [4, 5] },
      { from: 0, batchSize: 100, seqs: [1, 2, 3, 4, 5] },
      { from: 6, batchSize: 100, seqs: [] },
    ])(
      'reads from $from on in batches of at most $batchSize',
      async ({ from, batchSize, seqs }) => {
        for (let fCnt = 0; fCnt < 5; fCnt += 1) log.append(anUplink({ fCnt }));
        expect((await readAll(log, from, batchSize)).map(({ seq }) => seq)).toEqual(seqs);
      },
    );

    test('a read ends at what was there when it began', async () => {
      log.append(anUplink());
      const seqs: LogSeq[] = [];
      for await (const [record] of log.read(1, 1)) {
        seqs.push(record!.seq);
        log.append(anUplink());
      }
      expect(seqs).toEqual([1]);
    });

    test('several readers and the writer do not disturb each other', async () => {
      for (let fCnt = 0; fCnt < 2000; fCnt += 1) log.append(anUplink({ fCnt }));
      const [one, two] = await Promise.all([readAll(log, 1, 3), readAll(log, 1001, 100)]);
      expect(one).toHaveLength(2000);
      expect(two).toHaveLength(1000);
    });

    test('an uplink is on stable storage when synced has resolved', async () => {
      log.append(anUplink());
      await expect(log.synced()).resolves.toBeUndefined();
    });

    test('releasing what was never recorded elsewhere is up to the caller: young records stay', async () => {
      log.append(anUplink());
      await log.release(2);
      expect(await readAll(log)).toHaveLength(1);
    });

    test('refuses to append once it is closed', async () => {
      await log.close();
      expect(() => log.append(anUplink())).toThrow(
        expect.objectContaining({ code: 'log-unavailable' }),
      );
    });
  });
}

uplinkLogContract('memory', (clock) => Promise.resolve(createMemoryLog(clock)));
uplinkLogContract('file', (clock) =>
  openUplinkLog({
    config: {
      kind: 'file',
      segmentMb: 1,
      keepDays: 30,
      keepMb: 100,
      syncEveryMs: 20,
      syncEveryRecords: 256,
    },
    directory: temporaryDirectory(),
    clock,
    log: createRecordingLogger(),
  }),
);
