import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../services/adapters/history-store/memory.ts';
import { createShareDays } from '../../../services/domain/planning/share-days.ts';
import {
  answerShare,
  type ShareEstimate,
  type ShareQuestion,
} from '../../../services/domain/planning/share-question.ts';
import type { RollUp } from '../../../services/domain/roll-up.ts';
import { createEstimate } from '../../../services/pipeline/estimate/estimate.ts';
import type { ShareEstimator } from '../../../services/ports/share-estimator.ts';
import type { Snapshots } from '../../../services/ports/snapshots.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { memorySnapshots } from '../../support/memory-snapshots.ts';
import { plannedTown } from '../../support/planned-town.ts';
import { createRecordingLogger } from '../../support/recording-logger.ts';
import { waitFor } from '../../support/wait-for.ts';
import { rollUpRow } from '../../support/roll-up-row.ts';
import { plainSensors } from '../../support/plain-sensors.ts';

const dayMs = 86_400_000;
const firstMs = Date.UTC(2026, 5, 1);
const inventory = plannedTown();

/** Answers in the same thread and remembers what it was asked. */
function directEstimator() {
  const days = createShareDays();
  const questions: ShareQuestion[] = [];
  const handedOver: number[] = [];
  const estimator: ShareEstimator = {
    add(day) {
      handedOver.push(day.fromMs);
      days.add(day);
    },
    drop: days.drop,
    estimate(question) {
      questions.push(question);
      return Promise.resolve<ShareEstimate>(answerShare({ ...question, bootstraps: 2 }, days.get));
    },
    close: () => Promise.resolve(),
  };
  return { estimator, questions, handedOver };
}

const rollUp = (more: Partial<RollUp>): RollUp =>
  rollUpRow({
    scope: 'municipality',
    id: 'town',
    step: 'day',
    fromMs: firstMs,
    toMs: firstMs + dayMs,
    numberOfSpaces: 15,
    observedMs: dayMs,
    ...more,
  });

/** Every space changes each hour, the counted street has 60 vehicles an hour. */
async function storeDays(store: ReturnType<typeof memoryStore>, from: number, to: number) {
  const rows: RollUp[] = [];
  const batch = { observations: [], revisions: [], health: [], upTo: null };
  for (let day = from; day < to; day++) {
    const fromMs = firstMs + day * dayMs;
    rows.push(rollUp({ fromMs, toMs: fromMs + dayMs }));
    for (const { id } of inventory.spaces)
      rows.push(rollUp({ scope: 'space', id, fromMs, toMs: fromMs + dayMs }));
    const transitions = inventory.spaces.flatMap(({ id: spaceId }, n) =>
      Array.from({ length: 24 }, (_, hour) => {
        const atMs = fromMs + hour * 3_600_000 + n * 61_000;
        const to = (hour + n) % 2 === 0 ? ('occupied' as const) : ('vacant' as const);
        return { spaceId, to, atMs, earliestMs: atMs, method: 'seen' as const };
      }),
    );
    const counter = inventory.installations.at(-1);
    if (counter?.target.kind !== 'stretch') throw new Error('the town has a counter');
    const count = {
      devEui: counter.devEui,
      target: counter.target,
      direction: 'both' as const,
      fromMs,
      toMs: fromMs + dayMs,
      vehicles: 1440,
      meanSpeedKmh: null,
    };
    await store.append({ ...batch, transitions, counts: [count] });
  }
  await store.writeRollUps(rows);
}

function setUp(store: ReturnType<typeof memoryStore>, snapshots: Snapshots, days: number) {
  const direct = directEstimator();
  const clock = createManualClock(firstMs + days * dayMs + 3_600_000);
  let closedMs = firstMs + days * dayMs + 900_000;
  const stage = createEstimate({
    store,
    clock,
    log: createRecordingLogger(),
    inventory: () => inventory,
    measures: () => [
      {
        id: 'fee',
        from: '2026-06-08',
        until: null,
        zones: ['zone'],
        stretches: [],
        controlZones: [],
      },
    ],
    timeZone: 'UTC',
    estimator: direct.estimator,
    snapshots,
    sensors: () => plainSensors,
    audit: { acceptance: null },
    guidedStops: () => Promise.resolve([]),
    closedMs: () => closedMs,
  });
  const settled = (pending: () => boolean) =>
    waitFor(
      () => {
        clock.advance(1);
        return pending();
      },
      { what: 'the estimates', timeoutMs: 90_000 },
    );
  return { ...direct, stage, clock, settled, close: (ms: number) => (closedMs = ms) };
}

describe('the estimate stage', () => {
  test(
    'estimates every closed day once, then only what a new day changes, also after a restart',
    { timeout: 120_000 },
    async () => {
      const store = memoryStore();
      const snapshots = memorySnapshots();
      await storeDays(store, 0, 15);
      const first = setUp(store, snapshots, 14);
      first.stage.start();
      await first.settled(() => {
        const { results, pending } = first.stage.results();
        return results.length > 0 && pending === 0;
      });
      const made = first.stage.results();
      const periods = made.results.map(({ scope, period }) => `${scope} ${period}`);
      expect(periods).toEqual([
        'all recent',
        'measure before',
        'measure after',
        'zone recent',
        'all month',
        'all week',
        'all week',
      ]);
      expect(new Set(first.handedOver).size).toBe(14);
      expect(first.handedOver).toHaveLength(14);
      const [all] = made.results;
      expect(all?.estimate).toMatchObject({ stretches: 2, countedStretches: 1, streetsOfZone: 2 });
      expect(all?.estimate.passes).toBe(14 * 1440 * 2 * 100);
      expect(all?.estimate.reasons.map(({ code }) => code)).toContain('flows-modelled');

      first.close(firstMs + 15 * dayMs);
      first.clock.advance(dayMs);
      await first.settled(() => first.stage.results().revision > made.revision + 2);
      await first.settled(() => first.stage.results().pending === 0);
      expect(first.handedOver).toHaveLength(15);
      await first.stage.stop();

      const again = setUp(store, snapshots, 15);
      expect(again.stage.results()).toMatchObject({ results: [], pending: 1 });
      await again.stage.restore();
      expect(again.stage.results()).toEqual({
        ...first.stage.results(),
        revision: 1,
        pending: 1,
      });
      again.stage.start();
      await again.settled(() => again.stage.results().pending === 0);
      expect(again.questions).toHaveLength(0);
      expect(again.stage.problem()).toBeNull();
      await again.stage.stop();
    },
  );

  test('says nothing before a day is closed', async () => {
    const direct = setUp(memoryStore(), memorySnapshots(), 0);
    direct.stage.start();
    direct.clock.advance(3_600_000);
    await direct.stage.stop();
    expect(direct.stage.results()).toMatchObject({ known: null, results: [], pending: 0 });
  });
});
