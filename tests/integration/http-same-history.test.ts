import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startComposedTown, webhookSource, type ComposedTown } from '../support/composed-town.ts';
import { deploymentFolder } from '../support/deployment-folder.ts';
import { startInfluxd } from '../support/influxd.ts';
import type { TestServer } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
const spaces = Array.from({ length: 20 }, (_, space) => space);
const rounds = 30;

let influxd: TestServer;
const towns: ComposedTown[] = [];

/** Waits until every quarter hour that is closed, a minute after its end, is rolled up. */
async function rolledUp(town: ComposedTown): Promise<void> {
  const closedMs = Math.floor((town.clock.now() - minuteMs) / quarterMs) * quarterMs;
  await waitFor(
    async () => {
      // A run that ended meanwhile has set the next one to now, which passes only when it is asked.
      town.clock.advance(0);
      const answer = await town.send('GET', '/api/v1/metrics?scope=all&step=total');
      const { rolledUpTo } = (await answer.json()) as { readonly rolledUpTo: string | null };
      return Date.parse(rolledUpTo ?? '') >= closedMs;
    },
    { what: 'the roll-ups of what has passed' },
  );
}

/** The same afternoon in a town whose history is kept by this store. */
async function live(history: object): Promise<ComposedTown> {
  const dir = deploymentFolder(spaces.length, { sources: [webhookSource], history } as never);
  const town = await startComposedTown(dir);
  towns.push(town);
  const startedMs = town.clock.now();
  for (let round = 0; round < rounds; round += 1) {
    await town.report(
      spaces.filter((space) => (space * 7 + round * 3) % 5 === 0),
      round % 2 === 0,
    );
    await town.pass(7 * minuteMs);
  }
  const state = async () =>
    (await (await town.send('GET', '/api/v1/state')).json()) as {
      readonly log: { readonly last: number };
      readonly history: { readonly cursor: number };
    };
  await waitFor(
    async () => {
      await town.pass(250);
      const { log, history: stored } = await state();
      return stored.cursor === log.last && log.last > rounds;
    },
    { what: 'the history to have everything' },
  );
  // What was recorded late is rolled up again with the quarter hours that follow, one after the other.
  const untilMs = startedMs + rounds * 7 * minuteMs + 240 * minuteMs;
  while (town.clock.now() < untilMs) {
    await town.pass(Math.min(quarterMs, untilMs - town.clock.now()));
    await rolledUp(town);
  }
  return town;
}

beforeAll(async () => {
  influxd = await startInfluxd();
  await live({ kind: 'duckdb' });
  await live({ kind: 'influxdb', url: influxd.url, api: '1', database: 'town' });
});
afterAll(async () => {
  for (const town of towns) await town.stop();
  await influxd.stop();
});

/** What differs between two runs of the same program: when it was started. */
const comparable = (text: string): string => text.replaceAll(/"cursor":"[^"]*"/g, '"cursor":""');

describe('DuckDB and InfluxDB answer the same over HTTP', () => {
  test.each([
    '/api/v1/metrics?step=15min&scope=site',
    '/api/v1/metrics?step=day&scope=site',
    '/api/v1/metrics?step=hour&scope=site',
    '/api/v1/metrics?step=hour&scope=municipality',
    '/api/v1/metrics?step=hour&scope=space&id=space-0',
    '/api/v1/metrics?step=15min&scope=space&id=space-0',
    '/api/v1/goal',
    '/api/v1/measures',
    '/api/v1/history',
  ])('%s', async (path) => {
    const [ours, theirs] = await Promise.all(
      towns.map(async (town) => {
        const answer = await town.send('GET', path);
        expect(answer.status, await answer.clone().text()).toBe(200);
        return comparable(await answer.text());
      }),
    );
    expect(ours).toBe(theirs);
  });

  test('and the figures are no empty ones', async () => {
    const answer = await towns[1]?.send('GET', '/api/v1/metrics?step=hour&scope=municipality');
    const { items } = (await answer?.json()) as {
      readonly items: readonly { readonly total: { readonly arrivals: number | null } }[];
    };
    expect(items.map(({ total }) => (total.arrivals ?? 0) > 20)).toEqual([true]);
  });
});
