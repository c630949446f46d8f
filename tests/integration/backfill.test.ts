import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ttsStorage } from '../../services/adapters/uplink-history/tts-storage.ts';
import { toNetworkMessage } from '../../services/adapters/uplink-source/tts-message.ts';
import { createDedupeWindow } from '../../services/domain/dedupe.ts';
import { AppError } from '../../services/domain/errors.ts';
import { createBackfill, type Backfill } from '../../services/pipeline/backfill.ts';
import type { Clock } from '../../services/ports/clock.ts';
import type { Snapshots } from '../../services/ports/snapshots.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemoryLog, type MemoryLog } from '../support/memory-log.ts';
import { changedMessage, exampleMessages } from '../support/network-messages.ts';
import { createRecordingHandler } from '../support/recording-handler.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import {
  startTtsStorageServer,
  type StorageFault,
  type TtsStorageServer,
} from '../support/tts-storage-server.ts';
import { waitFor } from '../support/wait-for.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const application = 'parking';
const apiKey = 'NNSXS.KEY';

/** A message as it is stored: received by the network server at `atMs`, stored a little later. */
const stored = (fCnt: number, atMs: number): Record<string, unknown> =>
  changedMessage(exampleMessages.tts['up'], {
    correlation_ids: undefined,
    'uplink_message.f_cnt': fCnt,
    'uplink_message.received_at': new Date(atMs).toISOString(),
    received_at: new Date(atMs + 200).toISOString(),
  });
const counters = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Snapshots that forget with the process. */
function memorySnapshots(): Snapshots {
  const values = new Map<string, unknown>();
  return {
    save: (name, value) => Promise.resolve(void values.set(name, structuredClone(value))),
    load: (name) => Promise.resolve(values.get(name)),
  };
}

