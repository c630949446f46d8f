import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { rollUpTable } from '../../services/adapters/history-store/tables.ts';
import type { DeviceReport } from '../../services/domain/device-health.ts';
import { toStretchId, toZoneId } from '../../services/domain/ids.ts';
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
import { streetAt } from '../support/planned-town.ts';
import { kerbTown } from '../support/towns.ts';
import { anEstimate } from '../unit/domain/planning/estimates.ts';
import { quantile, type Figure } from './measure.ts';

const dayMs = 86_400_000;
const days = 365;
const streets = 100;
const spacesPerStreet = 10;
const zones = 10;
const changesPerDay = 20;
const startMs = Date.UTC(2025, 0, 1);
const endMs = startMs + days * dayMs;
const asks = 20;
/** The issue's: any planner page answers within this at p95. */
const longestMs = 300;

/** A thousand spaces at a hundred streets of ten zones. */
function thousandSpaces(): Inventory {
  const town = kerbTown({ sites: streets, spacesPerSite: spacesPerStreet });
  const [municipality] = town.municipalities;
  if (!municipality) throw new Error('a town has a municipality');
  const zoneIdOf = (at: number) => toZoneId(`zone-${at % zones}`);
  return {
    ...town,
    zones: Array.from({ length: zones }, (_, at) => ({
      id: zoneIdOf(at),
      municipalityId: municipality.id,
      name: `Zone ${at}`,
      outline: [],
    })),
    sites: town.sites.map((site, at) => ({
      ...site,
      zoneId: zoneIdOf(at),
      stretchId: toStretchId(`street-${at}`),
    })),
    stretches: town.sites.map((site, at) => streetAt(site, at, zoneIdOf(at))),
  };
}

/** Age tables as long as those of real days; that they repeat makes the file smaller, not the reading cheaper. */
const stays = [
  '6012 5890/3 5710/5 10400/9 9800/8 14100/12 22040/21 30100/25 38800/19 30200/11 21040/8 14200/5',
  '5120 5010/2 4890/4 9100/7 8800/9 12700/11 20100/18 27300/20 35100/22 28800/13 20100/7 13000/4 9000/2',
  '600 590/1 570 1000/2 900 1400/1 2200/2 3000 3800/1 3000',
];
const vacancies = [
  '4012/20 3300/17 2900/11 4100/15 3000/9 2900/7 3100/6 2200/2 1800/1 900',
  '3900/18 3100/14 2700/13 3900/12 2800/11 2600/6 2800/4 2000/3 1500/2 700',
];

/** Cells of a roll-up of `n` spaces, as SQL; half of the time half of the spaces are taken. */
const cells: Readonly<Record<string, string>> = {
  from_ms: 'at_ms',
  scope: 'scope',
  id: 'id',
  step: 'step',
  to_ms: 'at_ms + lasts_ms',
  number_of_spaces: 'n',
  observed_ms: 'n * lasts_ms',
  occupied_ms: '(n * lasts_ms * (0.4 + 0.3 * random()))::BIGINT',
  arrivals: `(n * ${changesPerDay / 2} * lasts_ms / ${dayMs})::BIGINT`,
  departures: `(n * ${changesPerDay / 2} * lasts_ms / ${dayMs})::BIGINT`,
  inferred: '0',
  full_ms: '(lasts_ms * 0.1)::BIGINT',
  ended_stay_ms: `(n * ${changesPerDay / 2} * lasts_ms / ${dayMs})::BIGINT * 4000000`,
  ended_stays: `(n * ${changesPerDay / 2} * lasts_ms / ${dayMs})::BIGINT`,
  vehicles: "CASE WHEN scope = 'space' OR scope = 'site' THEN NULL ELSE n * 40 END",
  counted_ms: "CASE WHEN scope = 'space' OR scope = 'site' THEN 0 ELSE lasts_ms END",
  occupied_at_end: 'n // 2',
  observed_at_end: 'n',
  watched_ms: 'lasts_ms',
  street_full_ms: '(n * lasts_ms * 0.1)::BIGINT',
  street_watched_ms: 'n * lasts_ms',
  stays: `CASE WHEN n = 1 THEN '${stays[0]}' ELSE (['${stays.join("', '")}'])[1 + (at_ms // 900000) % 3] END`,
  vacancies: `(['${vacancies.join("', '")}'])[1 + (at_ms // 900000) % 2]`,
};

/** Writes a year: every change of every space, and what rolls up from them, in the order of time. */
async function writeYear(path: string, inventory: Inventory): Promise<number> {
  const options = { path, memoryLimitMb: 1024, threads: 2 };
  // The store makes its tables itself.
  await (await duckdbStore(options)).close();
  const instance = await DuckDBInstance.create(path, { memory_limit: '1024MB', threads: '2' });
  const connection = await instance.connect();
  await connection.run(`INSERT INTO transition (at_ms, space, occupied, inferred, earliest_ms)
    SELECT at_ms, 'space-' || (s // ${spacesPerStreet}) || '-' || (s % ${spacesPerStreet}),
      k % 2 = 0, false, at_ms FROM (
        SELECT s, k, ${startMs} + k * ${dayMs / changesPerDay} + s * 3001 % ${dayMs / changesPerDay} AS at_ms
        FROM range(${days * changesPerDay}) t(k), range(${streets * spacesPerStreet}) u(s))`);
  await connection.run('CREATE TEMP TABLE place (scope VARCHAR, id VARCHAR, n BIGINT)');
  const places = placeGroups(inventory).map(
    ({ scope, id, numberOfSpaces }) => `('${scope}', '${id}', ${numberOfSpaces})`,
  );
  const spaces = inventory.spaces.map(({ id }) => `('space', '${id}', 1)`);
  await connection.run(`INSERT INTO place VALUES ${[...places, ...spaces].join(', ')}`);
  const columns = rollUpTable.columns.map(({ name }) => name);
  for (const [step, perDay] of [
    ['15min', 96],
    ['hour', 24],
    ['day', 1],
  ] as const) {
    await connection.run(`INSERT INTO roll_up_${step} (${columns.join(', ')})
      SELECT ${columns.map((name) => cells[name]).join(', ')} FROM (
        SELECT scope, id, n, '${step}' AS step, ${dayMs / perDay} AS lasts_ms,
          ${startMs} + part * ${dayMs / perDay} AS at_ms
        FROM range(${days * perDay}) t(part), place
        WHERE scope <> 'space' OR '${step}' = 'day'
      ) ORDER BY at_ms`);
  }
  const written = await connection.runAndReadAll('SELECT count(*)::DOUBLE FROM transition');
  connection.closeSync();
  instance.closeSync();
  return written.value(0, 0) as number;
}

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
