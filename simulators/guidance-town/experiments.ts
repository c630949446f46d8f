import { demandDefaults, drawDrivers, type DemandSettings, type Driver } from './demand.ts';
import { goodSensors, type PolicyKind, type SensorSettings } from './policies.ts';
import { simulate, type RunResult } from './simulate.ts';
import type { SignRule } from './signs.ts';
import { summarise, type Summary } from './summary.ts';
import type { Town } from './town.ts';

/** One situation in which policies are compared. */
export interface Case {
  readonly name: string;
  readonly demand?: Partial<DemandSettings>;
  readonly sensors?: Partial<SensorSettings>;
  readonly obeyRatio?: number;
  /** Believed whatever the drivers do, instead of learnt. */
  readonly complianceRatio?: number;
  /** A car park's fee as time. */
  readonly feeS?: number;
  /** What signs show; the product's rule unless said. */
  readonly signRule?: SignRule;
  /** Share of the seekers without the app who follow signs. */
  readonly signRatio?: number;
  /** Shares at which ours is tried beside 60 %. */
  readonly moreShares?: readonly number[];
}

/** Arrivals an hour that fill the kerbs around the centres to about this share. */
const levels = { '80 %': 860, '88 %': 1_060, '93 %': 1_320, '97 %': 1_750 } as const;
export const baseCase: Case = { name: 'base (88 %)' };

/** What could go wrong, one thing at a time. */
export const factors: readonly Case[] = [
  { name: 'occupancy 80 %', demand: { arrivalsPerHour: levels['80 %'] }, moreShares: [0.1] },
  { name: 'occupancy 93 %', demand: { arrivalsPerHour: levels['93 %'] }, moreShares: [0.1] },
  { name: 'occupancy 97 %', demand: { arrivalsPerHour: levels['97 %'] }, moreShares: [0.1] },
  { name: 'delay 15 s', sensors: { delayS: 15, believedDelayS: 15 } },
  { name: 'delay 120 s', sensors: { delayS: 120, believedDelayS: 120 } },
  { name: 'compliance 0.5, learnt', obeyRatio: 0.5 },
  { name: 'compliance 0.5, believed 0.9', obeyRatio: 0.5, complianceRatio: 0.9 },
  { name: 'coverage 60 %', sensors: { coverageRatio: 0.6 } },
  { name: 'coverage 30 %', sensors: { coverageRatio: 0.3 } },
  { name: 'nobody accepts a car park', demand: { acceptsRatio: 0 } },
  { name: 'everybody accepts one', demand: { acceptsRatio: 1 } },
  { name: 'feed 600 s old, unnoticed', sensors: { delayS: 600 }, moreShares: [0.1, 0.3, 0.9] },
  {
    name: '20 % of blocks show a phantom',
    sensors: { phantomRatio: 0.2 },
    moreShares: [0.1, 0.3, 0.9],
  },
  { name: 'fee 600 s', feeS: 600 },
  { name: 'no fee', feeS: 0 },
  {
    name: 'drivers give up after 5–8 min',
    demand: { patienceMin: [5, 8] },
    moreShares: [0.1, 0.3],
  },
];

/** Summaries of runs that were made before: a long validation goes on where it was ended. */
export interface Ledger {
  find(key: string): Summary | undefined;
  keep(key: string, summary: Summary): void;
}

export interface Experiments {
  /** One policy at one share of guided drivers on the same people as every other policy, seed for seed. */
  run(situation: Case, policy: PolicyKind, guidedRatio: number, seed: number): Summary;
}

/** Runs what the ledger does not know. `townWith` builds the streets with a car park fee, as time. */
export function createExperiments(
  townWith: (feeS: number | undefined) => Town,
  ledger: Ledger,
): Experiments {
  const towns = new Map<number | undefined, Town>();
  const townOf = ({ feeS }: Case): Town => {
    const town = towns.get(feeS) ?? townWith(feeS);
    towns.set(feeS, town);
    return town;
  };
  const settingsOf = ({ demand }: Case): DemandSettings => ({
    ...demandDefaults,
    arrivalsPerHour: levels['88 %'],
    ...demand,
  });
  let people: { readonly key: string; readonly drivers: readonly Driver[] } | undefined;
  const driversOf = (situation: Case, seed: number): readonly Driver[] => {
    const settings = settingsOf(situation);
    const key = JSON.stringify([settings, seed]);
    if (people?.key !== key)
      people = { key, drivers: drawDrivers(townOf(situation), settings, seed) };
    return people.drivers;
  };
  /** Without guidance one run answers for every share: only who is asked about differs. */
  let alone: { readonly key: string; readonly run: RunResult } | undefined;

  const simulateCase = (
    situation: Case,
    policy: PolicyKind,
    guidedRatio: number,
    seed: number,
  ): RunResult => {
    const { sensors, obeyRatio = 0.9, complianceRatio, signRule, signRatio } = situation;
    const key = `${situation.name}/${seed}`;
    if (policy === 'none' && alone?.key === key) return alone.run;
    const run = simulate(townOf(situation), driversOf(situation, seed), {
      policy,
      guidedRatio: policy === 'none' ? 0 : guidedRatio,
      obeyRatio,
      sensors: { ...goodSensors, ...sensors },
      seed,
      ...(complianceRatio !== undefined && { complianceRatio }),
      ...(signRule && { signRule }),
      ...(signRatio !== undefined && { signRatio }),
    });
    if (policy === 'none') alone = { key, run };
    return run;
  };
  return {
    run(situation, policy, guidedRatio, seed) {
      const key = [situation.name, policy, guidedRatio, seed].join('/');
      const known = ledger.find(key);
      if (known !== undefined) return known;
      const run = simulateCase(situation, policy, guidedRatio, seed);
      const { hours } = settingsOf(situation);
      const summary = summarise(townOf(situation), run, guidedRatio, hours);
      ledger.keep(key, summary);
      return summary;
    },
  };
}

export const meanOf = (runs: readonly Summary[], of: (run: Summary) => number): number =>
  runs.reduce((sum, run) => sum + of(run), 0) / Math.max(1, runs.length);
