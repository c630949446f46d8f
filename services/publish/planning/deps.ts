import type { DeviceReport } from '../../domain/device-health.ts';
import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import type { Goal } from '../../domain/planning/goal.ts';
import type { ShareResults } from '../../domain/planning/share-results.ts';
import type { PlannedMeasure } from '../../domain/planning/share-scopes.ts';
import type { PublicInventory } from '../../domain/privacy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HistoryStore } from '../../ports/history-store.ts';
import type { RollUpSums } from '../../ports/roll-up-sums.ts';
import type { PublishSettings } from '../settings.ts';

/** A measure as `measures.json` describes it. */
export interface MeasureDescription extends PlannedMeasure {
  readonly title: string;
  readonly description: string;
  readonly kind: string;
  readonly responsible: string;
  readonly budgetEur: number | null;
  readonly initialSituation: string;
  readonly targetSituation: string;
}

/** What the planners' documents are made from. */
export interface PlanningDeps {
  readonly settings: PublishSettings;
  readonly inventory: () => PublicInventory;
  /** Sensed spaces that may be counted, by `scope|id`. */
  readonly sensedSpaces: () => ReadonlyMap<string, number>;
  readonly store: Pick<HistoryStore, 'rollUps' | 'stateAt' | 'transitions' | 'seen'>;
  /** For questions about long times. */
  readonly sums: RollUpSums;
  /** Up to where roll-ups are closed, and a number that grows with every write. */
  readonly rolledUp: () => { readonly doneMs: EpochMs | null; readonly revision: number };
  /** For how long an observation of the space holds. */
  readonly staleAfterMs: (spaceId: SpaceId) => number;
  readonly shares: () => ShareResults;
  readonly goal:
    | (Omit<Goal, 'deadlineMs'> & { readonly baselineSource: string; readonly deadline: string })
    | null;
  readonly measures: () => readonly MeasureDescription[];
  /** How every installed device is doing. */
  readonly devices: (nowMs: EpochMs) => readonly DeviceReport[];
  readonly clock: Clock;
  /** Tells versions of this process from those of another. */
  readonly epoch: string;
  /** Who may see it: everybody (`undefined`), who shows the token, or nobody (`null`). */
  readonly token: string | null | undefined;
}
