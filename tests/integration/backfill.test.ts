import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ttsStorage } from '../../services/adapters/uplink-history/tts-storage.ts';
import { ttsStoredFormat } from '../../services/adapters/uplink-source/tts-message.ts';
import { createDedupeWindow } from '../../services/domain/dedupe.ts';
import { AppError } from '../../services/domain/errors.ts';
import { createBackfill, type Backfill } from '../../services/pipeline/backfill.ts';
import type { Snapshots } from '../../services/ports/snapshots.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemoryLog, type MemoryLog } from '../support/memory-log.ts';
import { memorySnapshots } from '../support/memory-snapshots.ts';
import { createRecordingHandler } from '../support/recording-handler.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { counters, storedUplink } from '../support/stored-uplinks.ts';
import { startTtsStorageServer, type TtsStorageServer } from '../support/tts-storage-server.ts';
import { waitFor } from '../support/wait-for.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const application = 'parking';
const apiKey = 'NNSXS.KEY';

describe('stored uplinks fill gaps', () => {
  let server: TtsStorageServer;
  let clock: ManualClock;
  let startMs: number;
  /** How far the clock of the network server is behind ours. */
  let behindMs = 0;
  let log: MemoryLog;
  let logger: ReturnType<typeof createRecordingLogger>;
  let snapshots: Snapshots;
  let backfill: Backfill;
  let offered: number;
  let lastUplinkMs: number | null;
  let dedupe: ReturnType<typeof createDedupeWindow>;
  const rejections = createRecordingHandler();

  const open = (): Backfill =>
    (backfill = createBackfill({
      history: ttsStorage({
        url: server.url,
        application: `${application}@ttn`,
        apiKey,
        retentionMs: 24 * hourMs,
        format: ttsStoredFormat,
        clock,
        pageSize: 10,
      }),
      handler: {
        // As ingest does it: what is known is dropped, what the log refuses comes again.
        receive(uplinks) {
          offered += uplinks.length;
          const fresh = uplinks.filter((uplink) => dedupe.isNew(uplink));
          try {
            if (fresh.length > 0) log.appendAll(fresh);
          } catch (error) {
            fresh.forEach(dedupe.forget);
            throw error;
          }
        },
        rejected: rejections.rejected,
      },
      snapshots,
      source: 'tts',
      clock,
      logger,
      lastUplinkMs: () => lastUplinkMs,
      everyMs: 15 * minuteMs,
      overlapMs: 2 * minuteMs,
    }));
  const kept = (): readonly number[] =>
    log.records.map(({ uplink }) => uplink.fCnt).sort((a, b) => a - b);
  /** Lets the stage work until the condition holds: it takes turns by the clock, with time or without. */
  const until = (condition: () => boolean, stepMs = 0): Promise<true> =>
    waitFor(() => {
      if (condition()) return true;
      clock.advance(stepMs);
      return undefined;
    });
  const idle = (): Promise<true> => until(() => backfill.status().state === 'idle');

  beforeEach(async () => {
    clock = createManualClock();
    startMs = clock.now();
    behindMs = 0;
    server = await startTtsStorageServer({
      application,
      apiKey,
      now: () => clock.now() - behindMs,
    });
    log = createMemoryLog(clock);
    logger = createRecordingLogger();
    snapshots = memorySnapshots();
    dedupe = createDedupeWindow({ maxKeys: 1000, windowMs: 10 * minuteMs });
    offered = 0;
    lastUplinkMs = startMs - hourMs;
  });
  afterEach(async () => {
    await backfill.stop();
    await server.stop();
  });

  test('since the last uplink in the log, less the overlap', async () => {
    server.store([
      storedUplink(1, startMs - hourMs - 3 * minuteMs),
      ...counters(2, 30).map((fCnt) =>
        storedUplink(fCnt, startMs - hourMs - minuteMs + fCnt * 1000),
      ),
    ]);
    await open().start();
    await idle();
    expect(kept()).toEqual(counters(2, 30));
    expect(backfill.status()).toMatchObject({ uplinks: 29, problem: null, lost: null });
  });

  test('with everything the server has when there is nothing yet', async () => {
    lastUplinkMs = null;
    server.store([storedUplink(1, startMs - 20 * hourMs), storedUplink(2, startMs - 30 * hourMs)]);
    await open().start();
    await idle();
    expect(kept()).toEqual([1]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('again and again, so that batches stored late are found, and nothing twice', async () => {
    server.store([storedUplink(1, startMs - 1000)]);
    await open().start();
    await idle();
    server.store([storedUplink(2, startMs - 500)]);
    clock.advance(15 * minuteMs);
    await idle();
    expect(kept()).toEqual([1, 2]);
    expect(offered).toBe(3);
  });

  test('at once after a connect, and once more when late batches have arrived', async () => {
    await open().start();
    await idle();
    clock.advance(minuteMs);
    server.store([storedUplink(1, clock.now() - 30_000)]);
    backfill.now();
    await idle();
    expect(kept()).toEqual([1]);
    server.store([storedUplink(2, clock.now() - 20_000)]);
    clock.advance(2 * minuteMs);
    await idle();
    expect(kept()).toEqual([1, 2]);
  });

  test('through every fault of the server', async () => {
    server.store(
      counters(1, 95).map((fCnt) => storedUplink(fCnt, startMs - hourMs + fCnt * 10_000)),
    );
    server.faults.push(
      { kind: 'status', status: 502 },
      { kind: 'cut' },
      { kind: 'rate-limit', seconds: 3 },
      { kind: 'wrong-lines' },
      { kind: 'torn-line' },
      { kind: 'error-line' },
      { kind: 'rate-limit', seconds: 600 },
      { kind: 'cut' },
    );
    await open().start();
    await until(() => backfill.status().state === 'idle', 1000);
    expect(kept()).toEqual(counters(1, 95));
    expect(rejections.rejections.map(({ reason }) => reason)).toContain('malformed-json');
    expect(backfill.status().problem).toBeNull();
  });

  test('from where it was when the process ended in the middle', async () => {
    server.store(
      counters(1, 95).map((fCnt) => storedUplink(fCnt, startMs - hourMs + fCnt * 30_000)),
    );
    const { appendAll } = log;
    // From the fifth page on the server answers no more.
    log.appendAll = (uplinks) => {
      const first = appendAll.call(log, uplinks);
      if (log.records.length >= 45) server.faults.push({ kind: 'hang' });
      return first;
    };
    await open().start();
    await until(() => log.records.length >= 45);
    await backfill.stop();
    const before = log.records.length;
    expect(before).toBeLessThan(95);
    log.appendAll = appendAll;
    server.faults.length = 0;
    const asked = server.requests.length;
    await open().start();
    await idle();
    expect(kept()).toEqual(counters(1, 95));
    // A page that the first life asked for last may reach the server late; it has a token.
    const resumed = server.requests.slice(asked).find((query) => !query.has('continuation_token'));
    const resumedMs = Date.parse(resumed?.get('after') ?? '');
    // Not from the beginning: at most a page and the overlap are asked for a second time.
    expect(resumedMs).toBeGreaterThan(startMs - hourMs + (before - 10) * 30_000 - 3 * minuteMs);
  });

  test('once the log can append again', async () => {
    server.store(
      counters(1, 20).map((fCnt) => storedUplink(fCnt, startMs - hourMs + fCnt * 10_000)),
    );
    log.isFull = true;
    await open().start();
    await until(() => backfill.status().state === 'waiting');
    expect(backfill.status().problem).toBe('disk full');
    log.isFull = false;
    await until(() => backfill.status().state === 'idle', 100);
    expect(kept()).toEqual(counters(1, 20));
  });

  test('and say loudly what the server no longer has', async () => {
    lastUplinkMs = startMs - 30 * hourMs;
    server.store([storedUplink(1, startMs - 29 * hourMs), storedUplink(2, startMs - 23 * hourMs)]);
    await open().start();
    await idle();
    expect(kept()).toEqual([2]);
    const lost = { fromMs: startMs - 30 * hourMs, toMs: startMs - 24 * hourMs };
    expect(backfill.status().lost).toEqual(lost);
    expect(logger.lines).toContainEqual({
      level: 'error',
      message: 'the gap is longer than the network server remembers: uplinks are lost',
      fields: { source: 'tts', ...lost },
    });
    // Who looks only after a restart is told too, for a month.
    await backfill.stop();
    await open().start();
    await idle();
    expect(backfill.status().lost).toEqual(lost);
    clock.advance(30 * 24 * hourMs);
    expect(backfill.status().lost).toBeNull();
  });

  test('from where live uplinks ended before the start, whatever comes live while the server is away', async () => {
    server.store([storedUplink(1, startMs - 30 * minuteMs)]);
    server.faults.push({ kind: 'status', status: 403 }, { kind: 'status', status: 403 });
    await open().start();
    await until(() => backfill.status().state === 'waiting');
    lastUplinkMs = clock.now();
    await backfill.stop();
    await open().start();
    await until(() => backfill.status().state === 'waiting');
    clock.advance(15 * minuteMs);
    await idle();
    expect(kept()).toEqual([1]);
  });

  test('no further than the clock of the server, however far ahead ours is', async () => {
    behindMs = 10 * minuteMs;
    await open().start();
    await idle();
    expect(backfill.status().completeUntilMs).toBe(startMs - 10 * minuteMs);
    server.store([storedUplink(1, startMs - 5 * minuteMs)]);
    clock.advance(15 * minuteMs);
    await idle();
    expect(kept()).toEqual([1]);
  });

  test('and set aside what cannot be read once, although the overlap brings it again', async () => {
    server.store([{ ...storedUplink(1, startMs - 1000), uplink_message: { f_port: 'one' } }]);
    await open().start();
    await idle();
    const before = rejections.rejections.length;
    backfill.now();
    await until(() => server.requests.length === 2);
    await idle();
    expect(rejections.rejections).toHaveLength(before);
    expect(rejections.rejections.at(-1)).toMatchObject({ reason: 'wrong-shape' });
  });

  test('also when the progress cannot be saved', async () => {
    server.store(counters(1, 15).map((fCnt) => storedUplink(fCnt, startMs - minuteMs + fCnt)));
    snapshots = { ...snapshots, save: () => Promise.reject(new Error('ENOSPC')) };
    await open().start();
    await idle();
    expect(kept()).toEqual(counters(1, 15));
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ message: 'progress of the backfill not saved' }),
    );
  });

  test('not with a key that is refused, which is tried again when the next round is due', async () => {
    server.faults.push({ kind: 'status', status: 403 });
    server.store([storedUplink(1, startMs - 1000)]);
    await open().start();
    await until(() => backfill.status().state === 'waiting');
    expect(backfill.status().problem).toMatch(/the key may not read the traffic/);
    clock.advance(15 * minuteMs);
    await idle();
    expect(kept()).toEqual([1]);
    // And not before: each asks for what there was until then.
    const untils = server.requests.map((query) => Date.parse(query.get('before') ?? ''));
    expect(untils.map((untilMs) => untilMs - (untils[0] ?? 0))).toEqual([0, 15 * minuteMs]);
  });

  test('and stop at once while the server does not answer', async () => {
    server.faults.push({ kind: 'hang' });
    await open().start();
    await waitFor(() => server.requests.length === 1);
    await backfill.stop();
    expect(backfill.status().state).toBe('stopped');
  });

  test('while a problem that is none of the outside ends the process', async () => {
    const bug = new TypeError('our bug');
    const failing = createBackfill({
      history: { retentionMs: null, page: () => Promise.reject(bug) },
      handler: rejections,
      snapshots,
      source: 'x',
      clock,
      logger,
      lastUplinkMs: () => null,
      everyMs: 1,
      overlapMs: 1,
    });
    await failing.start();
    await expect(failing.stop()).rejects.toBe(bug);
    expect(bug).not.toBeInstanceOf(AppError);
  });
});
