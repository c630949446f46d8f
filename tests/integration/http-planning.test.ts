import { beforeAll, describe, expect, test } from 'vitest';
import { memoryStore } from '../../services/adapters/history-store/memory.ts';
import { goalSchema } from '../../services/contract/goal.ts';
import { measureListSchema } from '../../services/contract/measures.ts';
import {
  metricsSchema,
  profileSchema,
  typicalWeekSchema,
  zoneRankingSchema,
} from '../../services/contract/metrics.ts';
import type { ShareResult, ShareResults } from '../../services/domain/planning/share-results.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { placeGroups, spaceGroups } from '../../services/domain/roll-up-groups.ts';
import type { RollUp, RollUpStep } from '../../services/domain/roll-up.ts';
import { createSumUp } from '../../services/pipeline/sum-up.ts';
import { createPlanningApi } from '../../services/publish/planning/api.ts';
import type { PlanningDeps } from '../../services/publish/planning/deps.ts';
import { onError } from '../../services/publish/http/problem.ts';
import { toSpaceId } from '../../services/domain/ids.ts';
import { batch, observation, transition } from '../contract/history-store-rows.ts';
import { settings } from '../fixtures/feeds/town.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { plannedTown } from '../support/planned-town.ts';
import { createRecordingLogger } from '../support/recording-logger.ts';
import { anEstimate } from '../unit/domain/planning/estimates.ts';
import { rollUpRow } from '../support/roll-up-row.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 5, 1);
const changeMs = startMs + 14 * dayMs;
const endMs = startMs + 28 * dayMs;
const inventory = plannedTown();
const { store, sums } = createSumUp({ store: memoryStore(), timeZone: 'UTC' });
let revision = 1;

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
  measures: () => [
    {
      id: 'fee',
      title: 'Fee',
      description: '',
      kind: 'price',
      from: '2026-06-15',
      until: null,
      zones: ['zone'],
      stretches: [],
      controlZones: [],
      responsible: '',
      budgetEur: null,
      initialSituation: '',
      targetSituation: '',
    },
  ],
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
const json = async (path: string): Promise<unknown> => {
  const response = await server.request(`/api/v1/${path}`);
  expect(response.status, path).toBe(200);
  return response.json();
};

beforeAll(async () => {
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
});

