import { expect, test } from 'vitest';
import { estimateStretch } from '../../../../services/domain/search-share/estimate-stretch.ts';
import { fitZone } from '../../../../services/domain/search-share/model/fit-zone.ts';
import { readRecording } from './recorded-days.ts';

/** Equal within 1 % of the reference. */
const within1Percent = (value: number, reference: number): void => {
  expect(value / reference).toBeGreaterThan(0.99);
  expect(value / reference).toBeLessThan(1.01);
};

test.each(['all-sensed', 'guided-partly-sensed', 'ageing-sensors'])(
  'the fit of a zone agrees with the research code: %s',
  (name) => {
    const { observations, reference } = readRecording(name);
    const { imputation, parameters } = fitZone(observations, null, {
      passes: 3,
      outer: 3,
      inner: 12,
      form: 'published',
    });
    within1Percent(imputation.fullPasses / imputation.passes, reference.searchShareRatio);
    within1Percent(imputation.fullRatio, reference.fullRatio);
    within1Percent(parameters.missedArrivalRatio, reference.missedArrivalRatio);
    within1Percent(parameters.falseFreeRatio, reference.falseFreeRatio);
  },
);

test.each(['all-sensed', 'ageing-sensors'])(
  'the product form summed over the stretches agrees with the research code: %s',
  (name) => {
    const { observations, reference } = readRecording(name);
    let searching = 0;
    let passes = 0;
    observations.stretches.forEach((_, stretch) => {
      const options = { acceptanceRatio: 1, bootstraps: 0, seed: 1 };
      const estimate = estimateStretch(observations, stretch, options);
      searching += (estimate.searchShareRatio ?? 0) * estimate.passes;
      passes += estimate.passes;
    });
    within1Percent(searching / passes, reference.productFormRatio ?? NaN);
  },
);
