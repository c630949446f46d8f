import { baseCase, factors, meanOf, runCase, runWithout, type Cell } from './experiments.ts';
import type { PolicyKind } from './policies.ts';
import type { Summary } from './summary.ts';
import type { Town } from './town.ts';

export interface Gate {
  readonly claim: string;
  readonly figure: string;
  readonly holds: boolean;
}
export interface Report {
  readonly markdown: string;
  readonly gates: readonly Gate[];
}

const shares = [0.1, 0.3, 0.6, 0.9] as const;
const rivals: readonly Exclude<PolicyKind, 'none'>[] = ['nearest', 'uncommitted', 'ours', 'oracle'];
const names: Readonly<Record<PolicyKind, string>> = {
  'raw-signs': 'signs, raw counts',
  signs: '**signs, net counts, full below 10, garage named**',
  none: 'none',
  nearest: 'nearest free, re-evaluated',
  uncommitted: 'model, no commitments',
  ours: '**ours**',
  oracle: "oracle, each driver's best",
};

const percent = (ratio: number, digits = 1): string => (100 * ratio).toFixed(digits);
/** A Markdown table, padded as the formatter wants it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) =>
    Math.max(3, ...[head, ...rows].map((cells) => cells[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}

/** Share of the search that is gone, of what is searched without guidance. */
const cut = (without: readonly Summary[], runs: readonly Summary[]): number =>
  1 - meanOf(runs, (run) => run.searchRatio) / meanOf(without, (run) => run.searchRatio);
const unguidedChange = (without: readonly Summary[], runs: readonly Summary[]): number =>
  meanOf(runs, (run) => run.unguidedExcessS) - meanOf(without, (run) => run.unguidedExcessS);

/** Standard error of the mean over seeds. */
function standardError(runs: readonly Summary[], of: (run: Summary) => number): number {
  const mean = meanOf(runs, of);
  const squares = runs.reduce((sum, run) => sum + (of(run) - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, runs.length - 1) / Math.max(1, runs.length));
}

type Without = ReadonlyMap<number, readonly Summary[]>;
const at = (without: Without, guidedRatio: number): readonly Summary[] =>
  without.get(guidedRatio) ?? [];
const cellOf = (cells: readonly Cell[], policy: PolicyKind, guidedRatio: number): Cell =>
  cells.find((cell) => cell.policy === policy && cell.guidedRatio === guidedRatio) ?? {
    policy,
    guidedRatio,
    runs: [],
  };

function baseTables(without: Without, cells: readonly Cell[]): string {
  const none = at(without, 0.6);
  const main = rivals.map((policy) => [
    names[policy],
    ...shares.map((share) => {
      const { runs } = cellOf(cells, policy, share);
      const search = percent(meanOf(runs, (run) => run.searchRatio));
      return `${search} / ${unguidedChange(at(without, share), runs).toFixed(0)}`;
    }),
    `${percent(meanOf(cellOf(cells, policy, 0.6).runs, (run) => run.wrongRatio))} %`,
  ]);
  const figures = (name: string, runs: readonly Summary[]): readonly string[] => [
    name,
    ...[
      (run: Summary) => run.excessS,
      (run: Summary) => run.excessP90S,
      (run: Summary) => run.walkM,
      (run: Summary) => run.costS,
    ].map((of) => meanOf(runs, of).toFixed(0)),
    percent(meanOf(runs, (run) => run.carParkRatio)),
    percent(meanOf(runs, (run) => run.occupancyRatio)),
  ];
  return [
    `Without guidance: search ${percent(meanOf(none, (run) => run.searchRatio))} ± ` +
      `${percent(standardError(none, (run) => run.searchRatio))} % of vehicle-km.`,
    "Search in % of vehicle-km / change of the unguided drivers' excess time in s:",
    table(['policy / share guided', '10 %', '30 %', '60 %', '90 %', 'wrong advice at 60 %'], main),
    'At 60 % guided, all kerb seekers:',
    table(
      ['policy', 'excess s', 'p90 s', 'walk m', 'cost s', 'in car parks %', 'occupancy %'],
      [
        figures('none', none),
        ...rivals.map((policy) => figures(names[policy], cellOf(cells, policy, 0.6).runs)),
      ],
    ),
  ].join('\n\n');
}

interface FactorResult {
  readonly name: string;
  readonly without: readonly Summary[];
  readonly nearest: readonly Summary[];
  readonly ours: readonly Summary[];
}

function factorTable(results: readonly FactorResult[]): string {
  const show = (without: readonly Summary[], runs: readonly Summary[]): string =>
    `${percent(meanOf(runs, (run) => run.searchRatio))} (${percent(cut(without, runs), 0)})`;
  return table(
    [
      'case',
      'none',
      'nearest (cut %)',
      'ours (cut %)',
      'guided cost s',
      'in car parks %',
      'wrong %',
    ],
    results.map(({ name, without, nearest, ours }) => [
      name,
      percent(meanOf(without, (run) => run.searchRatio)),
      show(without, nearest),
      show(without, ours),
      (meanOf(ours, (run) => run.guidedCostS) - meanOf(without, (run) => run.guidedCostS)).toFixed(
        0,
      ),
      percent(
        meanOf(ours, (run) => run.carParkRatio),
        0,
      ),
      percent(meanOf(ours, (run) => run.wrongRatio)),
    ]),
  );
}

