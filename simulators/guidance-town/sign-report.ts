import { cut, type Runs } from './cells.ts';
import { baseCase, factors, meanOf, type Case } from './experiments.ts';
import type { PolicyKind } from './policies.ts';
import { percent, table } from './table.ts';

const names = {
  'raw-signs': 'raw counts',
  signs: '**net counts, full below 10, garage named**',
} as const;
const byName = (wanted: string): readonly Case[] => factors.filter(({ name }) => name === wanted);

/** Situations with the share of the kerb seekers who follow what they read. */
const situations: readonly (readonly [Case, number])[] = [
  [baseCase, 0.3],
  [baseCase, 0.6],
  ...[...byName('occupancy 80 %'), ...byName('occupancy 93 %')].map(
    (situation) => [situation, 0.3] as const,
  ),
];

export const signCells: readonly (readonly [Case, PolicyKind, number])[] = situations.flatMap(
  ([situation, share]) =>
    (['none', 'raw-signs', 'signs'] as const).map((policy) => [situation, policy, share] as const),
);

export function signTable(runs: Runs): string {
  return table(
    ['signs', 'case', 'followed by', 'search % (cut %)', 'excess of all s', 'in car parks %'],
    situations.flatMap(([situation, share]) =>
      (['raw-signs', 'signs'] as const).map((policy) => {
        const here = runs(situation, policy, share);
        const gone = cut(runs(situation, 'none', share), here);
        return [
          names[policy],
          situation.name,
          `${percent(share, 0)} %`,
          `${percent(meanOf(here, (run) => run.searchRatio))} (${percent(gone)})`,
          meanOf(here, (run) => run.excessS).toFixed(0),
          percent(meanOf(here, (run) => run.carParkRatio)),
        ];
      }),
    ),
  );
}
