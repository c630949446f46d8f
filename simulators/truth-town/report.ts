import { simulateCampaign, tryEstimators, type Outcome, type Sensing } from './experiment.ts';
import { ageingSensors, goodSensors } from './observe.ts';
import { usualHabits, type Habits, type TrueDay } from './simulate.ts';
import { scoreStretch, type Score } from './stretch.ts';
import type { TruthTown } from './town.ts';

export interface Effort {
  readonly seeds: number;
  /** For drivers who are picky or guided: these campaigns serve one row of the tables only. */
  readonly seedsOfHabits: number;
  readonly days: number;
  readonly replicates: number;
}

/** What earlier runs found out, so that a run can be interrupted and taken up again. */
export interface Memory {
  find(key: string): unknown;
  keep(key: string, found: Outcome | Score): void;
}

const good: Sensing = { faults: goodSensors, sensedSpacesRatio: 1, sensedStreetsRatio: 1 };
/**
 * Where streets are left out, which ones decides: half of the search traffic is on 7 to 17 of 171 kerbs.
 * So each campaign is looked at through so many choices of streets.
 */
const choicesOfStreets = 10;
const choicesOf = ({ sensedStreetsRatio }: Sensing): number =>
  sensedStreetsRatio < 1 ? choicesOfStreets : 1;

const sensings: readonly (readonly [name: string, sensing: Sensing])[] = [
  ['all sensed', good],
  ['60 % of spaces', { ...good, sensedSpacesRatio: 0.6 }],
  ['30 % of spaces', { ...good, sensedSpacesRatio: 0.3 }],
  ['50 % of streets', { ...good, sensedStreetsRatio: 0.5 }],
  ['25 % of streets', { ...good, sensedStreetsRatio: 0.25 }],
  ['ageing sensors', { ...good, faults: ageingSensors }],
];
const picky = 'acceptance 0.9 near, 0.5 far';

/** Arrivals an hour that give shares of about 1, 3, 5, 10, 15 and 20 %. */
const demands = [560, 800, 980, 1210, 1400, 1550] as const;
const pickyDemands = [560, 800, 980, 1210] as const;
const guidedDemands = [980, 1210] as const;
const guidedRatios = [0, 0.2, 0.4, 0.6] as const;
const readyRatios = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6] as const;

/** A campaign, and the names of what is tried on it. */
interface Trial {
  readonly habits: Habits;
  readonly sensings: readonly (readonly [name: string, sensing: Sensing])[];
}

const trials: readonly Trial[] = [
  ...demands.map((arrivalsPerHour) => ({ habits: { ...usualHabits, arrivalsPerHour }, sensings })),
  ...pickyDemands.map((arrivalsPerHour) => ({
    habits: { ...usualHabits, arrivalsPerHour, acceptanceNear: 0.9, acceptanceFar: 0.5 },
    sensings: [[picky, good] as const],
  })),
  ...guidedDemands.flatMap((arrivalsPerHour) =>
    guidedRatios.slice(1).map((guidedRatio) => ({
      habits: { ...usualHabits, arrivalsPerHour, guidedRatio },
      sensings: [['all sensed', good] as const],
    })),
  ),
];

const keyOf = (name: string, { arrivalsPerHour, guidedRatio }: Habits, days: number) =>
  `${name} | ${arrivalsPerHour}/h | ${guidedRatio} guided | ${days} days`;

