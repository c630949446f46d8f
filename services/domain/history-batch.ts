import type { SpaceId } from './ids.ts';
import type { Count, DeviceHealth, Observation, Observed, Transition } from './observation.ts';
import type { Tracked } from './tracker.ts';

/** Which of a space's transitions in `[fromMs, toMs)` no longer hold because an uplink came late. */
export type Revision = Tracked['revisions'][number];

/** What one stretch of the log means. Written as a whole; writing it again changes nothing. */
export interface HistoryBatch {
  readonly observations: readonly Observation[];
  /** Voided before `transitions` of the same batch are added. */
  readonly revisions: readonly Revision[];
  readonly transitions: readonly Transition[];
  readonly counts: readonly Count[];
  readonly health: readonly DeviceHealth[];
  /** The last log record this batch covers; `null` for data that did not come through the log. */
  readonly upTo: number | null;
}

/** Gathers what uplinks mean; of transitions those that no later uplink of the same batch undid. */
export function createBatch() {
  const observations: Observation[] = [];
  const revisions: Revision[] = [];
  const transitionsOf = new Map<SpaceId, Transition[]>();
  const counts: Count[] = [];
  const health: DeviceHealth[] = [];
  return {
    add(observed: Observed, changed: Tracked): void {
      observations.push(...observed.observations);
      for (const revision of changed.revisions) {
        revisions.push(revision);
        const before = transitionsOf.get(revision.spaceId);
        if (before) transitionsOf.set(revision.spaceId, without(before, revision));
      }
      for (const transition of changed.transitions) {
        const before = transitionsOf.get(transition.spaceId);
        if (before) before.push(transition);
        else transitionsOf.set(transition.spaceId, [transition]);
      }
      counts.push(...changed.counts);
      health.push(observed.health);
    },
    upTo(seq: number | null): HistoryBatch {
      const transitions = [...transitionsOf.values()].flat();
      return { observations, revisions, transitions, counts, health, upTo: seq };
    },
  };
}

/** Rows of all kinds; revisions are none. */
export const rowsOf = ({ observations, transitions, counts, health }: HistoryBatch): number =>
  observations.length + transitions.length + counts.length + health.length;

/** Rows `from` to `to` of a batch, its kinds one after the other; revisions come before all others. */
export function partOf(batch: HistoryBatch, from: number, to: number): HistoryBatch {
  let begin = 0;
  const part = <Row>(rows: readonly Row[]): readonly Row[] => {
    const [first, end] = [from - begin, to - begin];
    begin += rows.length;
    return rows.slice(Math.max(0, first), Math.max(0, end));
  };
  return {
    revisions: from === 0 ? batch.revisions : [],
    observations: part(batch.observations),
    transitions: part(batch.transitions),
    counts: part(batch.counts),
    health: part(batch.health),
    upTo: to === rowsOf(batch) ? batch.upTo : null,
  };
}

/** Transitions of a space in the same batch without those that a late observation undid. */
const without = (transitions: readonly Transition[], { fromMs, toMs }: Revision): Transition[] =>
  transitions.filter(({ atMs }) => atMs < fromMs || atMs >= toMs);
