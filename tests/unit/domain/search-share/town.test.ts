import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { simulateCampaign, tryEstimators } from '../../../../simulators/truth-town/experiment.ts';
import { ageingSensors, goodSensors } from '../../../../simulators/truth-town/observe.ts';
import { usualHabits } from '../../../../simulators/truth-town/simulate.ts';
import { scoreStretch } from '../../../../simulators/truth-town/stretch.ts';
import { createTruthTown } from '../../../../simulators/truth-town/town.ts';

const streets = new URL(
  '../../../../simulators/sources/heidelberg-streets.geojson',
  import.meta.url,
);
const town = createTruthTown(readFileSync(streets, 'utf8'));
const habits = { ...usualHabits, arrivalsPerHour: 1300, hours: 3 };
const days = 3;
const campaign = simulateCampaign(town, habits, days, 1);
const sensing = { faults: goodSensors, sensedSpacesRatio: 1, sensedStreetsRatio: 1 };
const found = tryEstimators(town, campaign, sensing, 1);
const patience = 120_000;

test('the share of a town on real streets is found within 15 % in three days, OLD reads lower', () => {
  const { truth, old, zone, interval } = found;
  expect(Math.abs(zone / truth - 1)).toBeLessThan(0.15);
  expect(old).toBeLessThan(0.85 * truth);
  expect(interval[0]).toBeLessThan(truth);
  expect(interval[1]).toBeGreaterThan(truth);
});

test.each([
  ['on 60 % of the spaces', { ...sensing, sensedSpacesRatio: 0.6 }],
  ['that age', { ...sensing, faults: ageingSensors }],
])('sensors %s do not hide the share', { timeout: patience }, (_, poorer) => {
  const { truth, old, zone, interval } = tryEstimators(town, campaign, poorer, 1);
  expect(Math.abs(zone / truth - 1)).toBeLessThan(0.25);
  expect(old).toBeLessThan(zone);
  expect(interval[0]).toBeLessThan(truth);
  expect(interval[1]).toBeGreaterThan(truth);
});

test(
  'the effect of guidance is seen, not hidden by the guided takes',
  { timeout: patience },
  () => {
    const guided = simulateCampaign(town, { ...habits, guidedRatio: 0.6 }, days, 1);
    const after = tryEstimators(town, guided, sensing, 1);
    expect(after.truth).toBeLessThan(0.85 * found.truth);
    expect(Math.abs(after.zone / found.zone - after.truth / found.truth)).toBeLessThan(0.15);
  },
);

test('the ready share of a single stretch is found through LoRaWAN sensors', () => {
  const { bias, coverage } = scoreStretch(0.3, 6, 60);
  expect(Math.abs(bias)).toBeLessThan(0.15);
  expect(coverage).toBeGreaterThanOrEqual(4 / 6);
});
