import { describe, expect, test } from 'vitest';

import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { AppError } from '../../services/domain/errors.ts';
import { hourMs, localDateStart, quarterMs } from '../../services/domain/local-time.ts';
import type { HistoryStore } from '../../services/ports/history-store.ts';
import { batch, count, observation, startMs, transition } from '../contract/history-store-rows.ts';
import { always, measuredTown } from '../support/measured-town.ts';
import { waitFor } from '../support/wait-for.ts';

const timeZone = 'Europe/Berlin';

/** Occupied from a quarter past on, `atMs` after the start, for half an hour. */
const stay = (atMs: number) =>
  batch({
    observations: [
      observation(atMs + quarterMs),
      observation(atMs + 3 * quarterMs, { status: 'vacant' }),
    ],
    transitions: [transition(atMs + quarterMs), transition(atMs + 3 * quarterMs, { to: 'vacant' })],
  });
const firstNews = batch({
  observations: [observation(0, { status: 'vacant' })],
  transitions: [transition(0, { to: 'vacant', method: 'inferred', earliestMs: 0 })],
});

describe('roll-ups of a running town', () => {
  test('what is missing is made up for on start, day by day, and only once', async () => {
    const kept = memoryStore();
    /** Where the rows of each write begin. */
    const written: number[] = [];
    const store: HistoryStore = {
      ...kept,
      async writeRollUps(rows) {
        if (rows.length > 0) written.push(Math.min(...rows.map(({ fromMs }) => fromMs)));
        await kept.writeRollUps(rows);
      },
    };
    await store.append(firstNews);
    await store.append(stay(0));
    const { measure } = measuredTown(store, startMs + 50 * hourMs);
    await measure.start();
    await measure.stop();

    expect(measure.status().doneMs).toBe(startMs + 50 * hourMs - quarterMs);
    expect(written).toEqual(
      ['2026-03-02', '2026-03-03', '2026-03-04'].map((day) => localDateStart(day, timeZone)),
    );
    const zone = { ...always, scope: 'zone' } as const;
    expect((await store.rollUps({ ...zone, step: '15min' })).length).toBe(199);
    expect(await store.rollUps({ ...zone, step: 'hour', toMs: startMs + hourMs })).toMatchObject([
      { arrivals: 1, departures: 1, occupiedMs: 2 * quarterMs, observedMs: hourMs },
    ]);
    const days = await store.rollUps({ ...zone, step: 'day' });
    // 2 March 2026, 7:00 in Berlin was the first news: 17 hours of that day are left.
    expect(days.map(({ observedMs }) => observedMs / hourMs)).toEqual([17, 24]);
    expect(days[0]?.fromMs).toBe(localDateStart('2026-03-02', timeZone));
    expect(await store.rollUps({ ...always, scope: 'space', step: 'day' })).toMatchObject([
      { arrivals: 1 },
      { arrivals: 0 },
    ]);
    expect(await store.rollUps({ ...always, scope: 'space', step: 'hour' })).toEqual([]);

    written.length = 0;
    await measuredTown(store, startMs + 50 * hourMs).measure.start();
    expect(written).toEqual([localDateStart('2026-03-04', timeZone)]);
  });

  test('days of before anything was heard are not walked through', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    const walked: number[] = [];
    const seen: HistoryStore['seen'] = (query) => {
      walked.push(query.fromMs);
      return store.seen(query);
    };
    const { measure } = measuredTown({ ...store, seen }, startMs + 2 * hourMs, {
      staleAfterMs: 4 * hourMs,
    });
    await measure.start();
    await measure.stop();
    expect(measure.status().doneMs).toBe(startMs + 2 * hourMs - quarterMs);
    expect(Math.min(...walked)).toBeGreaterThanOrEqual(localDateStart('2026-03-02', timeZone));
  });

  test('every quarter hour closes a minute after its end', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    const { measure, clock, advance } = measuredTown(store, startMs + 30_000);
    await measure.start();
    const stretch = { ...always, scope: 'stretch', step: '15min' } as const;
    await store.append(stay(0));
    clock.advance(quarterMs);
    await waitFor(() => measure.status().doneMs === startMs);
    expect(await store.rollUps(stretch)).toEqual([]);
    await advance(30_000);
    expect(await store.rollUps(stretch)).toMatchObject([{ occupiedMs: 0, observedMs: quarterMs }]);
    await advance(quarterMs);
    expect(await store.rollUps(stretch)).toMatchObject([{ arrivals: 0 }, { arrivals: 1 }]);
    await advance(quarterMs);
    await advance(quarterMs);
    expect(await store.rollUps({ ...stretch, step: 'hour' })).toMatchObject([
      { arrivals: 1, departures: 1, endedStayMs: 2 * quarterMs },
    ]);
    await measure.stop();
  });

  test('late data make closed hours and days due again', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    const { measure, advance } = measuredTown(store, startMs + 48 * hourMs + 120_000);
    await measure.start();
    const late = [stay(hourMs), stay(45 * hourMs), batch({ counts: [count(2 * hourMs)] })];
    for (const one of late) {
      await store.append(one);
      measure.stored(one);
    }
    expect(measure.status().dueHours).toBeGreaterThan(0);
    await advance(quarterMs);
    const sum = async (step: 'hour' | 'day') =>
      (await store.rollUps({ ...always, scope: 'zone', step })).reduce(
        (total, row) => ({
          arrivals: total.arrivals + row.arrivals,
          vehicles: total.vehicles + (row.vehicles ?? 0),
        }),
        { arrivals: 0, vehicles: 0 },
      );
    expect(await sum('hour')).toEqual({ arrivals: 2, vehicles: 7 });
    // The later one lies in the day that is still open.
    expect(await sum('day')).toEqual({ arrivals: 1, vehicles: 7 });
    await measure.stop();
  });

  test('what comes while its day is read or written is not missed', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    const late = stay(hourMs);
    let isFirst = true;
    const writeRollUps: HistoryStore['writeRollUps'] = async (rows) => {
      if (isFirst) {
        isFirst = false;
        await store.append(late);
        measure.stored(late);
      }
      await store.writeRollUps(rows);
    };
    const { measure } = measuredTown({ ...store, writeRollUps }, startMs + 48 * hourMs, {
      staleAfterMs: 4 * hourMs,
    });
    await measure.start();
    await measure.stop();
    const days = await store.rollUps({ ...always, scope: 'zone', step: 'day' });
    expect(days.map(({ arrivals }) => arrivals)).toEqual([1]);
    expect(measure.status().dueHours).toBe(0);
  });

  test('what was inferred later moves into the hour where it probably happened', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    const { measure, advance } = measuredTown(store, startMs + 4 * hourMs + 120_000);
    await measure.start();
    const heartbeat = batch({
      observations: [observation(4 * hourMs + 60_000, { kind: 'heartbeat' })],
      transitions: [
        transition(4 * hourMs + 60_000, { method: 'inferred', earliestMs: startMs + 60_000 }),
      ],
    });
    await store.append(heartbeat);
    measure.stored(heartbeat);
    await advance(quarterMs);
    const hours = await store.rollUps({ ...always, scope: 'zone', step: 'hour' });
    expect(hours.map(({ inferred }) => inferred)).toEqual([0, 0, 1, 0]);
    expect(hours.map(({ occupiedMs }) => occupiedMs / 60_000)).toEqual([0, 0, 59, 60]);
    await measure.stop();
  });

  test('a history that does not answer delays roll-ups and loses none', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    let isDown = true;
    const failing: HistoryStore = {
      ...store,
      seen: (query) =>
        isDown
          ? Promise.reject(new AppError('store-unavailable', 'down', { retryable: true }))
          : store.seen(query),
    };
    const { measure, log, advance } = measuredTown(failing, startMs + 3 * hourMs);
    await measure.start();
    expect(measure.status().problem).toBe('down');
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
    isDown = false;
    await advance(quarterMs);
    expect(measure.status().problem).toBeNull();
    expect(await store.rollUps({ ...always, scope: 'zone', step: 'hour' })).toHaveLength(3);
    await measure.stop();
  });

  test('late data are due until what they changed is stored', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    let isFull = false;
    const writeRollUps: HistoryStore['writeRollUps'] = (rows) =>
      isFull && rows.some(({ step }) => step === 'day')
        ? Promise.reject(new AppError('store-unavailable', 'full', { retryable: true }))
        : store.writeRollUps(rows);
    const filling = { ...store, writeRollUps };
    const { measure, clock, advance } = measuredTown(filling, startMs + 48 * hourMs + 120_000);
    await measure.start();
    await store.append(stay(hourMs));
    measure.stored(stay(hourMs));
    isFull = true;
    clock.advance(quarterMs);
    await waitFor(() => measure.status().problem === 'full');
    expect(measure.status().dueHours).toBeGreaterThan(0);
    isFull = false;
    await advance(quarterMs);
    await measure.stop();
    const days = await store.rollUps({ ...always, scope: 'zone', step: 'day' });
    expect(days.map(({ arrivals }) => arrivals)).toEqual([1, 0]);
  });

  test('a stop waits for what is being written, also when no more can be read', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    const writing = Promise.withResolvers<undefined>();
    const ended: string[] = [];
    const slow: HistoryStore = {
      ...store,
      async writeRollUps(rows) {
        await writing.promise;
        await store.writeRollUps(rows);
        ended.push('written');
      },
      stateAt(atMs) {
        if (atMs < localDateStart('2026-03-03', timeZone)) return store.stateAt(atMs);
        void Promise.resolve().then(() => measure.stop().then(() => ended.push('stopped')));
        setImmediate(() => writing.resolve(undefined));
        return Promise.reject(new AppError('store-unavailable', 'down', { retryable: true }));
      },
    };
    const { measure } = measuredTown(slow, startMs + 48 * hourMs);
    await measure.start();
    await waitFor(() => ended.includes('stopped'));
    expect(ended).toEqual(['written', 'stopped']);
    expect(measure.status().problem).toBe('down');
  });

  test.each([
    { zone: timeZone, date: '2026-03-29', hours: 23 },
    { zone: timeZone, date: '2026-10-25', hours: 25 },
    { zone: 'Asia/Kolkata', date: '2026-03-05', hours: 24 },
  ])('$date has $hours hours in $zone, and no hour is left out', async ({ zone, date, hours }) => {
    const store = memoryStore();
    const dayMs = localDateStart(date, zone);
    const atMs = dayMs - 2 * hourMs - startMs;
    await store.append(
      batch({
        observations: [observation(atMs)],
        transitions: [transition(atMs, { method: 'inferred', earliestMs: 0 })],
      }),
    );
    const { measure } = measuredTown(store, dayMs + 40 * hourMs, { timeZone: zone });
    await measure.start();
    await measure.stop();
    const query = { fromMs: dayMs, toMs: dayMs + 40 * hourMs, scope: 'zone' } as const;
    const days = await store.rollUps({ ...query, step: 'day' });
    expect(days).toMatchObject([{ fromMs: dayMs, occupiedMs: hours * hourMs }]);
    expect(await store.rollUps({ ...query, scope: 'space', step: 'day' })).toMatchObject([
      { fromMs: dayMs, occupiedMs: hours * hourMs },
    ]);
    const rows = await store.rollUps({ ...query, step: 'hour' });
    for (const [index, row] of rows.slice(1).entries()) expect(row.fromMs).toBe(rows[index]?.toMs);
    expect(rows.length).toBeGreaterThan(38);
  });

  test('a silent space is not observed', async () => {
    const store = memoryStore();
    await store.append(firstNews);
    const { measure } = measuredTown(store, startMs + 3 * hourMs, { staleAfterMs: quarterMs });
    await measure.start();
    await measure.stop();
    expect(await store.rollUps({ ...always, scope: 'zone', step: 'hour' })).toMatchObject([
      { observedMs: quarterMs, occupiedMs: 0 },
    ]);
  });
});
