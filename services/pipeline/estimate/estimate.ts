import { AppError } from '../../domain/errors.ts';
import type { GuidedStop } from '../../domain/guidance/guided-stops.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Interval } from '../../domain/local-intervals.ts';
import { localDayStart, nextLocalDayStart } from '../../domain/local-time.ts';
import { daysOf } from '../../domain/planning/periods.ts';
import { keyOfShare, planShares, type PlannedShare } from '../../domain/planning/share-plan.ts';
import type { Audit } from '../../domain/planning/share-question.ts';
import type { ShareResult, ShareResults } from '../../domain/planning/share-results.ts';
import {
  kerbStretches,
  stretchesOf,
  type KerbStretch,
  type PlannedMeasure,
} from '../../domain/planning/share-scopes.ts';
import type { SensorTraits } from '../../domain/search-share/model/observed.ts';
import type { Inventory } from '../../domain/site.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HistoryStore } from '../../ports/history-store.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ShareEstimator } from '../../ports/share-estimator.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { createDayReader } from './day-reader.ts';

export interface Estimate {
  /** Shows what was estimated before the process began; to be awaited before `start`. Never rejects. */
  restore(): Promise<void>;
  /** Makes what is missing for the closed days, then every day what has become due. Never rejects. */
  start(): void;
  stop(): Promise<void>;
  results(): ShareResults;
  /** One sentence; `null` while all is well. */
  problem(): string | null;
}

const snapshotName = 'search-shares';
/** Raised when the way of estimating changes: kept estimates are then made again. */
const method = 3;
interface Kept {
  readonly basis: string;
  /** Earlier versions did not keep it. */
  readonly known?: Interval | null;
  readonly results: readonly ShareResult[];
}

const dayMs = 86_400_000;
/** Days are looked back at; transitions are kept about as long. */
const backDays = 400;
/** Days the estimator holds at once; beyond it keeps the newest, which tomorrow's estimates go on from. */
const mostDays = 70;
const keptDays = 40;
const bootstraps = 100;
/** Roll-ups of a day are made within minutes after it; what failed is tried again after this long. */
const againAfterMs = 15 * 60_000;

