import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runExperiment } from '../../../../simulators/truth-town/experiment.ts';
import { goodSensors } from '../../../../simulators/truth-town/observe.ts';
import { usualHabits } from '../../../../simulators/truth-town/simulate.ts';
import { scoreStretch } from '../../../../simulators/truth-town/stretch.ts';
import { createTruthTown } from '../../../../simulators/truth-town/town.ts';

const streets = new URL(
  '../../../../simulators/sources/heidelberg-streets.geojson',
  import.meta.url,
);
const town = createTruthTown(readFileSync(streets, 'utf8'));
const campaign = {
  habits: { ...usualHabits, arrivalsPerHour: 1000, hours: 3 },
  faults: goodSensors,
  days: 3,
  sensedSpacesRatio: 1,
  sensedStreetsRatio: 1,
};

test('the share of a town on real streets is found within 20 % in three days, OLD reads lower', () => {
  const { truth, old, zone, interval } = runExperiment(town, campaign, 1);
  expect(Math.abs(zone / truth - 1)).toBeLessThan(0.2);
  expect(old).toBeLessThan(zone);
  expect(interval[0]).toBeLessThan(truth);
  expect(interval[1]).toBeGreaterThan(truth);
});

test('the effect of guidance is seen, not hidden by the guided takes', () => {
  const before = runExperiment(town, campaign, 2);
  const guided = { ...campaign, habits: { ...campaign.habits, guidedRatio: 0.6 } };
  const after = runExperiment(town, guided, 2);
  expect(after.truth).toBeLessThan(0.85 * before.truth);
  expect(Math.abs(after.zone / before.zone - after.truth / before.truth)).toBeLessThan(0.15);
});

test('the ready share of a single stretch is found through LoRaWAN sensors', () => {
  const { bias, coverage } = scoreStretch(0.3, 6, 60);
  expect(Math.abs(bias)).toBeLessThan(0.15);
  expect(coverage).toBeGreaterThanOrEqual(4 / 6);
});
