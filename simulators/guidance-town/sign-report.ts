import { cut, type Runs } from './cells.ts';
import { baseCase, factors, meanOf, type Case } from './experiments.ts';
import type { PolicyKind } from './policies.ts';
import { productSigns, rawSigns, type SignRule } from './signs.ts';
import { percent, table } from './table.ts';

const product = '**net counts, full below 10, garage named**';

/** Each part of the rule alone and together with others, as in guidance.md 6. */
const rules: Readonly<Record<string, SignRule>> = {
  'raw counts': rawSigns,
  'net counts': { ...rawSigns, isNet: true },
  'full below 5': { ...rawSigns, fullBelow: 5 },
  'full below 10': { ...rawSigns, fullBelow: 10 },
  'net counts, full below 10': { ...productSigns, namesGarage: false },
  'raw counts, garage named': { ...rawSigns, namesGarage: true },
  'full below 10, garage named': { ...productSigns, isNet: false },
  [product]: productSigns,
};

/** A row of the table: what signs show where, whom the app guides, and what it is compared with. */
interface SignCell {
  readonly rule: string;
  readonly without: Case;
  readonly situation: Case;
  readonly policy: PolicyKind;
  /** Share of the seekers who follow signs, or of those with the app where signs come on top of it. */
  readonly share: number;
  readonly followers: string;
}

/** Signs alone, followed by a share of the kerb seekers. */
function signsAlone(rule: string, without: Case, share: number): SignCell {
  const signRule = rules[rule] ?? productSigns;
  // The product's rule is the policy itself: its runs bear the name of the case they are in.
  const isProduct = signRule === productSigns;
  const name = isProduct ? without.name : `${without.name}, signs: ${rule}`;
  return {
    rule,
    without,
    situation: { ...without, name, signRule },
    policy: 'signs',
    share,
    followers: `${percent(share, 0)} %`,
  };
}
/** 30 % of those without the app follow signs. */
const signRatio = 0.3;
function besideApp(share: number): SignCell {
  return {
    rule: product,
    without: baseCase,
    situation: { ...baseCase, name: 'app and signs', signRatio },
    policy: 'ours',
    share,
    followers: `app ${percent(share, 0)} %, signs ${percent(signRatio, 0)} % of the others`,
  };
}

const elsewhere = factors.filter(({ name }) => ['occupancy 80 %', 'occupancy 93 %'].includes(name));
const cells: readonly SignCell[] = [
  ...Object.keys(rules).map((rule) => signsAlone(rule, baseCase, 0.3)),
  signsAlone(product, baseCase, 0.1),
  signsAlone('raw counts', baseCase, 0.6),
  signsAlone(product, baseCase, 0.6),
  ...elsewhere.flatMap((situation) =>
    ['raw counts', product].map((rule) => signsAlone(rule, situation, 0.3)),
  ),
  besideApp(0.1),
  besideApp(0.3),
];

export const signCells: readonly (readonly [Case, PolicyKind, number])[] = cells.flatMap(
  ({ without, situation, policy, share }) =>
    [
      [without, 'none', share],
      [situation, policy, share],
    ] as const,
);

export function signTable(runs: Runs): string {
  return table(
    ['signs', 'case', 'followed by', 'search % (cut %)', 'excess of all s', 'in car parks %'],
    cells.map(({ rule, without, situation, policy, share, followers }) => {
      const here = runs(situation, policy, share);
      const gone = cut(runs(without, 'none', share), here);
      return [
        rule,
        without.name,
        followers,
        `${percent(meanOf(here, (run) => run.searchRatio))} (${percent(gone)})`,
        meanOf(here, (run) => run.excessS).toFixed(0),
        percent(meanOf(here, (run) => run.carParkRatio)),
      ];
    }),
  );
}
