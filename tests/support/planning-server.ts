import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { toSpaceId } from '../../services/domain/ids.ts';
import type { ShareResult, ShareResults } from '../../services/domain/planning/share-results.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { placeGroups, spaceGroups } from '../../services/domain/roll-up-groups.ts';
import type { RollUp, RollUpStep } from '../../services/domain/roll-up.ts';
import { createSumUp } from '../../services/pipeline/sum-up.ts';
import { onError } from '../../services/publish/http/problem.ts';
import { createPlanningApi } from '../../services/publish/planning/api.ts';
import type { PlanningDeps } from '../../services/publish/planning/deps.ts';
import { batch, observation, transition } from '../contract/history-store-rows.ts';
import { settings } from '../fixtures/feeds/town.ts';
import { anEstimate } from '../unit/domain/planning/estimates.ts';
import { priceMeasure } from './builders.ts';
import { createManualClock } from './manual-clock.ts';
import { plannedTown } from './planned-town.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { rollUpRow } from './roll-up-row.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 5, 1);
const changeMs = startMs + 14 * dayMs;
const endMs = startMs + 28 * dayMs;

const row = (scope: RollUp['scope'], id: string, step: RollUpStep, fromMs: number): RollUp => {
  const lastsMs = step === 'day' ? dayMs : hourMs;
  const numberOfSpaces = scope === 'zone' || scope === 'municipality' ? 15 : 6;
  const observedMs = numberOfSpaces * lastsMs;
  const day = Math.floor((fromMs - startMs) / dayMs);
  // Seven days look alike; after the change a fifth less is occupied.
  const ratio = (0.6 + 0.01 * (day % 7)) * (fromMs < changeMs ? 1 : 0.8);
  return rollUpRow({
    scope,
    id,
    step,
    fromMs,
    toMs: fromMs + lastsMs,
    numberOfSpaces,
    observedMs,
    occupiedMs: observedMs * ratio,
    arrivals: 12,
    departures: 12,
    occupiedAtEnd: 4,
    observedAtEnd: 6,
    streetFullMs: (numberOfSpaces * lastsMs) / 4,
    streetWatchedMs: numberOfSpaces * lastsMs,
    endedStayMs: 12 * hourMs,
    endedStays: 12,
    // Half of those that reach 30 minutes end before 45, the others after the next quarter hour.
    stays: {
      watchedMs: [0, 0, 0, 0, 0, 0, 0, 0, 0, 9 * hourMs],
      ended: [0, 0, 0, 0, 0, 0, 0, 0, 0, 12],
    },
    vehicles: scope === 'site' ? null : 480,
    countedMs: scope === 'site' ? 0 : lastsMs,
  });
};

const share = (more: Partial<ShareResult>, searchShareRatio: number): ShareResult => ({
  scope: 'all',
  id: 'all',
  period: 'recent',
  fromMs: startMs,
  toMs: endMs,
  estimate: anEstimate({ searchShareRatio }),
  ...more,
});
const shares: ShareResults = {
  revision: 1,
  known: { fromMs: startMs, toMs: endMs },
  pending: 0,
  results: [
    share({}, 0.1),
    share({ scope: 'zone', id: 'zone' }, 0.1),
    share({ period: 'month' }, 0.1),
    share({ scope: 'measure', id: 'fee', period: 'before', toMs: changeMs }, 0.16),
    share({ scope: 'measure', id: 'fee', period: 'after', fromMs: changeMs }, 0.08),
  ],
};
/**
 * What planners ask, over a history of four weeks: after two of them a fee brings a change. On the
 * third day a single space was seen vacant at 8:00, occupied from 9:20 and vacant from 10:05 on.
 */
export async function startPlanning() {
  const inventory = plannedTown();
  const { store, sums } = createSumUp({ store: memoryStore(), timeZone: 'UTC' });
  let revision = 1;
  const rows: RollUp[] = [];
  const places = placeGroups(inventory);
  for (const { scope, id } of [...places, ...spaceGroups(inventory)])
    for (let fromMs = startMs; fromMs < endMs; fromMs += dayMs) {
      rows.push(row(scope, id, 'day', fromMs));
      rows.push(row(scope, id, 'hour', fromMs + 8 * hourMs));
    }
  await store.writeRollUps(rows);
  const observe = (hour: number, minute: number, status: 'occupied' | 'vacant') => ({
    at: Date.UTC(2026, 5, 3, hour, minute),
    status,
  });
  const seen = [observe(8, 0, 'vacant'), observe(9, 20, 'occupied'), observe(10, 5, 'vacant')];
  await store.append(
    batch({
      observations: seen.map(({ at, status }) =>
        observation(0, { spaceId: toSpaceId('space-1-0'), observedAtMs: at, status }),
      ),
      transitions: seen.map(({ at, status }) =>
        transition(0, { spaceId: toSpaceId('space-1-0'), atMs: at, earliestMs: at, to: status }),
      ),
    }),
  );
  const deps: PlanningDeps = {
    settings: { ...settings, timeZone: 'UTC' },
    inventory: () => toPublicInventory(inventory),
    sensedSpaces: () =>
      new Map(
        [...placeGroups(inventory), ...spaceGroups(inventory)].map(({ scope, id, spaceIds }) => [
          `${scope}|${id}`,
          spaceIds.length,
        ]),
      ),
    store,
    sums,
    rolledUp: () => ({ doneMs: endMs, revision }),
    staleAfterMs: () => 2 * hourMs,
    shares: () => shares,
    goal: {
      baselineRatio: 0.3,
      baseline: 'assumed',
      baselineSource: 'literature',
      targetRatio: 0.15,
      deadline: '2028-12-31',
    },
    measures: () => [priceMeasure('fee', { title: 'Fee', zones: ['zone'] })],
    devices: () => [],
    clock: createManualClock(endMs),
    epoch: 'e1',
    token: undefined,
  };
  const serverWith = (more: Partial<PlanningDeps> = {}) => {
    const app = createPlanningApi({ ...deps, ...more });
    app.onError(onError(createRecordingLogger()));
    return app;
  };
  const server = serverWith();
  return {
    inventory,
    server,
    serverWith,
    /** The answer's body; an answer that is none fails the test. */
    async json(path: string): Promise<unknown> {
      const response = await server.request(`/api/v1/${path}`);
      if (response.status !== 200) throw new Error(`${path} is answered with ${response.status}`);
      return response.json();
    },
    /** As if roll-ups were written. */
    revise: () => void (revision += 1),
  };
}
