import { cut, shares, type Runs } from './cells.ts';
import { baseCase, factors, meanOf, type Case, type Experiments } from './experiments.ts';
import { judge, type Gate } from './gates.ts';
import type { PolicyKind } from './policies.ts';
import { signCells, signTable } from './sign-report.ts';
import type { Summary } from './summary.ts';
import { percent, table } from './table.ts';

export interface Report {
  readonly markdown: string;
  readonly gates: readonly Gate[];
}

const rivals = ['nearest', 'uncommitted', 'ours', 'oracle'] as const;
const names: Readonly<Record<'none' | (typeof rivals)[number], string>> = {
  none: 'none',
  nearest: 'nearest free, re-evaluated',
  uncommitted: 'model, no commitments',
  ours: '**ours**',
  oracle: "oracle, each driver's best",
};

const unguidedChange = (without: readonly Summary[], runs: readonly Summary[]): number =>
  meanOf(runs, (run) => run.unguidedExcessS) - meanOf(without, (run) => run.unguidedExcessS);

/** Standard error of the mean over seeds. */
function standardError(runs: readonly Summary[], of: (run: Summary) => number): number {
  const mean = meanOf(runs, of);
  const squares = runs.reduce((sum, run) => sum + (of(run) - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, runs.length - 1) / Math.max(1, runs.length));
}

type Cell = readonly [situation: Case, policy: PolicyKind, guidedRatio: number];

const baseCells: readonly Cell[] = shares.flatMap((share): Cell[] => [
  [baseCase, 'none', share],
  ...rivals.map((policy): Cell => [baseCase, policy, share]),
]);
const factorCells: readonly Cell[] = factors.flatMap((factor): Cell[] => [
  ...[0.6, ...(factor.moreShares ?? [])].map((share): Cell => [factor, 'none', share]),
  [factor, 'nearest', 0.6],
  ...[0.6, ...(factor.moreShares ?? [])].map((share): Cell => [factor, 'ours', share]),
]);

function baseTables(runs: Runs): string {
  const base = (policy: PolicyKind, share: number) => runs(baseCase, policy, share);
  const none = base('none', 0.6);
  const main = rivals.map((policy) => [
    names[policy],
    ...shares.map((share) => {
      const search = percent(meanOf(base(policy, share), (run) => run.searchRatio));
      const unguided = unguidedChange(base('none', share), base(policy, share));
      return `${search} / ${unguided.toFixed(0)}`;
    }),
    `${percent(meanOf(base(policy, 0.6), (run) => run.wrongRatio))} %`,
  ]);
  const figures = (policy: keyof typeof names): readonly string[] => {
    const here = base(policy, 0.6);
    return [
      names[policy],
      ...[
        (run: Summary) => run.excessS,
        (run: Summary) => run.excessP90S,
        (run: Summary) => run.walkM,
        (run: Summary) => run.costS,
      ].map((of) => meanOf(here, of).toFixed(0)),
      percent(meanOf(here, (run) => run.carParkRatio)),
      percent(meanOf(here, (run) => run.occupancyRatio)),
    ];
  };
  return [
    `Without guidance: search ${percent(meanOf(none, (run) => run.searchRatio))} ± ` +
      `${percent(standardError(none, (run) => run.searchRatio))} % of vehicle-km.`,
    "Search in % of vehicle-km / change of the unguided drivers' excess time in s:",
    table(['policy / share guided', '10 %', '30 %', '60 %', '90 %', 'wrong advice at 60 %'], main),
    'At 60 % guided, all kerb seekers:',
    table(
      ['policy', 'excess s', 'p90 s', 'walk m', 'cost s', 'in car parks %', 'occupancy %'],
      [figures('none'), ...rivals.map(figures)],
    ),
  ].join('\n\n');
}

function factorTable(runs: Runs): string {
  const show = (without: readonly Summary[], here: readonly Summary[]): string =>
    `${percent(meanOf(here, (run) => run.searchRatio))} (${percent(cut(without, here), 0)})`;
  const head = ['none', 'nearest (cut %)', 'ours (cut %)', 'ours, other shares (cut %)'];
  return table(
    ['case', ...head, 'guided cost s', 'in car parks %', 'wrong %'],
    factors.map((factor) => {
      const without = runs(factor, 'none', 0.6);
      const ours = runs(factor, 'ours', 0.6);
      const costS = (here: readonly Summary[]) => meanOf(here, (run) => run.guidedCostS);
      const others = (factor.moreShares ?? []).map((share) => {
        const gone = cut(runs(factor, 'none', share), runs(factor, 'ours', share));
        return `${percent(share, 0)} %: ${percent(gone, 0)}`;
      });
      return [
        factor.name,
        percent(meanOf(without, (run) => run.searchRatio)),
        show(without, runs(factor, 'nearest', 0.6)),
        show(without, ours),
        others.join(', '),
        (costS(ours) - costS(without)).toFixed(0),
        percent(
          meanOf(ours, (run) => run.carParkRatio),
          0,
        ),
        percent(meanOf(ours, (run) => run.wrongRatio)),
      ];
    }),
  );
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

/**
 * Runs everything and writes the tables: the base on `seeds`, what could go wrong and signs on the
 * first `factorSeeds` of them. `note` is told what is going on; a ledger behind the experiments lets
 * a long validation go on later.
 */
export function validate(
  experiments: Experiments,
  { seeds, factorSeeds }: { readonly seeds: number; readonly factorSeeds: number },
  note: (text: string) => void,
): Report {
  const fill = (cells: readonly Cell[], count: number): void => {
    for (const seed of upTo(count))
      for (const [situation, policy, share] of cells) {
        note(`seed ${seed}: ${situation.name}, ${policy}, ${percent(share, 0)} %`);
        experiments.run(situation, policy, share, seed);
      }
  };
  fill(baseCells, seeds);
  fill([...factorCells, ...signCells], factorSeeds);
  const runsOn =
    (count: number): Runs =>
    (situation, policy, share) =>
      upTo(count).map((seed) => experiments.run(situation, policy, share, seed));
  const [base, factor] = [runsOn(seeds), runsOn(factorSeeds)];
  const gates = judge(base, factor);
  const markdown = [
    `${seeds} seeds, ${factorSeeds} for what could go wrong and for signs.`,
    baseTables(base),
    'One factor at a time, 60 % guided; guided cost is the change for the guided:',
    factorTable(factor),
    signTable(factor),
    table(
      ['gate', 'figure', 'holds'],
      gates.map(({ claim, figure, holds }) => [claim, figure, holds ? 'yes' : '**no**']),
    ),
  ].join('\n\n');
  return { markdown, gates };
}
