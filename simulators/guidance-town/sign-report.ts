import { baseCase, meanOf, type Case } from './experiments.ts';
import type { PolicyKind } from './policies.ts';
import { cut, type Runs } from './report.ts';
import { percent, table } from './table.ts';

export const signCells: readonly (readonly [Case, PolicyKind, number])[] = [];
export function signTable(runs: Runs): string {
  return table(
    ['signs at the entries', 'followed by', 'search % (cut %)', 'excess of all s'],
    signCells.map(([situation, policy, share]) => {
      const here = runs(situation, policy, share);
      return [
        policy,
        `${percent(share, 0)} %`,
        `${percent(meanOf(here, (run) => run.searchRatio))} (${percent(cut(runs(baseCase, 'none', share), here))})`,
        meanOf(here, (run) => run.excessS).toFixed(0),
      ];
    }),
  );
}
