import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../../services/adapters/history-store/memory.ts';
import { sumWeek } from '../../../services/domain/metrics-profile.ts';
import { totalsBy } from '../../../services/domain/roll-up-totals.ts';
import type { RollUp } from '../../../services/domain/roll-up.ts';
import { createSumUp } from '../../../services/pipeline/sum-up.ts';
import type { HistoryStore } from '../../../services/ports/history-store.ts';
import type { RollUpSums } from '../../../services/ports/roll-up-sums.ts';
import { rollUpRow } from '../../support/roll-up-row.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 0, 1);
const days = 60;
const range = { fromMs: startMs, toMs: startMs + days * dayMs };
const berlin = 'Europe/Berlin';
const scope = 'stretch';

const row = (id: string, step: 'day' | 'hour', fromMs: number, arrivals: number): RollUp =>
  rollUpRow({
    scope,
    id,
    step,
    fromMs,
    toMs: fromMs + (step === 'day' ? dayMs : hourMs),
    numberOfSpaces: 6,
    observedMs: arrivals === 0 ? 0 : 6 * hourMs,
    occupiedMs: arrivals * 1000,
    arrivals,
    occupiedAtEnd: arrivals % 7,
    observedAtEnd: 6,
    stays: { watchedMs: [60_000, arrivals * 1000], ended: [0, arrivals] },
    vehicles: id === 'a' ? 100 + arrivals : null,
  });

let inner: HistoryStore;
let store: HistoryStore;
let sums: RollUpSums;
/** Days that the store was asked for since the last look, and the most of them at once. */
let askedDays = 0;
let mostDays = 0;

beforeEach(async () => {
  inner = memoryStore();
  const rollUps: HistoryStore['rollUps'] = (query) => {
    const asked = (query.toMs - query.fromMs) / dayMs;
    askedDays += asked;
    mostDays = Math.max(mostDays, asked);
    return inner.rollUps(query);
  };
  ({ store, sums } = createSumUp({ store: { ...inner, rollUps }, timeZone: berlin }));
  const rows = ['a', 'b'].flatMap((id) =>
    Array.from({ length: days }, (_, day) => [
      row(id, 'day', startMs + day * dayMs, (day * 5) % 11),
      row(id, 'hour', startMs + day * dayMs + 9 * hourMs, day % 4),
    ]).flat(),
  );
  await store.writeRollUps(rows);
  askedDays = 0;
  mostDays = 0;
});

/** What the rows say when they are summed without any memory. */
async function expected(query: Parameters<RollUpSums['totals']>[0]) {
  const ofDays = await inner.rollUps({ ...query, step: 'day' });
  return {
    totals: [...totalsBy(ofDays, ({ id }) => id, 'with-ages').values()],
    days: [...totalsBy(ofDays, ({ fromMs }) => fromMs, 'without-ages').values()],
    week: sumWeek(await inner.rollUps({ ...query, step: 'hour' }), berlin),
  };
}

