import { expect, test } from 'vitest';
import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { AppError } from '../../services/domain/errors.ts';
import { toSiteId, toSpaceId } from '../../services/domain/ids.ts';
import { hourMs, localDateStart, quarterMs } from '../../services/domain/local-time.ts';
import type { HistoryBatch, HistoryStore } from '../../services/ports/history-store.ts';
import { batch, observation, startMs, transition } from '../contract/history-store-rows.ts';
import { always, measuredTown } from '../support/measured-town.ts';
import { street } from '../support/street.ts';

const endMs = startMs + 44 * hourMs;

/** 300 kerbs, of whose spaces there was news once. */
function wideTown(spacesOfKerb: number) {
  const kerbs = Array.from({ length: 300 }, (_, n) => ({
    ...street.sites[0]!,
    id: toSiteId(`kerb-${n}`),
    stretchId: null,
    numberOfSpaces: spacesOfKerb,
  }));
  const spaces = kerbs.flatMap(({ id: siteId }) =>
    Array.from({ length: spacesOfKerb }, (_, n) => ({
      ...street.spaces[0]!,
      id: toSpaceId(`${siteId}:${n}`),
      siteId,
    })),
  );
  const news = batch({
    observations: spaces.map(({ id: spaceId }) => observation(0, { spaceId })),
    transitions: spaces.map(({ id: spaceId }) => transition(0, { spaceId })),
  });
  return { inventory: { ...street, sites: kerbs, spaces }, news };
}

async function all(store: HistoryStore) {
  const ofScopes = (['site', 'zone', 'municipality', 'space'] as const).flatMap((scope) =>
    (['15min', 'hour', 'day'] as const).map((step) => store.rollUps({ ...always, scope, step })),
  );
  return (await Promise.all(ofScopes)).flat();
}

/** What is there in the end where nothing fails. */
async function undisturbed({ inventory, news }: ReturnType<typeof wideTown>) {
  const store = memoryStore();
  await store.append(news);
  await measuredTown(store, endMs + quarterMs, { inventory }).measure.start();
  return all(store);
}

/** A history that does not take the second part of roll-ups. */
async function failingOnce(news: HistoryBatch) {
  const kept = memoryStore();
  await kept.append(news);
  const sizes: number[] = [];
  const failing: HistoryStore = {
    ...kept,
    writeRollUps(rows) {
      sizes.push(rows.length);
      return sizes.length === 2
        ? Promise.reject(new AppError('store-unavailable', 'full', { retryable: true }))
        : kept.writeRollUps(rows);
    },
  };
  return { kept, failing, sizes };
}

test('days of a large town are stored in parts, and one that was cut short is made again', async () => {
  const town = wideTown(5);
  const { kept, failing, sizes } = await failingOnce(town.news);
  const { measure, advance } = measuredTown(failing, endMs, town);
  await measure.start();
  expect(measure.status()).toMatchObject({
    problem: 'full',
    doneMs: localDateStart('2026-03-02', 'Europe/Berlin'),
  });
  expect((await all(kept)).length).toBe(sizes[0]);
  await advance(quarterMs);
  await measure.stop();
  expect(await all(kept)).toEqual(await undisturbed(town));
  expect(Math.max(...sizes)).toBeLessThan(30_000);
});

test('a day that was cut short by the end of the process is made again, even if only the day itself is missing', async () => {
  const town = wideTown(3);
  const { kept, failing, sizes } = await failingOnce(town.news);
  const before = measuredTown(failing, endMs, town);
  await before.measure.start();
  await before.measure.stop();
  const written = await all(kept);
  expect(written.length).toBe(sizes[0]);
  expect(written.filter(({ step }) => step === 'day')).toEqual([]);
  expect(Math.max(...written.map(({ toMs }) => toMs))).toBe(
    localDateStart('2026-03-03', 'Europe/Berlin'),
  );

  await measuredTown(kept, endMs + quarterMs, town).measure.start();
  expect(await all(kept)).toEqual(await undisturbed(town));
});