describe('the planners’ figures over HTTP', () => {
  test('metrics by week, with what they rest on', async () => {
    const body = metricsSchema.parse(await json('metrics?scope=zone&step=week'));
    const [zone] = body.items;
    expect(zone?.intervals).toHaveLength(4);
    expect(zone?.intervals[0]?.figures).toMatchObject({
      occupancyRatio: 0.63,
      arrivals: 84,
      fullRatio: 0.25,
      vehicles: 7 * 480,
      evidence: { sensedSpaces: 15, observedRatio: 1, countedHours: 168 },
    });
    expect(zone?.total.arrivals).toBe(4 * 84);
    const all = metricsSchema.parse(await json('metrics?scope=all&step=month'));
    expect(all.items[0]?.total.arrivals).toBe(4 * 84);
  });

  test('three spaces are too few to tell of', async () => {
    const body = metricsSchema.parse(await json('metrics?scope=site&id=small,site-0&step=day'));
    const [small, large] = body.items;
    expect(small?.total).toMatchObject({ withheld: 'small-group', occupancyRatio: null });
    expect(small?.intervals.every(({ figures }) => figures.arrivals === null)).toBe(true);
    expect(large?.total.withheld).toBeNull();
    const profile = profileSchema.parse(await json('metrics/profile?scope=site&id=small'));
    expect(profile.cells.every(({ occupancyRatio }) => occupancyRatio === null)).toBe(true);
  });

  test('the typical week and the ranking of zones', async () => {
    const profile = profileSchema.parse(await json('metrics/profile?scope=zone&id=zone'));
    expect(profile.cells[8]).toMatchObject({ weekday: 1, hour: 8, weeks: 4, vehiclesPerHour: 480 });
    expect(profile.cells[9]?.occupancyRatio).toBeNull();
    const ranking = zoneRankingSchema.parse(await json('metrics/zones?from=2026-06-15'));
    expect(ranking.items[0]).toMatchObject({ rank: 1, id: 'zone', searchShare: { days: 14 } });
    expect(ranking.items[0]?.comparison?.occupancyRatio).toBeGreaterThan(
      ranking.items[0]?.figures.occupancyRatio ?? 1,
    );
  });

  test('of a single space by day, without how long cars stay', async () => {
    const [one] = toPublicInventory(inventory).spaces;
    const id = one?.id ?? '';
    const body = metricsSchema.parse(await json(`metrics?scope=space&id=${id}&step=week`));
    expect(body.items).toHaveLength(1);
    expect(body.items[0]?.total).toMatchObject({
      arrivals: 28 * 12,
      withheld: null,
      meanDwellMs: null,
      dwellMs: null,
      vacancyMs: null,
      evidence: { numberOfSpaces: 1, sensedSpaces: 1 },
    });
    expect(body.items[0]?.total.occupancyRatio).toBeGreaterThan(0.4);
    expect((await server.request('/api/v1/metrics/profile?scope=space')).status).toBe(400);
    const hidden = await server.request('/api/v1/metrics?scope=space&id=nowhere');
    expect(hidden.status).toBe(404);
  });

  test('hours and quarter hours of a single space are made of what was observed', async () => {
    const at = (step: string, more = '') =>
      json(`metrics?scope=space&id=space-1-0&from=2026-06-03&to=2026-06-04&step=${step}${more}`);
    const hours = metricsSchema.parse(await at('hour')).items[0];
    expect(hours?.intervals).toHaveLength(24);
    const figuresAt = (hour: number) => hours?.intervals[hour]?.figures;
    // Seen vacant at 8:00 for two hours, occupied 9:20 to 10:05, then vacant, silent from 12:05 on.
    expect(figuresAt(7)).toMatchObject({ occupancyRatio: null, arrivals: null });
    expect(figuresAt(8)).toMatchObject({ occupancyRatio: 0, arrivals: 0 });
    expect(figuresAt(9)).toMatchObject({
      occupancyRatio: 0.666667,
      arrivals: 1,
      departures: 0,
      numberOfOccupiedSpaces: 1,
      withheld: null,
      // How long cars stay on a single space is not told.
      meanDwellMs: null,
      dwellMs: null,
      vacancyMs: null,
    });
    expect(figuresAt(10)).toMatchObject({ occupancyRatio: 0.0833333, departures: 1 });
    expect(figuresAt(12)?.evidence.observedRatio).toBeCloseTo(5 / 60, 5);
    expect(figuresAt(13)?.occupancyRatio).toBeNull();
    const quarters = metricsSchema.parse(await at('15min')).items[0];
    expect(quarters?.intervals).toHaveLength(96);
    expect(quarters?.intervals[37]?.figures.occupancyRatio).toBeCloseTo(2 / 3, 5);
    expect(quarters?.total).toEqual(hours?.total);
    const asked = `scope=space&id=space-1-0,space-1-1&from=2026-06-01&step=hour`;
    const tooMuch = await server.request(`/api/v1/metrics?${asked}&to=2026-06-20`);
    expect(tooMuch.status).toBe(400);
    expect(tooMuch.headers.get('content-type')).toContain('problem+json');
    expect(((await tooMuch.json()) as { detail: string }).detail).toContain('31 space-days');
  });

  test('the usual days of a site are public, and tell nothing of a small one', async () => {
    const guarded = serverWith({ token: 'secret' });
    const at = (path: string) => guarded.request(`/api/v1/${path}`);
    expect((await at('metrics?scope=site')).status).toBe(401);
    const usual = await at('sites/site-0/typical-week');
    expect(usual.headers.get('cache-control')).toContain('public');
    const { days } = typicalWeekSchema.parse(await usual.json());
    expect(days.map(({ weekday }) => weekday)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(days[0]?.weeks).toBe(4);
    expect(days[0]?.occupancyRatios[8]).toBeCloseTo(0.54, 6);
    expect(days[0]?.occupancyRatios[9]).toBeNull();
    const small = typicalWeekSchema.parse(await (await at('sites/small/typical-week')).json());
    expect(small.days.flatMap(({ occupancyRatios }) => occupancyRatios)).toEqual(
      Array.from({ length: 168 }, () => null),
    );
    expect((await at('sites/nowhere/typical-week')).status).toBe(404);
  });

  test('the goal says that its baseline is assumed and what is missing', async () => {
    const goal = goalSchema.parse(await json('goal'));
    expect(goal).toMatchObject({
      verdict: 'not-enough-data',
      start: { kind: 'first-month', ratio: 0.1 },
      effectiveTargetRatio: 0.05,
      forecast: null,
    });
    expect(goal.missing.map(({ code }) => code)).toEqual(['baseline-assumed', 'few-months']);
    expect(goalSchema.parse(await json('goal?municipality=town')).months).toHaveLength(1);
  });

  test('a measure without control zones is a change, not an effect', async () => {
    const list = measureListSchema.parse(await json('measures'));
    const comparison = list.items[0]?.comparison;
    expect(comparison?.weeks).toBe(2);
    expect(comparison?.occupancy?.difference).toBeCloseTo(-0.126);
    expect(comparison?.occupancy).toMatchObject({ verdict: 'decreased', control: null });
    expect(comparison?.searchShare.effect).toMatchObject({
      difference: -0.5,
      verdict: 'decreased',
    });
    expect(list.items[0]?.verdictText.de).toContain('ohne Vergleichszonen');
  });

  test.each([
    ['metrics?step=second', 400],
    ['metrics?from=yesterday', 400],
    ['metrics?from=2026-06-20&to=2026-06-10', 400],
    ['metrics?scope=bay', 400],
    ['metrics?scope=site&step=15min&from=2020-01-01', 400],
    ['metrics?id=nowhere', 404],
    ['metrics/profile?scope=zone&id=nowhere', 404],
    ['goal?municipality=nowhere', 404],
  ])('%s is answered with %i', async (path, status) => {
    expect((await server.request(`/api/v1/${path}`)).status).toBe(status);
  });

  test('an answer holds until roll-ups or estimates change', async () => {
    const first = await server.request('/api/v1/metrics');
    const etag = first.headers.get('etag') ?? '';
    const headers = { 'if-none-match': etag };
    expect((await server.request('/api/v1/metrics', { headers })).status).toBe(304);
    revision += 1;
    expect((await server.request('/api/v1/metrics', { headers })).status).toBe(200);
  });

  test('a deployment that keeps planning to itself asks for the token', async () => {
    const closed = serverWith({ token: 'secret' });
    expect((await closed.request('/api/v1/goal')).status).toBe(401);
    const headers = { authorization: 'Bearer secret' };
    const told = await closed.request('/api/v1/goal', { headers });
    expect(told.status).toBe(200);
    expect(told.headers.get('cache-control')).toContain('private');
    expect((await serverWith({ token: null }).request('/api/v1/goal', { headers })).status).toBe(
      401,
    );
  });
});