describe('stored uplinks of The Things Stack', () => {
  let server: TtsStorageServer;
  let clock: ManualClock;
  let startMs: number;
  const history = (pageSize = 10, options: { clock?: Clock; timeoutMs?: number } = {}) =>
    ttsStorage({
      url: server.url,
      application: `${application}@ttn`,
      apiKey,
      retentionMs: 24 * hourMs,
      parse: toNetworkMessage,
      clock,
      pageSize,
      ...options,
    });
  const readAll = async (of = history()): Promise<readonly number[]> => {
    const all: number[] = [];
    let next: string | null = null;
    do {
      const page = await of.page({ fromMs: startMs - hourMs, toMs: startMs, next });
      expect(page.rejected).toEqual([]);
      all.push(...page.uplinks.map(({ fCnt }) => fCnt));
      next = page.next;
    } while (next !== null);
    return all;
  };
  const firstPage = () => history().page({ fromMs: startMs - hourMs, toMs: startMs, next: null });

  beforeEach(async () => {
    clock = createManualClock();
    startMs = clock.now();
    server = await startTtsStorageServer({ application, apiKey });
  });
  afterEach(() => server.stop());

  test('come page by page, each once, with everything an uplink has', async () => {
    server.store(counters(1, 35).map((fCnt) => stored(fCnt, startMs - hourMs + fCnt * 1000)));
    expect(await readAll()).toEqual(counters(1, 35));
    expect(server.requests).toHaveLength(4);
    const { uplinks } = await firstPage();
    expect(uplinks[0]).toMatchObject({
      devEui: '70B3D57ED0061A2B',
      session: 'AZqT5yY1nK7k0cQ2vBq3pA==',
      rssiDbm: -97,
      spreadingFactor: 9,
      batteryRatio: expect.closeTo(0.874, 3),
      via: 'storage',
    });
  });

  test('are asked for within the bounds, the first millisecond included and the last not', async () => {
    server.store([-hourMs, -1, 0].map((ms, i) => stored(i + 1, startMs + ms - 200)));
    expect(await readAll()).toEqual([1, 2]);
  });

  test('come without tokens as well, from servers before 3.26', async () => {
    await server.stop();
    server = await startTtsStorageServer({ application, apiKey, tokens: 'none' });
    server.store(counters(1, 35).map((fCnt) => stored(fCnt, startMs - hourMs + fCnt * 1000)));
    expect([...new Set(await readAll())]).toEqual(counters(1, 35));
  });

  test('come from a server that refuses the field mask', async () => {
    await server.stop();
    server = await startTtsStorageServer({ application, apiKey, mask: 'refused' });
    server.store([stored(1, startMs - minuteMs)]);
    expect(await readAll()).toEqual([1]);
  });

  test('an answer without any is the last page', async () => {
    expect(await firstPage()).toEqual({ uplinks: [], rejected: [], next: null });
  });

  test('lines that are no messages are set aside, and the others are read', async () => {
    server.store([stored(1, startMs - 2000), stored(2, startMs - 1000)]);
    server.faults.push({ kind: 'wrong-lines' });
    const page = await firstPage();
    expect(page.uplinks.map(({ fCnt }) => fCnt)).toEqual([1, 2]);
    expect(page.rejected).toMatchObject([
      { reason: 'malformed-json', raw: 'not json', atMs: startMs },
      { reason: 'wrong-shape', raw: '{"result":7}' },
      { reason: 'wrong-shape' },
    ]);
  });

  test.each<{ fault: StorageFault; problem: object }>([
    { fault: { kind: 'cut' }, problem: { code: 'source-unavailable', retryable: true } },
    { fault: { kind: 'torn-line' }, problem: { code: 'source-unavailable', retryable: true } },
    { fault: { kind: 'error-line' }, problem: { code: 'source-unavailable', retryable: true } },
    { fault: { kind: 'status', status: 503 }, problem: { retryable: true } },
    { fault: { kind: 'status', status: 403 }, problem: { retryable: false } },
    {
      fault: { kind: 'rate-limit', seconds: 61 },
      problem: { code: 'rate-limited', retryable: true },
    },
  ])('$fault.kind fails the page as a whole', async ({ fault, problem }) => {
    server.store(counters(1, 8).map((fCnt) => stored(fCnt, startMs - minuteMs + fCnt)));
    server.faults.push(fault);
    await expect(firstPage()).rejects.toMatchObject(problem);
    expect(await readAll()).toEqual(counters(1, 8));
  });

  test('a server that does not answer is given up', async () => {
    server.faults.push({ kind: 'hang' });
    const page = history(10, { timeoutMs: 50 }).page({ fromMs: 0, toMs: startMs, next: null });
    await expect(page).rejects.toMatchObject({ code: 'source-unavailable', retryable: true });
  });

  test('a server that asks for patience is asked again after the time it names', async () => {
    server.store([stored(1, startMs - minuteMs)]);
    server.faults.push({ kind: 'rate-limit', seconds: 7 }, { kind: 'rate-limit', seconds: 2 });
    const page = firstPage();
    let isDone = false;
    void page.then(() => (isDone = true));
    await waitFor(() => server.requests.length === 1);
    clock.advance(6_999);
    expect(server.requests).toHaveLength(1);
    await waitFor(() => {
      clock.advance(500);
      return isDone;
    });
    expect(server.requests).toHaveLength(3);
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(9_000);
    expect((await page).uplinks).toHaveLength(1);
  });

  describe('fill gaps', () => {
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
        history: history(),
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
        name: 'backfill-tts',
        clock,
        logger,
        lastUplinkMs: () => lastUplinkMs,
        everyMs: 15 * minuteMs,
        overlapMs: 2 * minuteMs,
      }));
    const kept = (): readonly number[] =>
      log.records.map(({ uplink }) => uplink.fCnt).sort((a, b) => a - b);
    /** Lets the stage work, a little time at a time, until the condition holds. */
    const until = (condition: () => boolean, stepMs = 1): Promise<true> =>
      waitFor(() => {
        if (condition()) return true;
        clock.advance(stepMs);
        return undefined;
      });
    const idle = (): Promise<true> => until(() => backfill.status().state === 'idle');

    beforeEach(() => {
      log = createMemoryLog(clock);
      logger = createRecordingLogger();
      snapshots = memorySnapshots();
      dedupe = createDedupeWindow({ maxKeys: 1000, windowMs: 10 * minuteMs });
      offered = 0;
      lastUplinkMs = startMs - hourMs;
    });
    afterEach(() => backfill.stop());

    test('since the last uplink in the log, less the overlap', async () => {
      server.store([
        stored(1, startMs - hourMs - 3 * minuteMs),
        ...counters(2, 30).map((fCnt) => stored(fCnt, startMs - hourMs - minuteMs + fCnt * 1000)),
      ]);
      await open().start();
      await idle();
      expect(kept()).toEqual(counters(2, 30));
      expect(backfill.status()).toMatchObject({ uplinks: 29, problem: null, lost: null });
    });

    test('with everything the server has when there is nothing yet', async () => {
      lastUplinkMs = null;
      server.store([stored(1, startMs - 20 * hourMs), stored(2, startMs - 30 * hourMs)]);
      await open().start();
      await idle();
      expect(kept()).toEqual([1]);
      expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    });

    test('again and again, so that batches stored late are found, and nothing twice', async () => {
      server.store([stored(1, startMs - 1000)]);
      await open().start();
      await idle();
      server.store([stored(2, startMs - 500)]);
      clock.advance(15 * minuteMs);
      await idle();
      expect(kept()).toEqual([1, 2]);
      expect(offered).toBe(3);
    });

    test('at once after a connect, and once more when late batches have arrived', async () => {
      await open().start();
      await idle();
      clock.advance(minuteMs);
      server.store([stored(1, clock.now() - 30_000)]);
      backfill.now();
      await idle();
      expect(kept()).toEqual([1]);
      server.store([stored(2, clock.now() - 20_000)]);
      clock.advance(2 * minuteMs);
      await idle();
      expect(kept()).toEqual([1, 2]);
    });

    test('through every fault of the server', async () => {
      server.store(counters(1, 95).map((fCnt) => stored(fCnt, startMs - hourMs + fCnt * 10_000)));
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
      server.store(counters(1, 95).map((fCnt) => stored(fCnt, startMs - hourMs + fCnt * 30_000)));
      await open().start();
      await until(() => log.records.length >= 45);
      await backfill.stop();
      const before = log.records.length;
      expect(before).toBeLessThan(95);
      const asked = server.requests.length;
      await open().start();
      await idle();
      expect(kept()).toEqual(counters(1, 95));
      // A page that the first life asked for last may reach the server late; it has a token.
      const resumed = server.requests
        .slice(asked)
        .find((query) => !query.has('continuation_token'));
      const resumedMs = Date.parse(resumed?.get('after') ?? '');
      // Not from the beginning: at most a page and the overlap are asked for a second time.
      expect(resumedMs).toBeGreaterThan(startMs - hourMs + (before - 10) * 30_000 - 3 * minuteMs);
    });

    test('once the log can append again', async () => {
      server.store(counters(1, 20).map((fCnt) => stored(fCnt, startMs - hourMs + fCnt * 10_000)));
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
      server.store([stored(1, startMs - 29 * hourMs), stored(2, startMs - 23 * hourMs)]);
      await open().start();
      await idle();
      expect(kept()).toEqual([2]);
      const lost = { fromMs: startMs - 30 * hourMs, toMs: startMs - 24 * hourMs };
      expect(backfill.status().lost).toEqual(lost);
      expect(logger.lines).toContainEqual({
        level: 'error',
        message: 'the gap is longer than the network server remembers: uplinks are lost',
        fields: { name: 'backfill-tts', ...lost },
      });
    });

    test('not with a key that is refused, which is tried again when the next round is due', async () => {
      server.faults.push({ kind: 'status', status: 403 });
      server.store([stored(1, startMs - 1000)]);
      await open().start();
      await until(() => backfill.status().state === 'waiting');
      expect(backfill.status().problem).toMatch(/the server answers 403/);
      clock.advance(10 * minuteMs);
      expect(server.requests).toHaveLength(1);
      clock.advance(5 * minuteMs);
      await idle();
      expect(kept()).toEqual([1]);
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
        name: 'x',
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
});
