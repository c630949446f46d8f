import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import type { DeviceReport } from '../../services/domain/device-health.ts';
import { toZoneId } from '../../services/domain/ids.ts';
import type { ShareResults } from '../../services/domain/planning/share-results.ts';
import { createSumUp } from '../../services/pipeline/sum-up.ts';
import { toPublicInventory } from '../../services/domain/privacy.ts';
import { placeGroups } from '../../services/domain/roll-up-groups.ts';
import type { Inventory } from '../../services/domain/site.ts';
import type { HistoryStore } from '../../services/ports/history-store.ts';
import type { RollUpSums } from '../../services/ports/roll-up-sums.ts';
import { createPlanningApi } from '../../services/publish/planning/api.ts';
import type { PlanningDeps } from '../../services/publish/planning/deps.ts';
import { settings } from '../fixtures/feeds/town.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { anEstimate } from '../unit/domain/planning/estimates.ts';
import { quantile, type Figure } from './measure.ts';
import { dayMs, endMs, startMs, thousandSpaces, writeYear, zones } from './planning-year.ts';

const asks = 20;
/** The issue's: any planner page answers within this at p95. */
const longestMs = 300;

function toShares(): ShareResults {
  const all = { fromMs: endMs - 28 * dayMs, toMs: endMs, estimate: anEstimate() };
  return {
    revision: 1,
    known: { fromMs: startMs, toMs: endMs },
    pending: 0,
    results: [
      { ...all, scope: 'all', id: 'all', period: 'recent' },
      ...Array.from({ length: zones }, (_, at) => ({
        ...all,
        scope: 'zone' as const,
        id: `zone-${at}`,
        period: 'recent' as const,
      })),
    ],
  };
}

/** A measure with eight weeks on either side, in two zones against four. */
const measure = {
  id: 'fee',
  title: 'Fee',
  description: '',
  kind: 'price',
  from: '2025-11-01',
  until: null,
  zones: [toZoneId('zone-0'), toZoneId('zone-1')],
  stretches: [],
  controlZones: ['zone-2', 'zone-3', 'zone-4', 'zone-5'].map(toZoneId),
  responsible: '',
  budgetEur: null,
  initialSituation: '',
  targetSituation: '',
};

/** A sensor a space, all well, so that the sums by zone are made. */
const toReports = ({ installations }: Inventory): readonly DeviceReport[] =>
  installations.map((installation) => ({
    installation,
    lastSeenMs: endMs,
    uplinks: 10_000,
    lostUplinks: 120,
    lossRatio: 0.012,
    health: null,
    batteryRatio: null,
    faults: [],
    problems: [],
  }));

const year = `from=2025-01-01&to=2026-01-01`;
/** What the planner's pages ask for, with the longest time they offer. */
const ofPages = [
  `metrics?scope=all&step=day&${year}`,
  `metrics?scope=municipality&id=town&step=day&${year}`,
  `metrics?scope=zone&id=zone-3&step=day&${year}`,
  `metrics?scope=stretch&step=total&${year}`,
  `metrics/profile?scope=all&${year}`,
  `metrics/profile?scope=zone&id=zone-3&${year}`,
  // With the time before it, the whole year.
  'metrics/zones?from=2025-07-03&to=2026-01-01',
  'goal',
  'measures',
];
/** What only readers of the API ask for: megabytes of intervals. */
const ofReaders = [
  `metrics?scope=zone&step=day&${year}`,
  `metrics?scope=zone&id=zone-3&step=hour&${year}`,
  `metrics?scope=zone&id=zone-3&step=15min&from=2025-10-01&to=2025-12-01`,
];

function toDeps(
  inventory: Inventory,
  { store, sums }: { readonly store: HistoryStore; readonly sums: RollUpSums },
  revision: () => number,
): PlanningDeps {
  const shares = toShares();
  const reports = toReports(inventory);
  const sensed = new Map(
    placeGroups(inventory).map(({ scope, id, spaceIds }) => [`${scope}|${id}`, spaceIds.length]),
  );
  const published = toPublicInventory(inventory);
  return {
    settings: { ...settings, timeZone: 'Europe/Berlin' },
    inventory: () => published,
    sensedSpaces: () => sensed,
    store,
    sums,
    // A new version every time: kept answers would be measured otherwise.
    rolledUp: () => ({ doneMs: endMs, revision: revision() }),
    staleAfterMs: () => 2 * 3_600_000,
    shares: () => shares,
    goal: {
      baselineRatio: 0.3,
      baseline: 'assumed',
      baselineSource: '',
      targetRatio: 0.15,
      deadline: '2028-12-31',
    },
    measures: () => [measure],
    devices: () => reports,
    clock: createManualClock(endMs),
    epoch: 'bench',
    token: undefined,
  };
}

/** Writes the last day again, as it happens when it closes or when late data touch it. */
async function writeLastDay(store: HistoryStore): Promise<void> {
  for (const step of ['hour', 'day'] as const)
    for (const scope of ['site', 'stretch', 'zone', 'municipality'] as const)
      await store.writeRollUps(
        await store.rollUps({ scope, step, fromMs: endMs - dayMs, toMs: endMs }),
      );
}

/** Every question of the planner's pages to a year of 1,000 spaces with 20 changes a day each. */
export async function benchPlanning(): Promise<Figure[]> {
  const inventory = thousandSpaces();
  const path = `${temporaryDirectory()}/year.duckdb`;
  const transitions = await writeYear(path, inventory);
  const history = createSumUp({
    // As the product opens it.
    store: await duckdbStore({ path, memoryLimitMb: 128, threads: 1 }),
    timeZone: 'Europe/Berlin',
  });
  const { store } = history;
  let revision = 0;
  const api = createPlanningApi(toDeps(inventory, history, () => revision));
  const figures: Figure[] = [];
  for (const question of [...ofPages, ...ofReaders]) {
    const tookMs: number[] = [];
    const cpuMs: number[] = [];
    let firstMs = 0;
    for (let n = 0; n <= asks; n += 1) {
      revision += 1;
      if (n > 0) await writeLastDay(store);
      const cpu = process.cpuUsage();
      const startedMs = performance.now();
      const response = await api.request(`/api/v1/${question}`);
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${question}: ${response.status}`);
      const { user, system } = process.cpuUsage(cpu);
      if (n === 0) firstMs = (user + system) / 1000;
      else {
        tookMs.push(performance.now() - startedMs);
        cpuMs.push((user + system) / 1000);
      }
    }
    const of = `${question.replace(`&${year}`, ', a year')} of ${transitions / 1e6} M transitions`;
    figures.push(
      {
        name: `planning p95, ${of}`,
        value: quantile(tookMs, 0.95),
        unit: 'ms',
        limit: null,
        target: ofPages.includes(question) ? { atMost: longestMs } : null,
      },
      {
        name: `planning CPU time, median, ${question.split('&')[0] ?? question}`,
        value: quantile(cpuMs, 0.5),
        unit: 'ms',
        limit: null,
        target: null,
      },
      {
        name: `planning CPU time of the first time after a start, ${question.split('&')[0] ?? question}`,
        value: firstMs,
        unit: 'ms',
        limit: null,
        target: null,
      },
    );
  }
  await store.close();
  return figures;
}