describe('sums of long times', () => {
  test.each([
    ['the whole', range],
    ['within a block', { fromMs: startMs + dayMs, toMs: startMs + 3 * dayMs }],
    ['from the middle of blocks', { fromMs: startMs + 4 * dayMs, toMs: range.toMs - 5 * hourMs }],
    ['where nothing is', { fromMs: startMs - 90 * dayMs, toMs: startMs - 20 * dayMs }],
    ['beyond the end', { fromMs: startMs + 50 * dayMs, toMs: range.toMs + 40 * dayMs }],
  ])('are those of the rows, for %s, asked once or twice', async (_, { fromMs, toMs }) => {
    for (const ids of [undefined, ['b'], ['a', 'b']]) {
      const query = { scope, fromMs, toMs, ...(ids && { ids }) } as const;
      const said = await expected(query);
      for (let time = 1; time <= 2; time += 1) {
        expect(await sums.totals(query)).toEqual(said.totals);
        expect(await sums.days(query)).toEqual(said.days);
        expect(await sums.week(query)).toEqual(said.week);
      }
    }
  });

  test('asked again, only the days at both ends are read', async () => {
    await sums.totals({ scope, ...range });
    expect(askedDays).toBe(days);
    askedDays = 0;
    await sums.totals({ scope, ...range });
    expect(askedDays).toBeLessThanOrEqual(12);
  });

  test('a year of a thousand places is kept, and of what is written again two months are read', async () => {
    const ids = Array.from({ length: 1000 }, (_, at) => `street-${at}`);
    const query = { scope, fromMs: startMs, toMs: startMs + 366 * dayMs, ids } as const;
    for (let day = 3; day < 366; day += 7)
      await store.writeRollUps(ids.map((id) => row(id, 'day', startMs + day * dayMs, day % 5)));
    const { totals } = await expected(query);
    expect(await sums.totals(query)).toEqual(totals);
    askedDays = 0;
    expect(await sums.totals(query)).toEqual(totals);
    expect(askedDays).toBeLessThanOrEqual(12);
    await store.writeRollUps([row('street-7', 'day', startMs + 200 * dayMs, 999)]);
    askedDays = 0;
    expect(await sums.totals(query)).toEqual((await expected(query)).totals);
    expect(askedDays).toBeLessThanOrEqual(12 + 56);
  });

  test('of thousands of places a week is read at a time, and the sums are the same', async () => {
    const others = Array.from({ length: 10_000 }, (_, at) => `other-${at}`);
    const query = { scope, ...range, ids: ['a', 'b', ...others] } as const;
    expect(await sums.totals(query)).toEqual((await expected(query)).totals);
    expect(mostDays).toBeLessThanOrEqual(7);
  });

  test('where questions name thousands of places, their sums are not kept for ever', async () => {
    await sums.totals({ scope, ...range });
    for (let question = 0; question < 60; question += 1) {
      const ids = Array.from({ length: 5000 }, (_, at) => `none-${question}-${at}-of-a-long-name`);
      await sums.totals({ scope, ...range, ids });
    }
    askedDays = 0;
    await sums.totals({ scope, ...range });
    expect(askedDays).toBe(days);
  });

  test('what is written again counts at once, and only its block is read again', async () => {
    await sums.totals({ scope, ...range });
    await sums.week({ scope, ...range });
    askedDays = 0;
    await store.writeRollUps([row('a', 'day', startMs + 30 * dayMs, 999)]);
    const said = await expected({ scope, ...range });
    expect(said.totals[0]?.arrivals).toBeGreaterThan(999);
    expect(await sums.totals({ scope, ...range })).toEqual(said.totals);
    expect(askedDays).toBeLessThanOrEqual(12 + 7);
  });

  test('what is written while it is being read is not forgotten', async () => {
    const lateMs = startMs + 30 * dayMs;
    let isLate = true;
    const rollUps: HistoryStore['rollUps'] = async (query) => {
      const rows = await inner.rollUps(query);
      // Late data come after the rows were read and before anybody has summed them.
      const isRead = query.fromMs <= lateMs && query.toMs > lateMs;
      const news = isRead && isLate ? [row('a', 'day', lateMs, 999)] : [];
      await late.store.writeRollUps(news);
      return rows;
    };
    const late = createSumUp({ store: { ...inner, rollUps }, timeZone: berlin });
    await late.sums.totals({ scope, ...range });
    isLate = false;
    const said = await expected({ scope, ...range });
    expect(await late.sums.totals({ scope, ...range })).toEqual(said.totals);
  });

  test('a failed write may have written a part', async () => {
    const writeRollUps: HistoryStore['writeRollUps'] = async (rows) => {
      await inner.writeRollUps(rows);
      throw new Error('the connection broke afterwards');
    };
    const broken = createSumUp({ store: { ...inner, writeRollUps }, timeZone: berlin });
    await broken.sums.totals({ scope, ...range });
    const again = broken.store.writeRollUps([row('a', 'day', startMs + 30 * dayMs, 999)]);
    await expect(again).rejects.toThrow('afterwards');
    const said = await expected({ scope, ...range });
    expect(await broken.sums.totals({ scope, ...range })).toEqual(said.totals);
  });

  test('what was deleted is gone', async () => {
    await sums.totals({ scope, ...range });
    await store.prune({ rollUpsMs: { day: startMs + 30 * dayMs } });
    const said = await expected({ scope, ...range });
    expect(await sums.totals({ scope, ...range })).toEqual(said.totals);
  });
});
