import { expect, test } from 'vitest';

import { memoryStore } from '../../../services/adapters/history-store/memory.ts';
import { AppError } from '../../../services/domain/errors.ts';
import { createPrune } from '../../../services/pipeline/prune.ts';
import {
  batch,
  count,
  health,
  observation,
  rollUp,
  startMs,
  transition,
} from '../../contract/history-store-rows.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';

const day = 86_400_000;
const retention = {
  rawDays: 1,
  transitionDays: 2,
  rollUp15minDays: 2,
  rollUpHourDays: 3,
  rollUpDayDays: 4,
};
const always = { fromMs: 0, toMs: startMs + 10 * day };

test('each kind is kept for as long as the deployment says, and pruned every hour', async () => {
  const store = memoryStore();
  const clock = createManualClock(startMs + day);
  await store.append(
    batch({
      observations: [observation(0)],
      health: [health(0)],
      transitions: [transition(0)],
      counts: [count(0)],
    }),
  );
  await store.writeRollUps([rollUp(0), rollUp(0, { step: 'hour' }), rollUp(0, { step: 'day' })]);
  const kept = async () => {
    const of = async (step: '15min' | 'hour' | 'day') =>
      (await store.rollUps({ ...always, scope: 'zone', step })).length;
    const raw = [await store.observations(always), await store.health(always)];
    const changes = [await store.transitions(always), await store.counts(always)];
    return [
      ...[...raw, ...changes].map((rows) => rows.length),
      await of('15min'),
      await of('hour'),
      await of('day'),
    ].join('');
  };
  const prune = createPrune({ store, clock, log: createRecordingLogger(), retention });
  await prune.start();
  expect(await kept()).toBe('1111111');
  clock.advance(3_600_000);
  expect(await kept()).toBe('0011111');
  clock.advance(day);
  expect(await kept()).toBe('0000011');
  await prune.stop();
  clock.advance(9 * day);
  expect(await kept()).toBe('0000011');
});

test('a history that is away keeps what it has', async () => {
  const log = createRecordingLogger();
  const clock = createManualClock();
  const away = () => Promise.reject(new AppError('store-unavailable', 'away'));
  await createPrune({ store: { prune: away }, clock, log, retention }).start();
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { detail: 'away' } }]);
});
