import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { workerThreadEstimator } from '../../services/adapters/share-estimator/worker-thread.ts';
import { answerShare, type ShareDay } from '../../services/domain/planning/share-question.ts';
import { plainSensors } from '../support/plain-sensors.ts';

const estimator = workerThreadEstimator();
afterEach(() => estimator.close());

const dayMs = 86_400_000;
const ids = ['a', 'b', 'c'];
/** Three streets with four spaces; each space opens for ten minutes every hour, then is taken. */
const dayOf = (fromMs: number): ShareDay => ({
  fromMs,
  stretches: new Map(
    ids.map((id, street) => [
      id,
      {
        sensedSpaces: 4,
        vacancies: Array.from({ length: 96 }, (_, n) => {
          const fromS = 120 + Math.floor(n / 4) * 3600 + (n % 4) * 700 + street * 40;
          return { fromS, toS: fromS + 600, end: 1 as const };
        }),
      },
    ]),
  ),
  counts: new Map([['a', [{ fromS: 0, toS: 86_400, vehicles: 2400 }]]]),
  // A kilometre of 3 × 240 a day on these streets.
  guidedKm: new Map([['b', 1]]),
});
const stretches = ids.map((id) => ({
  id,
  lengthM: 100,
  roadClass: 'residential',
  numberOfSpaces: 4,
}));
const question = {
  days: [0, dayMs, 2 * dayMs],
  timeZone: 'UTC',
  stretches,
  counted: stretches.slice(0, 1),
  streetsOfZone: 3,
  sensors: plainSensors,
  bootstraps: 4,
  acceptance: null,
};

/** Threads of this process are numbered in the order of their start. */
async function nextThread(): Promise<number> {
  const thread = new Worker('', { eval: true });
  const { threadId } = thread;
  await once(thread, 'exit');
  return threadId;
}

test('days are dropped without starting a thread for it', async () => {
  const before = await nextThread();
  estimator.drop(0);
  expect(await nextThread()).toBe(before + 1);
  estimator.add(dayOf(0));
  expect(await nextThread()).toBe(before + 3);
});

test('the thread answers as the pure function does, from days handed over in pieces', async () => {
  const days = new Map(question.days.map((fromMs) => [fromMs, dayOf(fromMs)]));
  for (const day of days.values())
    for (const id of ids)
      estimator.add({
        fromMs: day.fromMs,
        stretches: new Map([...day.stretches].filter(([street]) => street === id)),
        counts: new Map([...day.counts].filter(([street]) => street === id)),
        guidedKm: new Map([...day.guidedKm].filter(([street]) => street === id)),
      });
  const expected = answerShare(question, (fromMs) => days.get(fromMs));
  expect(await estimator.estimate(question)).toEqual(expected);
  expect(expected).toMatchObject({ stretches: 3, countedStretches: 1, days: 3 });
  expect(expected.passes).toBe(3 * 3 * 2400 * 100);
  const unguided = answerShare(question, (fromMs) => {
    const day = days.get(fromMs);
    return day && { ...day, guidedKm: new Map() };
  });
  expect(expected.searchShareRatio - unguided.searchShareRatio).toBeCloseTo(3 / (9 * 240), 6);

  estimator.drop(2 * dayMs);
  expect((await estimator.estimate(question)).days).toBe(1);
  estimator.drop(Infinity);
  expect((await estimator.estimate(question)).days).toBe(0);
});

test('a question that is open when the thread is closed fails', async () => {
  const open = estimator.estimate(question);
  await Promise.all([expect(open).rejects.toThrow('closed'), estimator.close()]);
});
