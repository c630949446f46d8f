import { cut, shares, type Runs } from './cells.ts';
import { baseCase, factors, meanOf } from './experiments.ts';
import type { Summary } from './summary.ts';
import { percent } from './table.ts';

/** A claim about guidance that has to hold (guidance.md 7). */
export interface Gate {
  readonly claim: string;
  readonly figure: string;
  readonly holds: boolean;
}

/** `runs` of the base case, `factorRuns` of what could go wrong. */
export function judge(runs: Runs, factorRuns: Runs): readonly Gate[] {
  const ours = (share: number) => runs(baseCase, 'ours', share);
  const none = (share: number) => runs(baseCase, 'none', share);
  const cutAt = (share: number): number => cut(none(share), ours(share));
  const atLeast = (claim: string, figure: number, limit: number): Gate => ({
    claim,
    figure: `${percent(figure)} %`,
    holds: figure >= limit,
  });
  const many = ours(0.6);
  const wrong = meanOf(many, (run) => run.wrongRatio);
  const bias = Math.abs(meanOf(many, (run) => run.meanChanceRatio) - 1 + wrong);
  const worstUnguided = Math.max(
    ...[0.3, 0.6, 0.9].flatMap((share) =>
      ours(share).map(
        (run, seed) => run.unguidedExcessS - (none(share)[seed]?.unguidedExcessS ?? 0),
      ),
    ),
  );
  const worstCut = Math.min(
    ...shares.map(cutAt),
    ...factors.flatMap((factor) =>
      [0.6, ...(factor.moreShares ?? [])].map((share) =>
        cut(factorRuns(factor, 'none', share), factorRuns(factor, 'ours', share)),
      ),
    ),
  );
  const search = (here: readonly Summary[]): number => meanOf(here, (run) => run.searchRatio);
  const margin = Math.min(
    ...(['nearest', 'uncommitted'] as const).map(
      (policy) => search(runs(baseCase, policy, 0.6)) - search(many),
    ),
  );
  const [fewer, more] = [many, none(0.6)].map((here) => meanOf(here, (run) => run.carParkRatio));
  return [
    atLeast('at least 30 % less search at 30 % guided', cutAt(0.3), 0.3),
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
      figure: `${percent(fewer ?? 1)} % against ${percent(more ?? 0)} %`,
      holds: (fewer ?? 1) <= (more ?? 0),
    },
    {
      claim: 'nearest free and no commitments search more than ours',
      figure: `${percent(margin)} points`,
      holds: margin > 0,
    },
  ];
}
