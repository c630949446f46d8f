import type { EpochMs } from '../../domain/ids.ts';
import type {
  ShareDay,
  ShareEstimate,
  ShareQuestion,
} from '../../domain/planning/share-question.ts';

/** What the worker thread is told. */
export type ShareRequest =
  | { readonly kind: 'add'; readonly day: ShareDay }
  | { readonly kind: 'drop'; readonly fromMs: EpochMs }
  | { readonly kind: 'estimate'; readonly id: number; readonly question: ShareQuestion };

/** What it answers to a question. */
export interface ShareAnswer {
  readonly id: number;
  readonly estimate: ShareEstimate;
}
