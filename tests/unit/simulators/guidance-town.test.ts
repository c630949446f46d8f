import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  baseCase,
  createExperiments,
  type Experiments,
} from '../../../simulators/guidance-town/experiments.ts';
import type { PolicyKind } from '../../../simulators/guidance-town/policies.ts';
import type { Summary } from '../../../simulators/guidance-town/summary.ts';
import { createTown, type Town } from '../../../simulators/guidance-town/town.ts';

const streets = new URL('../../../simulators/sources/heidelberg-streets.geojson', import.meta.url);

/** The gates of `npm run validate:guidance` in small: three hours, one seed. */
describe('guidance in the simulated town', () => {
  let town: Town;
  let experiments: Experiments;
  const cells = new Map<string, Summary>();
  const short = { ...baseCase, demand: { hours: 3 } };
  const run = (policy: PolicyKind): Summary => experiments.run(short, policy, 0.6, 1);
  const search = (policy: PolicyKind): number => run(policy).searchRatio;

  beforeAll(async () => {
    town = createTown(await readFile(streets, 'utf8'), 1);
    experiments = createExperiments(() => town, {
      find: (key) => cells.get(key),
      keep: (key, summary) => void cells.set(key, summary),
    });
    for (const policy of ['none', 'nearest', 'uncommitted', 'ours'] as const) run(policy);
  }, 180_000);

  test('the streets are those of Heidelberg’s centre', () => {
    expect(town.graph.nodeCount).toBe(736);
    expect(town.arcs).toHaveLength(1_530);
    expect(town.net.carParks).toHaveLength(7);
  });

  test('without guidance the town searches as much as towns do', () => {
    expect(search('none')).toBeGreaterThan(0.08);
    expect(search('none')).toBeLessThan(0.2);
  });

  test('at 60 % guided more than half of the search is gone, for the unguided too', () => {
    expect(search('ours')).toBeLessThan(0.5 * search('none'));
    expect(run('ours').unguidedExcessS).toBeLessThan(run('none').unguidedExcessS);
  });

  test('nearest free and advice without commitments search more', () => {
    expect(search('nearest')).toBeGreaterThan(1.3 * search('ours'));
    expect(search('uncommitted')).toBeGreaterThan(search('ours'));
  });

  test('the chance told comes true', () => {
    const { wrongRatio, meanChanceRatio } = run('ours');
    expect(wrongRatio).toBeLessThan(0.08);
    expect(Math.abs(meanChanceRatio - (1 - wrongRatio))).toBeLessThan(0.04);
  });

  test('the same seed gives the same town', () => {
    const forgetful = { find: () => undefined, keep: () => undefined };
    const again = createExperiments(() => town, forgetful);
    expect(again.run(short, 'nearest', 0.6, 1)).toEqual(run('nearest'));
  });
});
