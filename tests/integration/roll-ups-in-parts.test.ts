import { expect, test } from 'vitest';
import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { AppError } from '../../services/domain/errors.ts';
import { toSiteId, toSpaceId } from '../../services/domain/ids.ts';
import { hourMs, localDateStart, quarterMs } from '../../services/domain/local-time.ts';
import type { HistoryStore } from '../../services/ports/history-store.ts';
import { batch, observation, startMs, transition } from '../contract/history-store-rows.ts';
import { always, measuredTown } from '../support/measured-town.ts';
import { street } from '../support/street.ts';

test('days of a large town are stored in parts, and one that was cut short is made again', async () => {
  const kerbs = Array.from({ length: 300 }, (_, n) => ({
    ...street.sites[0]!,
    id: toSiteId(`kerb-${n}`),
    stretchId: null,
    numberOfSpaces: 5,
  }));
  const spaces = kerbs.flatMap(({ id: siteId }) =>
    [0, 1, 2, 3, 4].map((n) => ({
      ...street.spaces[0]!,
      id: toSpaceId(`${siteId}:${n}`),
      siteId,
    })),
  );
  const wide = { ...street, sites: kerbs, spaces };
  const news = batch({
    observations: spaces.map(({ id: spaceId }) => observation(0, { spaceId })),
    transitions: spaces.map(({ id: spaceId }) => transition(0, { spaceId })),
  });
  const endMs = startMs + 44 * hourMs;
  const all = async (store: HistoryStore) => {
    const ofScopes = (['site', 'zone', 'municipality', 'space'] as const).flatMap((scope) =>
      (['15min', 'hour', 'day'] as const).map((step) => store.rollUps({ ...always, scope, step })),
    );
    return (await Promise.all(ofScopes)).flat();
  };

  const undisturbed = memoryStore();
  await undisturbed.append(news);
  await measuredTown(undisturbed, endMs + quarterMs, { inventory: wide }).measure.start();

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
  const { measure, advance } = measuredTown(failing, endMs, { inventory: wide });
  await measure.start();
  expect(measure.status()).toMatchObject({
    problem: 'full',
    doneMs: localDateStart('2026-03-02', 'Europe/Berlin'),
  });
  expect((await all(kept)).length).toBe(sizes[0]);
  await advance(quarterMs);
  await measure.stop();
  expect(await all(kept)).toEqual(await all(undisturbed));
  expect(Math.max(...sizes)).toBeLessThan(30_000);
});
