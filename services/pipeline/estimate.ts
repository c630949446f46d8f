import { AppError } from '../domain/errors.ts';
import type { GuidedStop } from '../domain/guidance/guided-stops.ts';
import type { EpochMs, SpaceId } from '../domain/ids.ts';
import type { Interval } from '../domain/local-intervals.ts';
import { localDayStart, nextLocalDayStart } from '../domain/local-time.ts';
import type { Transition } from '../domain/observation.ts';
import { daysOf } from '../domain/planning/periods.ts';
import { keyOfShare, planShares, type PlannedShare } from '../domain/planning/share-plan.ts';
import type { Audit, ShareDay } from '../domain/planning/share-question.ts';
import type { ShareResult, ShareResults } from '../domain/planning/share-results.ts';
import {
  kerbStretches,
  stretchesOf,
  type KerbStretch,
  type PlannedMeasure,
} from '../domain/planning/share-scopes.ts';
import type { SensorTraits } from '../domain/search-share/model/observed.ts';
import { observeDay } from '../domain/search-share/observe-day.ts';
import type { Inventory } from '../domain/site.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { ShareEstimator } from '../ports/share-estimator.ts';
import type { Snapshots } from '../ports/snapshots.ts';

export interface Estimate {
  /** Makes what is missing for the closed days, then every day what has become due. Never rejects. */
  start(): void;
  stop(): Promise<void>;
  results(): ShareResults;
  /** One sentence; `null` while all is well. */
  problem(): string | null;
}

const snapshotName = 'search-shares';
/** Raised when the way of estimating changes: kept estimates are then made again. */
const method = 2;
interface Kept {
  readonly basis: string;
  readonly results: readonly ShareResult[];
}

const dayMs = 86_400_000;
/** Days are looked back at; transitions are kept about as long. */
const backDays = 400;
/** A space counts on a day of which at least this share was observed. */
const observedShare = 0.9;
/** Days the estimator holds at once; beyond it keeps the newest, which tomorrow's estimates go on from. */
const mostDays = 70;
const keptDays = 40;
/** Streets that are handed over at once, so that live answers never wait long. */
const streetsAtOnce = 40;
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
  const handedOver = new Set<EpochMs>();
  let basis = '';
  let revision = 0;
  let known: Interval | null = null;
  let results = new Map<string, ShareResult>();
  let pending = 0;
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
    } as const;
    const first = (await store.rollUps(query))[0];
    return first === undefined ? null : { fromMs: localDayStart(first.fromMs, timeZone), toMs };
  }

  /** Reads one day from the history and hands it over in pieces. */
  async function handOver(fromMs: EpochMs, stretches: readonly KerbStretch[]): Promise<void> {
    const toMs = nextLocalDayStart(fromMs, timeZone);
    const { heartbeatS } = deps.sensors();
    const [before, seen, later, counts, observed] = await Promise.all([
      store.stateAt(fromMs),
      store.transitions({ fromMs, toMs }),
      store.transitions({ fromMs: toMs, toMs: toMs + dayMs, method: 'inferred' }),
      store.counts({ fromMs: fromMs - dayMs, toMs }),
      store.rollUps({ scope: 'space', step: 'day', fromMs, toMs }),
    ]);
    const transitions = new Map<SpaceId, Transition[]>(
      [...before].map(([spaceId, transition]) => [spaceId, [transition]]),
    );
    for (const transition of [...seen, ...later]) {
      const own = transitions.get(transition.spaceId);
      if (own) own.push(transition);
      else transitions.set(transition.spaceId, [transition]);
    }
    const stretchOf = new Map(deps.inventory().sites.map(({ id, stretchId }) => [id, stretchId]));
    const guided = (await deps.guidedStops({ fromMs, toMs })).flatMap((stop) => {
      const stretchId = stretchOf.get(stop.siteId) ?? null;
      return stretchId === null ? [] : [{ ...stop, stretchId }];
    });
    const guidedArrivals = guided.filter(({ kind }) => kind === 'parked');
    const guidedKm = new Map<string, number>();
    for (const { stretchId, detourM } of guided)
      guidedKm.set(stretchId, (guidedKm.get(stretchId) ?? 0) + detourM / 1_000);
    const isKnown = new Set(
      observed
        .filter(({ observedMs }) => observedMs >= observedShare * (toMs - fromMs))
        .map(({ id }) => id),
    );
    const ofDay = counts.filter((count) => count.toMs > fromMs && count.toMs > count.fromMs);
    const countsOf = Map.groupBy(ofDay, ({ target }) =>
      target.kind === 'stretch' ? target.stretchId : null,
    );
    for (let at = 0; at < stretches.length; at += streetsAtOnce) {
      const some = stretches.slice(at, at + streetsAtOnce);
      const days = observeDay({
        day: 0,
        fromMs,
        toMs,
        stretches: some.map(({ id, spaceIds }, stretch) => ({
          stretch,
          stretchId: id,
          spaces: spaceIds.filter((spaceId) => isKnown.has(spaceId)),
        })),
        transitions,
        known: new Map(),
        counts: new Map(),
        guidedArrivals,
        heartbeatS,
      });
      const day: ShareDay = {
        fromMs,
        guidedKm: new Map(some.map(({ id }) => [id, guidedKm.get(id) ?? 0])),
        stretches: new Map(
          days.map(({ stretch, sensedSpaces, vacancies }) => [
            some[stretch]?.id ?? '',
            { sensedSpaces, vacancies },
          ]),
        ),
        counts: new Map(
          some.flatMap(({ id }) => {
            const own = countsOf.get(id);
            if (own === undefined) return [];
            const toS = (atMs: EpochMs): number => (atMs - fromMs) / 1000;
            return [
              [
                id,
                own.map((count) => ({
                  fromS: toS(count.fromMs),
                  toS: toS(count.toMs),
                  vehicles: count.vehicles,
                })),
              ] as const,
            ];
          }),
        ),
      };
      estimator.add(day);
      // Lets what is live have its turn between two pieces.
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
    handedOver.add(fromMs);
  }

  async function answer(planned: PlannedShare, stretches: readonly KerbStretch[]): Promise<void> {
    const days = daysOf(planned, timeZone);
    if (handedOver.size > mostDays) forget((known?.toMs ?? Infinity) - keptDays * dayMs);
    for (const fromMs of days) {
      if (isStopped) return;
      if (!handedOver.has(fromMs)) await handOver(fromMs, stretches);
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
      if (known === null) return;
      const inventory = deps.inventory();
      const stretches = kerbStretches(inventory);
      const plan = planShares(inventory, deps.measures(), known, timeZone);
      await forgetIfChanged(stretches);
      const wanted = new Set(plan.map(keyOfShare));
      const due = plan.filter((planned) => !results.has(keyOfShare(planned)));
      pending = due.length;
      for (const planned of due) {
        if (isStopped) return;
        await answer(planned, stretches);
        pending -= 1;
        await save();
      }
      results = new Map([...results].filter(([key]) => wanted.has(key)));
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
    forget(Infinity);
    basis = now;
    revision += 1;
  }

  const save = (): Promise<void> =>
    snapshots.save(snapshotName, { basis, results: [...results.values()] } satisfies Kept);

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
    start: begin,
    async stop() {
      isStopped = true;
      stopTimer();
      await estimator.close();
      await running;
    },
    results: () => ({ revision, known, results: [...results.values()], pending }),
    problem: () => problem,
  };
}

const toShareStretch = ({ id, lengthM, roadClass, numberOfSpaces }: KerbStretch) => ({
  id,
  lengthM,
  roadClass,
  numberOfSpaces,
});
