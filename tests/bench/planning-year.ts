import { DuckDBInstance } from '@duckdb/node-api';
import { duckdbStore } from '../../services/adapters/history-store/duckdb.ts';
import { layoutOf } from '../../services/adapters/history-store/duckdb-rows.ts';
import { rollUpTable, transitionTable } from '../../services/adapters/history-store/tables.ts';
import { toStretchId, toZoneId } from '../../services/domain/ids.ts';
import { placeGroups } from '../../services/domain/roll-up-groups.ts';
import type { Inventory } from '../../services/domain/site.ts';
import { streetAt } from '../support/planned-town.ts';
import { kerbTown } from '../support/towns.ts';

export const dayMs = 86_400_000;
const days = 365;
const streets = 100;
const spacesPerStreet = 10;
export const zones = 10;
const changesPerDay = 20;
export const startMs = Date.UTC(2025, 0, 1);
export const endMs = startMs + days * dayMs;

/** A thousand spaces at a hundred streets of ten zones. */
export function thousandSpaces(): Inventory {
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
export async function writeYear(path: string, inventory: Inventory): Promise<number> {
  const instance = await DuckDBInstance.create(path, { memory_limit: '1024MB', threads: '2' });
  const connection = await instance.connect();
  // With names as texts, as earlier versions wrote them: the store gives them numbers.
  await connection.run(`CREATE TABLE ${layoutOf(transitionTable, null)}`);
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
    await connection.run(
      `CREATE TABLE ${layoutOf({ ...rollUpTable, name: `roll_up_${step}` }, null)}`,
    );
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
  await (await duckdbStore({ path, memoryLimitMb: 1024, threads: 2 })).close();
  return written.value(0, 0) as number;
}