/** Estimates search shares from closed days: incrementally, and away from the main thread. */
export function createEstimate(deps: {
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inventory: () => Inventory;
  readonly measures: () => readonly PlannedMeasure[];
  readonly timeZone: string;
  readonly estimator: ShareEstimator;
  readonly snapshots: Snapshots;
  readonly sensors: () => SensorTraits;
  readonly audit: Audit;
  /** Where guided drivers stopped: no searcher's takes, and kilometres no sensor can tell of. */
  readonly guidedStops: (range: Interval) => Promise<readonly GuidedStop[]>;
  /** Roll-ups are complete up to here. */
  readonly closedMs: () => EpochMs | null;
}): Estimate {
  const { store, clock, log, timeZone, estimator, snapshots } = deps;
  const readDay = createDayReader(deps);
  const handedOver = new Set<EpochMs>();
  let basis = '';
  let revision = 0;
  let known: Interval | null = null;
  let results = new Map<string, ShareResult>();
  let pending = 0;
  /** Nobody has looked yet which estimates are missing. */
  let isUnsure = true;
  let problem: string | null = null;
  let isStopped = false;
  let stopTimer = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  /** Days that begin before `fromMs` are handed over again when they are asked for. */
  function forget(fromMs: EpochMs): void {
    estimator.drop(fromMs);
    for (const day of handedOver) if (day < fromMs) handedOver.delete(day);
  }

  /** Whole local days with roll-ups. */
  async function knownDays(): Promise<Interval | null> {
    const closedMs = deps.closedMs();
    if (closedMs === null) return null;
    const toMs = localDayStart(closedMs, timeZone);
    const query = {
      scope: 'municipality',
      step: 'day',
      fromMs: toMs - backDays * dayMs,
      toMs,
      leaveOut: 'ages',
    } as const;
    const first = (await store.rollUps(query))[0];
    return first === undefined ? null : { fromMs: localDayStart(first.fromMs, timeZone), toMs };
  }

  async function answer(planned: PlannedShare, stretches: readonly KerbStretch[]): Promise<void> {
    const days = daysOf(planned, timeZone);
    if (handedOver.size > mostDays) forget((known?.toMs ?? Infinity) - keptDays * dayMs);
    for (const fromMs of days) {
      if (isStopped) return;
      if (handedOver.has(fromMs)) continue;
      for await (const day of readDay(fromMs, stretches)) estimator.add(day);
      handedOver.add(fromMs);
    }
    const all = stretchesOf(planned, stretches, deps.measures());
    const sensed = all.filter(({ spaceIds }) => spaceIds.length > 0);
    const estimate = await estimator.estimate({
      days,
      timeZone,
      stretches: sensed.map(toShareStretch),
      counted: stretches.filter(({ isCounted }) => isCounted).map(toShareStretch),
      streetsOfZone: all.length,
      sensors: deps.sensors(),
      bootstraps,
      ...deps.audit,
    });
    results.set(keyOfShare(planned), { ...planned, estimate });
    revision += 1;
  }

  async function run(): Promise<void> {
    try {
      known = await knownDays();
      if (known === null) {
        isUnsure = false;
        return;
      }
      const inventory = deps.inventory();
      const stretches = kerbStretches(inventory);
      const plan = planShares(inventory, deps.measures(), known, timeZone);
      await forgetIfChanged(stretches);
      const wanted = new Set(plan.map(keyOfShare));
      const due = plan.filter((planned) => !results.has(keyOfShare(planned)));
      pending = due.length;
      isUnsure = false;
      for (const planned of due) {
        if (isStopped) return;
        await answer(planned, stretches);
        pending -= 1;
        await save();
      }
      const before = results.size;
      results = new Map([...results].filter(([key]) => wanted.has(key)));
      if (results.size < before) await save();
      problem = null;
    } catch (error) {
      if (isStopped) return;
      // Whatever the estimator knew may be gone with its thread.
      forget(Infinity);
      if (error instanceof AppError) problem = error.message;
      else problem = error instanceof Error ? error.message : String(error);
      log.warn({ detail: problem }, 'search shares wait');
    }
  }

  /** Kept estimates hold as long as they were made from the same streets, measures and audit. */
  async function forgetIfChanged(stretches: readonly KerbStretch[]): Promise<void> {
    const now = JSON.stringify([method, stretches, deps.measures(), deps.audit, timeZone]);
    if (basis === now) return;
    const kept =
      basis === '' ? ((await snapshots.load(snapshotName)) as Kept | undefined) : undefined;
    const isSame = kept?.basis === now;
    results = new Map(isSame ? kept.results.map((result) => [keyOfShare(result), result]) : []);
    known ??= (isSame ? kept.known : null) ?? null;
    forget(Infinity);
    basis = now;
    revision += 1;
  }

  const save = (): Promise<void> =>
    snapshots.save(snapshotName, {
      basis,
      known,
      results: [...results.values()],
    } satisfies Kept);

  function schedule(): void {
    if (isStopped) return;
    const nowMs = clock.now();
    const dayEndMs = nextLocalDayStart(nowMs, timeZone);
    const isDone = problem === null && known?.toMs === localDayStart(nowMs, timeZone);
    const atMs = isDone ? dayEndMs + againAfterMs : nowMs + againAfterMs;
    stopTimer = clock.after(atMs - nowMs, begin);
  }
  function begin(): void {
    running = run().then(schedule);
  }

  return {
    restore: () => forgetIfChanged(kerbStretches(deps.inventory())),
    start: begin,
    async stop() {
      isStopped = true;
      stopTimer();
      await estimator.close();
      await running;
    },
    results: () => ({
      revision,
      known,
      results: [...results.values()],
      pending: isUnsure ? Math.max(1, pending) : pending,
    }),
    problem: () => problem,
  };
}

const toShareStretch = ({ id, lengthM, roadClass, numberOfSpaces }: KerbStretch) => ({
  id,
  lengthM,
  roadClass,
  numberOfSpaces,
});
