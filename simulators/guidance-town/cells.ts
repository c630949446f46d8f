import { meanOf, type Case } from './experiments.ts';
import type { PolicyKind } from './policies.ts';
import type { Summary } from './summary.ts';

/** Summaries of one cell, one a seed, in the same order in every cell. */
export type Runs = (situation: Case, policy: PolicyKind, guidedRatio: number) => readonly Summary[];

/** Shares of guided drivers that are tried. */
export const shares = [0.1, 0.3, 0.6, 0.9] as const;

/** Share of the search that is gone, of what is searched without guidance. */
export const cut = (without: readonly Summary[], runs: readonly Summary[]): number =>
  1 - meanOf(runs, (run) => run.searchRatio) / meanOf(without, (run) => run.searchRatio);
