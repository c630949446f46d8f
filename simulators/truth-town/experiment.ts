import { estimateStretch } from '../../services/domain/search-share/estimate-stretch.ts';
import { estimateZone } from '../../services/domain/search-share/estimate-zone.ts';
import type { ZoneObservations } from '../../services/domain/search-share/model/observed.ts';
import { chance, randomFrom, uniform } from '../random.ts';
import { observeTrueDay, type Faults } from './observe.ts';
import { simulateDay, type Habits } from './simulate.ts';
import { traitsOf } from './stretch.ts';
import type { TruthTown } from './town.ts';

export interface Experiment {
  readonly habits: Habits;
  readonly faults: Faults;
  readonly days: number;
  readonly sensedSpacesRatio: number;
  readonly sensedStreetsRatio: number;
}

/** One campaign, and what the estimators made of it. */
export interface Outcome {
  readonly truth: number;
  readonly old: number;
  readonly zone: number;
  readonly interval: readonly [number, number];
}

const strata = 2;

/** Simulates a campaign, observes it and estimates the share by the product form (OLD) and by N. */
export function runExperiment(town: TruthTown, experiment: Experiment, seed: number): Outcome {
  const { habits, faults } = experiment;
  const random = randomFrom('experiment', seed);
  const durationS = habits.hours * 3600;
  const sensed = town.kerbs.map((lane) =>
    uniform(random) < experiment.sensedStreetsRatio
      ? Array.from({ length: town.lanes[lane]!.numberOfSpaces }, () =>
          chance(random, experiment.sensedSpacesRatio),
        )
      : null,
  );
  const sums = { allM: 0, searchM: 0, guidedExcessM: 0, freePasses: 0, freeTakes: 0 };
  const groups: ZoneObservations['groups'][number][] = [];
  for (let day = 0; day < experiment.days; day++) {
    const truth = simulateDay(town, habits, seed * 1000 + day);
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += truth[key];
    groups.push(...observeTrueDay(town, truth, day, sensed, faults, random));
  }
  const observations: ZoneObservations = {
    stretches: town.kerbs.map((lane, stretch) => ({
      id: `k${stretch}`,
      lengthM: town.lanes[lane]!.lengthM,
      numberOfSpaces: town.lanes[lane]!.numberOfSpaces,
    })),
    days: Array.from({ length: experiment.days }, () => ({
      durationS,
      segments: Array.from({ length: strata }, (_, stratum) => ({
        fromS: (stratum * durationS) / strata,
        toS: ((stratum + 1) * durationS) / strata,
        stratum,
      })),
    })),
    strata,
    groups,
    sensors: traitsOf(faults),
  };
  const zone = estimateZone(observations, {
    streetsOfZone: town.kerbs.length,
    acceptanceRatio: sums.freePasses > 0 ? sums.freeTakes / sums.freePasses : 1,
    guidedExcessKm: sums.guidedExcessM / 1000,
    bootstraps: 60,
    seed,
    weights: 'length',
  });
  return {
    truth: sums.searchM / sums.allM,
    old: productForm(observations),
    zone: zone.searchShareRatio,
    interval: zone.interval ?? [0, 1],
  };
}

/** OLD: F·θ of every stretch, added up over the vehicle-kilometres. */
function productForm(observations: ZoneObservations): number {
  let searching = 0;
  let all = 0;
  observations.stretches.forEach(({ lengthM }, stretch) => {
    const options = { acceptanceRatio: 1, bootstraps: 0, seed: 1 };
    const { searchShareRatio, passes } = estimateStretch(observations, stretch, options);
    searching += (searchShareRatio ?? 0) * passes * lengthM;
    all += passes * lengthM;
  });
  return all > 0 ? searching / all : 0;
}
