import { expect, test } from 'vitest';
import { memoryStore } from '../../../services/adapters/history-store/memory.ts';
import { toSpaceId, toStretchId } from '../../../services/domain/ids.ts';
import { hourMs, localDateStart } from '../../../services/domain/local-time.ts';
import { vacancyEnd } from '../../../services/domain/search-share/model/vacancy-end.ts';
import { createDayReader } from '../../../services/pipeline/estimate/day-reader.ts';
import type { HistoryStore } from '../../../services/ports/history-store.ts';
import { batch, rollUp, startMs, transition } from '../../contract/history-store-rows.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { street } from '../../support/street.ts';
import { plainSensors } from '../../support/plain-sensors.ts';

const timeZone = 'Europe/Berlin';
const dayStartMs = localDateStart('2026-03-02', timeZone);

test('changes of a large county are read for some streets at a time, each with the one before the day', async () => {
  const stretches = Array.from({ length: 1500 }, (_, n) => ({
    id: toStretchId(`street-${n}`),
    lengthM: 100,
    roadClass: 'residential',
    numberOfSpaces: 3,
    zoneId: null,
    municipalityId: 'town',
    spaceIds: [0, 1, 2].map((space) => toSpaceId(`${n}:${space}`)),
    isCounted: false,
  }));
  const spaceIds = stretches.flatMap((stretch) => stretch.spaceIds);
  const store = memoryStore();
  await store.append(
    batch({
      transitions: spaceIds.flatMap((spaceId) => [
        transition(dayStartMs - hourMs - startMs, { spaceId }),
        transition(0, { spaceId, to: 'vacant' }),
        transition(hourMs, { spaceId }),
        transition(2 * hourMs, { spaceId, to: 'vacant' }),
        // Told of on the day after, and happened on this one.
        transition(24 * hourMs, { spaceId, method: 'inferred', earliestMs: startMs + 3 * hourMs }),
      ]),
    }),
  );
  await store.writeRollUps(
    spaceIds.map((id) =>
      rollUp(dayStartMs - startMs, {
        scope: 'space',
        step: 'day',
        id,
        toMs: dayStartMs + 24 * hourMs,
        observedMs: 24 * hourMs,
      }),
    ),
  );
  const asked: number[] = [];
  const transitions: HistoryStore['transitions'] = (query) => {
    asked.push(query.spaceIds?.length ?? Infinity);
    return store.transitions(query);
  };
  const read = createDayReader({
    store: { ...store, transitions },
    clock: {
      ...createManualClock(startMs),
      after: (_, run) => (setImmediate(run), () => undefined),
    },
    inventory: () => street,
    timeZone,
    sensors: () => plainSensors,
    guidedStops: () => Promise.resolve([]),
  });

  const days = new Map<string, unknown>();
  for await (const { stretches: some } of read(dayStartMs, stretches))
    for (const [id, day] of some) days.set(id, day);

  expect(Math.max(...asked)).toBeLessThanOrEqual(2000);
  expect([...days.keys()]).toEqual(stretches.map(({ id }) => id));
  const fromS = (startMs - dayStartMs) / 1000;
  const ofSpace = [
    { fromS, toS: fromS + 3600, end: vacancyEnd.taken },
    { fromS: fromS + 2 * 3600, toS: fromS + 3 * 3600, end: vacancyEnd.open },
  ];
  const day = { sensedSpaces: 3, vacancies: [ofSpace, ofSpace, ofSpace].flat() };
  expect([...days.values()]).toEqual(stretches.map(() => day));
});