/** Runs what `memory` does not know yet; a campaign is simulated once for all kinds of sensing. */
function runTown(
  town: TruthTown,
  { seeds, seedsOfHabits, days }: Effort,
  memory: Memory,
): (name: string, habits: Habits) => readonly Outcome[] {
  const outcomes = new Map<string, Outcome[]>();
  const run = ({ habits, sensings: tried }: Trial, seed: number): void => {
    let campaign: readonly TrueDay[] | null = null;
    for (const [name, sensing] of tried) {
      const key = keyOf(name, habits, days);
      for (let choice = 1; choice <= choicesOf(sensing); choice++) {
        const look = choice === 1 ? `${seed}` : `${seed} | ${choice}`;
        let outcome = memory.find(`${key} | ${look}`) as Outcome | undefined;
        if (outcome === undefined) {
          campaign ??= simulateCampaign(town, habits, days, seed);
          outcome = tryEstimators(town, campaign, sensing, seed + 1000 * (choice - 1));
          memory.keep(`${key} | ${look}`, outcome);
        }
        outcomes.set(key, [...(outcomes.get(key) ?? []), outcome]);
      }
    }
  };
  for (const trial of trials) {
    const last = trial.sensings === sensings ? seeds : Math.min(seeds, seedsOfHabits);
    for (let seed = 1; seed <= last; seed++) run(trial, seed);
  }
  return (name, habits) => outcomes.get(keyOf(name, habits, days)) ?? [];
}

const percent = (ratio: number, digits = 1): string => (100 * ratio).toFixed(digits);
const signed = (ratio: number): string => `${ratio >= 0 ? '+' : '−'}${percent(Math.abs(ratio), 0)}`;

function mean(outcomes: readonly Outcome[], pick: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + pick(outcome), 0) / outcomes.length;
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Runs everything that the decision record shows, and writes it down. */
export function validateEstimators(town: TruthTown, effort: Effort, memory: Memory): string {
  const outcomesOf = runTown(town, effort, memory);
  const stretchRows = readyRatios.map((ready) => {
    const key = `stretch | ${ready} | ${effort.replicates}`;
    const kept = memory.find(key) as Score | undefined;
    const score = kept ?? scoreStretch(ready, effort.replicates, 200);
    if (kept === undefined) memory.keep(key, score);
    return [percent(ready, 0), signed(score.bias), percent(score.coverage)];
  });
  const townRows = sensings.flatMap(([name]) =>
    demands.map((arrivalsPerHour) => [
      name,
      ...townCells(outcomesOf(name, { ...usualHabits, arrivalsPerHour })),
    ]),
  );
  const pickyRows = pickyDemands.map((arrivalsPerHour) => [
    picky,
    ...townCells(outcomesOf(picky, { ...usualHabits, arrivalsPerHour })),
  ]);
  const guidanceRows = guidedDemands.flatMap((arrivalsPerHour) => {
    const of = (guidedRatio: number) =>
      outcomesOf('all sensed', { ...usualHabits, arrivalsPerHour, guidedRatio });
    const effect = (guidedRatio: number, pick: (outcome: Outcome) => number): string =>
      guidedRatio === 0 ? '' : signed(mean(of(guidedRatio), pick) / mean(of(0), pick) - 1);
    return guidedRatios.map((guidedRatio) => [
      `${arrivalsPerHour}`,
      percent(guidedRatio, 0),
      ...townCells(of(guidedRatio)),
      effect(guidedRatio, ({ truth }) => truth),
      effect(guidedRatio, ({ zone }) => zone),
    ]);
  });
  const cells = ['truth %', 'OLD bias %', 'N bias %', 'N from … to %', 'N covers'];
  return [
    '### One stretch: θ through LoRaWAN sensors',
    table(['true %', 'bias %', 'covered %'], stretchRows),
    '### A town on a real street graph',
    table(['variant', ...cells], [...townRows, ...pickyRows]),
    '### Guidance',
    table(['arrivals/h', 'guided %', ...cells, 'true effect %', 'N sees %'], guidanceRows),
  ].join('\n\n');
}

function townCells(outcomes: readonly Outcome[]): string[] {
  const covered = outcomes.filter(
    ({ truth, interval: [low, high] }) => low <= truth && truth <= high,
  ).length;
  const errors = outcomes.map(({ truth, zone }) => zone / truth - 1);
  return [
    percent(mean(outcomes, ({ truth }) => truth)),
    signed(mean(outcomes, ({ truth, old }) => old / truth - 1)),
    signed(mean(outcomes, ({ truth, zone }) => zone / truth - 1)),
    `${signed(Math.min(...errors))} … ${signed(Math.max(...errors))}`,
    `${covered} of ${outcomes.length}`,
  ];
}
