import type { Changing } from './changing.ts';
import type { SpaceId } from './ids.ts';
import type { Count, DeviceHealth, Observation, Observed, Transition } from './observation.ts';
import type { Tracked } from './tracker.ts';

/** Which of a space's transitions in `[fromMs, toMs)` no longer hold because an uplink came late. */
export type Revision = Tracked['revisions'][number];

/**
 * What one stretch of the log means. Written as a whole; writing it again changes nothing. Its rows may be
 * those of the next batch as soon as it is written: a store that keeps rows keeps copies.
 */
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

/** Rows that the next batch writes over: made anew, those of a batch outlive two collections of the young. */
function createRows<Row extends object>(copy: (row: Row, into: Changing<Row>) => void) {
  const rows: Changing<Row>[] = [];
  let used = 0;
  return {
    begin: () => void (used = 0),
    /** Where it is among the rows of the batch. */
    add(row: Row): number {
      const into = rows[used];
      if (into) copy(row, into);
      else rows.push({ ...row });
      used += 1;
      return used - 1;
    },
    at: (index: number): Row | undefined => (index < used ? rows[index] : undefined),
    all: (): readonly Row[] => rows.slice(0, used),
  };
}

/** Transitions without those that a late observation of the same batch undid. */
function createTransitions() {
  const rows = createRows<Transition>(copyTransition);
  /** Where the newest of each space is, and for each one where the one before it is; -1 for none. */
  const newest = new Map<SpaceId, number>();
  const before: number[] = [];
  const undone = new Set<number>();
  return {
    begin(): void {
      rows.begin();
      newest.clear();
      undone.clear();
    },
    add(transition: Transition): void {
      const at = rows.add(transition);
      before[at] = newest.get(transition.spaceId) ?? -1;
      newest.set(transition.spaceId, at);
    },
    undo({ spaceId, fromMs, toMs }: Revision): void {
      for (let at = newest.get(spaceId) ?? -1; at >= 0; at = before[at] ?? -1) {
        const atMs = rows.at(at)?.atMs ?? -Infinity;
        if (atMs >= fromMs && atMs < toMs) undone.add(at);
      }
    },
    all: (): readonly Transition[] =>
      undone.size === 0 ? rows.all() : rows.all().filter((_, at) => !undone.has(at)),
  };
}

/** Gathers what uplinks mean, batch after batch: a batch has to be written before the next one begins. */
export function createBatches() {
  const observations = createRows<Observation>(copyObservation);
  const transitions = createTransitions();
  const health = createRows<DeviceHealth>(copyHealth);
  let revisions: Revision[] = [];
  let counts: Count[] = [];
  return {
    begin(): void {
      observations.begin();
      transitions.begin();
      health.begin();
      revisions = [];
      counts = [];
    },
    add(observed: Observed, changed: Tracked): void {
      for (const observation of observed.observations) observations.add(observation);
      for (const revision of changed.revisions) {
        revisions.push(revision);
        transitions.undo(revision);
      }
      for (const transition of changed.transitions) transitions.add(transition);
      counts.push(...changed.counts);
      health.add(observed.health);
    },
    upTo: (seq: number | null): HistoryBatch => ({
      observations: observations.all(),
      revisions,
      transitions: transitions.all(),
      counts,
      health: health.all(),
      upTo: seq,
    }),
  };
}

function copyObservation(row: Observation, into: Changing<Observation>): void {
  into.spaceId = row.spaceId;
  into.devEui = row.devEui;
  into.status = row.status;
  into.kind = row.kind;
  into.observedAtMs = row.observedAtMs;
  into.order = row.order;
  into.previousState = row.previousState;
}

function copyTransition(row: Transition, into: Changing<Transition>): void {
  into.spaceId = row.spaceId;
  into.to = row.to;
  into.atMs = row.atMs;
  into.earliestMs = row.earliestMs;
  into.method = row.method;
}

function copyHealth(row: DeviceHealth, into: Changing<DeviceHealth>): void {
  into.devEui = row.devEui;
  into.atMs = row.atMs;
  into.fCnt = row.fCnt;
  into.session = row.session;
  into.rssiDbm = row.rssiDbm;
  into.snrDb = row.snrDb;
  into.batteryV = row.batteryV;
  into.batteryRatio = row.batteryRatio;
  into.batteryLow = row.batteryLow;
  into.temperatureC = row.temperatureC;
  into.faults = row.faults;
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
