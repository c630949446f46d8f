import { estimateStretch } from '../../services/domain/search-share/estimate-stretch.ts';
import { estimateZone } from '../../services/domain/search-share/estimate-zone.ts';
import type { ZoneObservations } from '../../services/domain/search-share/model/observed.ts';
import { chance, randomFrom, uniform } from '../random.ts';
import { observeTrueDay, type Faults } from './observe.ts';
import { simulateDay, type Habits, type TrueDay } from './simulate.ts';
import { traitsOf } from './stretch.ts';
import type { TruthTown } from './town.ts';

/** What a town has of sensors. */
export interface Sensing {
  readonly faults: Faults;
  readonly sensedSpacesRatio: number;
  readonly sensedStreetsRatio: number;
}

/** What the estimators made of one campaign. */
export interface Outcome {
  readonly truth: number;
  readonly old: number;
  readonly zone: number;
  readonly interval: readonly [number, number];
}

const strata = 2;

/** The days of one campaign, as they really were: the same for every kind of sensing. */
export const simulateCampaign = (
  town: TruthTown,
  habits: Habits,
  days: number,
  seed: number,
): readonly TrueDay[] =>
  Array.from({ length: days }, (_, day) => simulateDay(town, habits, seed * 1000 + day));

/** What the sensors show of a campaign. */
function observeCampaign(
  town: TruthTown,
  campaign: readonly TrueDay[],
  { faults, sensedSpacesRatio, sensedStreetsRatio }: Sensing,
  seed: number,
): ZoneObservations {
  const random = randomFrom('experiment', seed);
  const durationS = (campaign[0]?.hours ?? 0) * 3600;
  const sensed = town.kerbs.map((lane) =>
    uniform(random) < sensedStreetsRatio
      ? Array.from({ length: town.lanes[lane]!.numberOfSpaces }, () =>
          chance(random, sensedSpacesRatio),
        )
      : null,
  );
  return {
    stretches: town.kerbs.map((lane, stretch) => ({
      id: `k${stretch}`,
      lengthM: town.lanes[lane]!.lengthM,
      numberOfSpaces: town.lanes[lane]!.numberOfSpaces,
    })),
    days: campaign.map(() => ({
      durationS,
      segments: Array.from({ length: strata }, (_, stratum) => ({
        fromS: (stratum * durationS) / strata,
        toS: ((stratum + 1) * durationS) / strata,
        stratum,
      })),
    })),
    strata,
    groups: campaign.flatMap((truth, day) =>
      observeTrueDay(town, truth, day, sensed, faults, random),
    ),
    sensors: traitsOf(faults),
  };
}

/** Observes a campaign and estimates the share by the product form (OLD) and by N. */
export function tryEstimators(
  town: TruthTown,
  campaign: readonly TrueDay[],
  sensing: Sensing,
  seed: number,
): Outcome {
  const observations = observeCampaign(town, campaign, sensing, seed);
  const total = (pick: (day: TrueDay) => number): number =>
    campaign.reduce((sum, day) => sum + pick(day), 0);
  const freePasses = total((day) => day.freePasses);
  const zone = estimateZone(observations, {
    streetsOfZone: town.kerbs.length,
    acceptanceRatio: freePasses > 0 ? total((day) => day.freeTakes) / freePasses : 1,
    guidedExcessKm: total((day) => day.guidedExcessM) / 1000,
    bootstraps: 60,
    seed,
    weights: 'length',
  });
  return {
    truth: total((day) => day.searchM) / total((day) => day.allM),
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
