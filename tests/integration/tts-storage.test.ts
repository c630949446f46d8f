import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ttsStorage } from '../../services/adapters/uplink-history/tts-storage.ts';
import { ttsStoredFormat } from '../../services/adapters/uplink-source/tts-message.ts';
import type { Clock } from '../../services/ports/clock.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { counters, storedUplink } from '../support/stored-uplinks.ts';
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
      format: ttsStoredFormat,
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
    server.store(counters(1, 35).map((fCnt) => storedUplink(fCnt, startMs - hourMs + fCnt * 1000)));
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
    server.store([-hourMs, -1, 0].map((ms, i) => storedUplink(i + 1, startMs + ms - 200)));
    expect(await readAll()).toEqual([1, 2]);
  });

  test('come without tokens as well, from servers before 3.26', async () => {
    await server.stop();
    server = await startTtsStorageServer({ application, apiKey, tokens: 'none' });
    server.store(counters(1, 35).map((fCnt) => storedUplink(fCnt, startMs - hourMs + fCnt * 1000)));
    expect([...new Set(await readAll())]).toEqual(counters(1, 35));
  });

  test('come from a server that refuses the field mask', async () => {
    await server.stop();
    server = await startTtsStorageServer({ application, apiKey, mask: 'refused' });
    server.store([storedUplink(1, startMs - minuteMs)]);
    expect(await readAll()).toEqual([1]);
  });

  test('an answer without any is the last page', async () => {
    expect(await firstPage()).toMatchObject({
      uplinks: [],
      rejected: [],
      storedUntilMs: null,
      next: null,
    });
  });

  test('lines that are no messages are set aside, and the others are read', async () => {
    server.store([storedUplink(1, startMs - 2000), storedUplink(2, startMs - 1000)]);
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
    server.store(counters(1, 8).map((fCnt) => storedUplink(fCnt, startMs - minuteMs + fCnt)));
    server.faults.push(fault);
    await expect(firstPage()).rejects.toMatchObject(problem);
    expect(await readAll()).toEqual(counters(1, 8));
  });

  test.each(['hang', 'stall'] as const)(
    'a server that does not answer, or not to the end (%s), is given up',
    async (kind) => {
      server.store(counters(1, 8).map((fCnt) => storedUplink(fCnt, startMs - minuteMs + fCnt)));
      server.faults.push({ kind });
      const page = history(10, { timeoutMs: 50 }).page({ fromMs: 0, toMs: startMs, next: null });
      await expect(page).rejects.toMatchObject({
        code: 'source-unavailable',
        retryable: true,
        message: expect.stringContaining('due to timeout') as string,
      });
    },
  );

  test.each(['hang', 'stall'] as const)(
    'who no longer wants a page waits for none (%s)',
    async (kind) => {
      server.store(counters(1, 8).map((fCnt) => storedUplink(fCnt, startMs - minuteMs + fCnt)));
      server.faults.push({ kind });
      const stopping = new AbortController();
      const page = history().page({
        fromMs: 0,
        toMs: startMs,
        next: null,
        signal: stopping.signal,
      });
      await Promise.all([
        expect(page).rejects.toMatchObject({ code: 'source-unavailable' }),
        waitFor(() => server.requests.length === 1).then(() => stopping.abort()),
      ]);
    },
  );

  test('a server that asks for patience is asked again after the time it names', async () => {
    server.store([storedUplink(1, startMs - minuteMs)]);
    server.faults.push({ kind: 'rate-limit', seconds: 7 }, { kind: 'rate-limit', seconds: 2 });
    /** How long it has waited, how often the server had been asked before. */
    const waits: { readonly ms: number; readonly asked: number }[] = [];
    const watched: Clock = {
      ...clock,
      after(ms, run) {
        waits.push({ ms, asked: server.requests.length });
        return clock.after(ms, run);
      },
    };
    const range = { fromMs: startMs - hourMs, toMs: startMs, next: null };
    const page = history(10, { clock: watched }).page(range);
    for (const patienceMs of [7_000, 2_000]) {
      const known = waits.length;
      await waitFor(() => waits.length > known, { what: 'it to wait' });
      clock.advance(patienceMs);
    }
    expect((await page).uplinks).toHaveLength(1);
    expect(waits).toEqual([
      { ms: 7_000, asked: 1 },
      { ms: 2_000, asked: 2 },
    ]);
    expect(server.requests).toHaveLength(3);
  });
});