const signCells = [
  ['raw-signs', 0.3],
  ['signs', 0.3],
  ['raw-signs', 0.6],
  ['signs', 0.6],
] as const;

function signTable(without: readonly Summary[], cells: readonly Cell[]): string {
  return table(
    ['signs at the entries', 'followed by', 'search % (cut %)', 'excess of all s'],
    cells.map(({ policy, guidedRatio, runs }) => [
      names[policy],
      `${percent(guidedRatio, 0)} %`,
      `${percent(meanOf(runs, (run) => run.searchRatio))} (${percent(cut(without, runs))})`,
      meanOf(runs, (run) => run.excessS).toFixed(0),
    ]),
  );
}

function judge(without: Without, cells: readonly Cell[], results: readonly FactorResult[]) {
  const ours = (share: number) => cellOf(cells, 'ours', share).runs;
  const cutAt = (share: number): number => cut(at(without, share), ours(share));
  const atLeast = (claim: string, figure: number, limit: number): Gate => ({
    claim,
    figure: `${percent(figure)} %`,
    holds: figure >= limit,
  });
  const [few, many] = [ours(0.3), ours(0.6)];
  const bias = Math.abs(
    meanOf(many, (run) => run.meanChanceRatio) - 1 + meanOf(many, (run) => run.wrongRatio),
  );
  const wrong = meanOf(many, (run) => run.wrongRatio);
  const worstUnguided = Math.max(
    ...[0.3, 0.6, 0.9].flatMap((share) =>
      ours(share).map(
        (run, seed) => run.unguidedExcessS - (at(without, share)[seed]?.unguidedExcessS ?? 0),
      ),
    ),
  );
  const worstCut = Math.min(
    ...shares.map(cutAt),
    ...results.map((result) => cut(result.without, result.ours)),
  );
  const search = (runs: readonly Summary[]): number => meanOf(runs, (run) => run.searchRatio);
  const margin = Math.min(
    ...(['nearest', 'uncommitted'] as const).map(
      (policy) => search(cellOf(cells, policy, 0.6).runs) - search(many),
    ),
  );
  const noneCarPark = meanOf(at(without, 0.6), (run) => run.carParkRatio);
  const carPark = meanOf(many, (run) => run.carParkRatio);
  return [
    atLeast('at least 30 % less search at 30 % guided', cut(at(without, 0.3), few), 0.3),
    atLeast('at least 60 % less search at 60 % guided', cutAt(0.6), 0.6),
    atLeast('never more search than without guidance, in any case', worstCut, 0),
    {
      claim: 'unguided drivers not worse at 30 % guided and more, in every seed',
      figure: `${worstUnguided.toFixed(0)} s at worst`,
      holds: worstUnguided <= 0,
    },
    { claim: 'wrong advice at most 5 %', figure: `${percent(wrong)} %`, holds: wrong <= 0.05 },
    {
      claim: 'mean chance told and hit rate differ by at most 0.03',
      figure: bias.toFixed(3),
      holds: bias <= 0.03,
    },
    {
      claim: 'not more drivers in car parks than without guidance',
      figure: `${percent(carPark)} % against ${percent(noneCarPark)} %`,
      holds: carPark <= noneCarPark,
    },
    {
      claim: 'nearest free and no commitments search more than ours',
      figure: `${percent(margin)} points`,
      holds: margin > 0,
    },
  ] satisfies readonly Gate[];
}

/** Runs everything and writes the tables. `note` is told what is going on. */
export function validate(
  town: Town,
  settings: { readonly seeds: number; readonly factorSeeds: number },
  note: (text: string) => void,
): Report {
  const seeds = Array.from({ length: settings.seeds }, (_, i) => i + 1);
  const factorSeeds = seeds.slice(0, settings.factorSeeds);
  note(baseCase.name);
  const without = runWithout(town, baseCase, shares, seeds);
  const cells = rivals.flatMap((policy) =>
    runCase(
      town,
      baseCase,
      shares.map((share) => [policy, share] as const),
      seeds,
    ),
  );
  const results = factors.map((factor): FactorResult => {
    note(factor.name);
    const alone = runWithout(town, factor, [0.6], factorSeeds);
    const [nearest, ours] = runCase(
      town,
      factor,
      [
        ['nearest', 0.6],
        ['ours', 0.6],
      ],
      factorSeeds,
    );
    return {
      name: factor.name,
      without: at(alone, 0.6),
      nearest: nearest?.runs ?? [],
      ours: ours?.runs ?? [],
    };
  });
  note('signs');
  const signs = runCase(town, baseCase, signCells, factorSeeds);
  const gates = judge(without, cells, results);
  const markdown = [
    baseTables(without, cells),
    `One factor at a time, 60 % guided, ${factorSeeds.length} seeds; guided cost is the change for the guided:`,
    factorTable(results),
    signTable(at(without, 0.6).slice(0, factorSeeds.length), signs),
    table(
      ['gate', 'figure', 'holds'],
      gates.map(({ claim, figure, holds }) => [claim, figure, holds ? 'yes' : '**no**']),
    ),
  ].join('\n\n');
  return { markdown, gates };
}
