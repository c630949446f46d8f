import { runExperiment, type Experiment, type Outcome } from './experiment.ts';
import { ageingSensors, goodSensors } from './observe.ts';
import { usualHabits } from './simulate.ts';
import { scoreStretch } from './stretch.ts';
import type { TruthTown } from './town.ts';

export interface Effort {
  readonly seeds: number;
  readonly days: number;
  readonly replicates: number;
}

const usual: Experiment = {
  habits: usualHabits,
  faults: goodSensors,
  days: 10,
  sensedSpacesRatio: 1,
  sensedStreetsRatio: 1,
};
/** Arrivals an hour that give shares of about 1, 3, 5, 10, 15 and 20 %. */
const demands = [560, 800, 980, 1210, 1400, 1550];

const percent = (ratio: number, digits = 1): string => (100 * ratio).toFixed(digits);
const signed = (ratio: number): string => `${ratio >= 0 ? '+' : '−'}${percent(Math.abs(ratio), 0)}`;

function mean(outcomes: readonly Outcome[], pick: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + pick(outcome), 0) / outcomes.length;
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Runs everything that the decision record shows; calls back with each finished line. */
export function validateEstimators(
  town: TruthTown,
  effort: Effort,
  progress: (line: string) => void,
): string {
  const stretchRows = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6].map((ready) => {
    const { bias, coverage } = scoreStretch(ready, effort.replicates, 200);
    const row = [percent(ready, 0), signed(bias), percent(coverage)];
    progress(row.join('  '));
    return row;
  });
  const variants: readonly (readonly [string, readonly number[], Partial<Experiment>])[] = [
    ['all sensed', demands, {}],
    ['60 % of spaces', demands, { sensedSpacesRatio: 0.6 }],
    ['30 % of spaces', demands, { sensedSpacesRatio: 0.3 }],
    ['50 % of streets', demands, { sensedStreetsRatio: 0.5 }],
    ['25 % of streets', demands, { sensedStreetsRatio: 0.25 }],
    ['ageing sensors', demands, { faults: ageingSensors }],
    [
      'acceptance 0.9 near, 0.5 far',
      demands.slice(0, 4),
      { habits: { ...usualHabits, acceptanceNear: 0.9, acceptanceFar: 0.5 } },
    ],
  ];
  const townRows = variants.flatMap(([name, arrivals, change]) =>
    arrivals.map((arrivalsPerHour) => {
      const habits = { ...(change.habits ?? usualHabits), arrivalsPerHour };
      const outcomes = runSeeds(town, { ...usual, ...change, habits, days: effort.days }, effort);
      const row = [name, ...townCells(outcomes)];
      progress(row.join('  '));
      return row;
    }),
  );
  const guidanceRows = [980, 1210].flatMap((arrivalsPerHour) => {
    let before: { truth: number; zone: number } | null = null;
    return [0, 0.2, 0.4, 0.6].map((guidedRatio) => {
      const habits = { ...usualHabits, arrivalsPerHour, guidedRatio };
      const outcomes = runSeeds(town, { ...usual, habits, days: effort.days }, effort);
      const truth = mean(outcomes, (outcome) => outcome.truth);
      const zone = mean(outcomes, (outcome) => outcome.zone);
      before ??= { truth, zone };
      const effect = (now: number, then: number): string => signed(now / then - 1);
      const row = [
        `${arrivalsPerHour}`,
        percent(guidedRatio, 0),
        ...townCells(outcomes),
        effect(truth, before.truth),
        effect(zone, before.zone),
      ];
      progress(row.join('  '));
      return row;
    });
  });
  const cells = ['truth %', 'OLD bias %', 'N bias %', 'N covers %'];
  return [
    '### One stretch: θ through LoRaWAN sensors',
    table(['true %', 'bias %', 'covered %'], stretchRows),
    '### A town on a real street graph',
    table(['variant', ...cells], townRows),
    '### Guidance',
    table(['arrivals/h', 'guided %', ...cells, 'true effect %', 'N sees %'], guidanceRows),
  ].join('\n\n');
}

const runSeeds = (town: TruthTown, experiment: Experiment, { seeds }: Effort): Outcome[] =>
  Array.from({ length: seeds }, (_, seed) => runExperiment(town, experiment, seed + 1));

function townCells(outcomes: readonly Outcome[]): string[] {
  const covered = outcomes.filter(
    ({ truth, interval: [low, high] }) => low <= truth && truth <= high,
  ).length;
  return [
    percent(mean(outcomes, ({ truth }) => truth)),
    signed(mean(outcomes, ({ truth, old }) => old / truth - 1)),
    signed(mean(outcomes, ({ truth, zone }) => zone / truth - 1)),
    percent(covered / outcomes.length, 0),
  ];
}
