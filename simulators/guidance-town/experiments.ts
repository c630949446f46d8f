import { demandDefaults, drawDrivers, type DemandSettings, type Driver } from './demand.ts';
import { goodSensors, type PolicyKind, type SensorSettings } from './policies.ts';
import { simulate, type RunSettings } from './simulate.ts';
import { summarise, type Summary } from './summary.ts';
import type { Town } from './town.ts';

/** One situation in which policies are compared. */
export interface Case {
  readonly name: string;
  readonly demand?: Partial<DemandSettings>;
  readonly sensors?: Partial<SensorSettings>;
  readonly obeyRatio?: number;
}

/** Arrivals an hour that fill the kerbs around the centres to about this share. */
const levels = { '80 %': 860, '88 %': 1_060, '93 %': 1_320, '97 %': 1_750 } as const;
export const baseCase: Case = { name: 'base (88 %)' };

/** What could go wrong, one thing at a time. */
export const factors: readonly Case[] = [
  { name: 'occupancy 80 %', demand: { arrivalsPerHour: levels['80 %'] } },
  { name: 'occupancy 93 %', demand: { arrivalsPerHour: levels['93 %'] } },
  { name: 'occupancy 97 %', demand: { arrivalsPerHour: levels['97 %'] } },
  { name: 'delay 15 s', sensors: { delayS: 15, believedDelayS: 15 } },
  { name: 'delay 120 s', sensors: { delayS: 120, believedDelayS: 120 } },
  { name: 'compliance 0.5, learnt', obeyRatio: 0.5 },
  { name: 'coverage 60 %', sensors: { coverageRatio: 0.6 } },
  { name: 'coverage 30 %', sensors: { coverageRatio: 0.3 } },
  { name: 'nobody accepts a car park', demand: { acceptsRatio: 0 } },
  { name: 'everybody accepts one', demand: { acceptsRatio: 1 } },
  { name: 'feed 600 s old, unnoticed', sensors: { delayS: 600 } },
  { name: '20 % of blocks show a phantom', sensors: { phantomRatio: 0.2 } },
  { name: 'drivers give up after 5–8 min', demand: { patienceMin: [5, 8] } },
];

export interface Cell {
  readonly policy: PolicyKind;
  readonly guidedRatio: number;
  /** One a seed, in the same order in every cell. */
  readonly runs: readonly Summary[];
}

/** Runs cells of one case on the same drivers: seed for seed, everybody is the same person. */
export function runCase(
  town: Town,
  { demand, sensors, obeyRatio = 0.9 }: Case,
  cells: readonly (readonly [policy: PolicyKind, guidedRatio: number])[],
  seeds: readonly number[],
  options: Pick<RunSettings, 'ranking'> = {},
): readonly Cell[] {
  const settings = { ...demandDefaults, arrivalsPerHour: levels['88 %'], ...demand };
  const everybody: readonly (readonly [number, readonly Driver[]])[] = seeds.map((seed) => [
    seed,
    drawDrivers(town, settings, seed),
  ]);
  return cells.map(([policy, guidedRatio]) => ({
    policy,
    guidedRatio,
    runs: everybody.map(([seed, drivers]) => {
      const run = simulate(town, drivers, {
        policy,
        guidedRatio,
        obeyRatio,
        sensors: { ...goodSensors, ...sensors },
        seed,
        ...options,
      });
      return summarise(town, run, guidedRatio, settings.hours);
    }),
  }));
}

/** The same people's figure in a run without guidance, for paired comparisons. */
export function runWithout(
  town: Town,
  { demand, sensors }: Case,
  guidedRatios: readonly number[],
  seeds: readonly number[],
): ReadonlyMap<number, readonly Summary[]> {
  const settings = { ...demandDefaults, arrivalsPerHour: levels['88 %'], ...demand };
  const runs = seeds.map((seed) =>
    simulate(town, drawDrivers(town, settings, seed), {
      policy: 'none',
      guidedRatio: 0,
      obeyRatio: 1,
      sensors: { ...goodSensors, ...sensors },
      seed,
    }),
  );
  return new Map(
    guidedRatios.map((guidedRatio) => [
      guidedRatio,
      runs.map((run) => summarise(town, run, guidedRatio, settings.hours)),
    ]),
  );
}

export const meanOf = (runs: readonly Summary[], of: (run: Summary) => number): number =>
  runs.reduce((sum, run) => sum + of(run), 0) / Math.max(1, runs.length);
