import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  baseCase,
  meanOf,
  runCase,
  runWithout,
  type Cell,
} from '../../../simulators/guidance-town/experiments.ts';
import type { Summary } from '../../../simulators/guidance-town/summary.ts';
import { createTown, type Town } from '../../../simulators/guidance-town/town.ts';

const streets = new URL('../../../simulators/sources/heidelberg-streets.geojson', import.meta.url);

/** The gates of `npm run validate:guidance` in small: three hours, one seed. */
describe('guidance in the simulated town', () => {
  let town: Town;
  let without: readonly Summary[];
  const cells = new Map<string, Cell>();
  const short = { ...baseCase, demand: { hours: 3 } };
  const search = (policy: string): number =>
    meanOf(cells.get(policy)!.runs, ({ searchRatio }) => searchRatio);
  const searchWithout = (): number => meanOf(without, ({ searchRatio }) => searchRatio);

  beforeAll(async () => {
    town = createTown(await readFile(streets, 'utf8'), 1);
    without = runWithout(town, short, [0.6], [1]).get(0.6)!;
    for (const policy of ['nearest', 'uncommitted', 'ours'] as const)
      for (const cell of runCase(town, short, [[policy, 0.6]], [1])) cells.set(policy, cell);
  }, 180_000);

  test('the streets are those of Heidelberg’s centre', () => {
    expect(town.graph.nodeCount).toBe(736);
    expect(town.arcs).toHaveLength(1_530);
    expect(town.net.carParks).toHaveLength(7);
  });

  test('without guidance the town searches as much as towns do', () => {
    expect(searchWithout()).toBeGreaterThan(0.08);
    expect(searchWithout()).toBeLessThan(0.2);
  });

  test('at 60 % guided more than half of the search is gone, for the unguided too', () => {
    expect(search('ours')).toBeLessThan(0.5 * searchWithout());
    const excess = (runs: readonly Summary[]): number =>
      meanOf(runs, ({ unguidedExcessS }) => unguidedExcessS);
    expect(excess(cells.get('ours')!.runs)).toBeLessThan(excess(without));
  });

  test('nearest free and advice without commitments search more', () => {
    expect(search('nearest')).toBeGreaterThan(1.3 * search('ours'));
    expect(search('uncommitted')).toBeGreaterThan(search('ours'));
  });

  test('the chance told comes true', () => {
    const [run] = cells.get('ours')!.runs;
    expect(run!.wrongRatio).toBeLessThan(0.08);
    expect(Math.abs(run!.meanChanceRatio - (1 - run!.wrongRatio))).toBeLessThan(0.04);
  });

  test('the same seed gives the same town', () => {
    const [again] = runCase(town, short, [['nearest', 0.6]], [1]);
    expect(again).toEqual(cells.get('nearest'));
  });
});
