import { AppError } from '../domain/errors.ts';
import { createCountableTimelines } from '../domain/countable-timelines.ts';
import { derived } from '../domain/derived.ts';
import type { EpochMs, SpaceId } from '../domain/ids.ts';
import { hourMs, localDayStart, nextLocalDayStart, quarterMs } from '../domain/local-time.ts';
import { placeGroups, spaceGroups, type RollUpGroup } from '../domain/roll-up-groups.ts';
import { addUp } from '../domain/roll-up-add.ts';
import { rollUp } from '../domain/roll-up-sums.ts';
import type { RollUp } from '../domain/roll-up.ts';
import { changedAtMs } from '../domain/session.ts';
import type { Inventory } from '../domain/site.ts';
import { toTimeline, type SpaceTimeline } from '../domain/space-timeline.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryBatch, HistoryStore, TimeRange } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';

export interface Measure {
  /** Computes what is missing up to now, then every quarter hour what has closed. */
  start(onProgress?: (progress: MeasureProgress) => void): Promise<void>;
  stop(): Promise<void>;
  /** To be told of every batch that the history has stored: late data make closed intervals due again. */
  stored(batch: HistoryBatch): void;
  status(): MeasureStatus;
}

interface MeasureProgress {
  readonly fromMs: EpochMs;
  readonly doneMs: EpochMs;
  readonly toMs: EpochMs;
}

interface MeasureStatus {
  /** Intervals up to here are rolled up; `null` before the first are. */
  readonly doneMs: EpochMs | null;
  /** Closed hours that late data touched and that are computed again at the next quarter hour. */
  readonly dueHours: number;
  /** Grows whenever roll-ups were written. */
  readonly revision: number;
  readonly problem: string | null;
}

/** An interval is closed this long after its end: uplinks are seconds under way, batches are flushed. */
const graceMs = 60_000;
/** Space-hours that are computed at once, so that live answers never wait long in between. */
const spaceHoursAtOnce = 24_000;
/** Counters report at least this often, so a count that reaches into an interval began no earlier. */
const longestCountMs = 24 * hourMs;
const dayMs = 24 * hourMs;

const floorTo = (atMs: EpochMs, stepMs: number): EpochMs => Math.floor(atMs / stepMs) * stepMs;

/** What follows from the inventory. */
interface Town {
  readonly places: readonly RollUpGroup[];
  readonly spaces: readonly RollUpGroup[];
  readonly spaceIds: readonly SpaceId[];
  /** What of the timelines may be summed up for places. */
  readonly countable: ReturnType<typeof createCountableTimelines>;
  /** For how long news of a space hold, ms. */
  readonly patience: ReadonlyMap<SpaceId, number>;
  readonly longestStaleMs: number;
  readonly chunkMs: number;
}

function toTown(inventory: Inventory, staleAfterMs: (spaceId: SpaceId) => number): Town {
  const spaceIds = inventory.spaces.map(({ id }) => id);
  const patience = new Map(spaceIds.map((id) => [id, staleAfterMs(id)]));
  const hours = Math.max(1, Math.floor(spaceHoursAtOnce / Math.max(1, spaceIds.length)));
  return {
    places: placeGroups(inventory),
    spaces: spaceGroups(inventory),
    spaceIds,
    countable: createCountableTimelines(inventory.spaces),
    patience,
    longestStaleMs: Math.max(0, ...patience.values()),
    chunkMs: hours * hourMs,
  };
}

/** Rolls closed intervals up from the history and writes them back. */
export function createMeasure(deps: {
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inventory: () => Inventory;
  /** IANA zone in which days begin. */
  readonly timeZone: string;
  /** For how long an observation of the space holds. */
  readonly staleAfterMs: (spaceId: SpaceId) => number;
  /** How far back missing roll-ups are made up for: observations are kept no longer. */
  readonly backDays: number;
}): Measure {
  const { store, clock, log, timeZone, backDays } = deps;
  const town = derived(deps.inventory, (inventory) => toTown(inventory, deps.staleAfterMs));
  const dueHours = new Set<EpochMs>();
  let doneMs: EpochMs | null = null;
  let revision = 0;
  let problem: string | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopTimer = (): void => undefined;
  let isStopped = false;

  async function timelinesOf(
    range: TimeRange,
    { spaceIds, patience, longestStaleMs }: Town,
  ): Promise<readonly SpaceTimeline[]> {
    const { fromMs, toMs } = range;
    const [before, lastSeen, transitions, later, observations] = await Promise.all([
      store.stateAt(fromMs),
      store.lastSeen({ fromMs: fromMs - longestStaleMs, toMs: fromMs }),
      store.transitions(range),
      // A change inferred later may have happened in the range.
      store.transitions({ fromMs: toMs, toMs: toMs + longestStaleMs, method: 'inferred' }),
      store.observations(range),
    ]);
    const changed = Map.groupBy([...transitions, ...later], ({ spaceId }) => spaceId);
    const seen = Map.groupBy(observations, ({ spaceId }) => spaceId);
    return spaceIds.map((id) =>
      toTimeline(
        {
          spaceId: id,
          before: before.get(id),
          transitions: changed.get(id) ?? [],
          lastSeenMs: lastSeen.get(id),
          seenMs: (seen.get(id) ?? []).map(({ observedAtMs }) => observedAtMs),
          staleAfterMs: patience.get(id) ?? 0,
        },
        range,
      ),
    );
  }

  /** Quarter hours of places; for each space what adds up to the day that begins in the range. */
  async function rollUpRange(range: TimeRange & { readonly dayStartMs?: EpochMs }): Promise<{
    readonly quarters: readonly RollUp[];
    readonly ofSpaces: readonly RollUp[];
  }> {
    const quarters: RollUp[] = [];
    const ofSpaces: RollUp[] = [];
    const its = town();
    const { places, spaces, countable, chunkMs } = its;
    for (let fromMs = range.fromMs; fromMs < range.toMs; fromMs += chunkMs) {
      const chunk = { fromMs, toMs: Math.min(range.toMs, fromMs + chunkMs) };
      const timelines = await timelinesOf(chunk, its);
      const counts = (
        await store.counts({ fromMs: fromMs - longestCountMs, toMs: chunk.toMs })
      ).filter(({ toMs }) => toMs > fromMs);
      const bounds = [chunk.toMs];
      for (let atMs = chunk.toMs - quarterMs; atMs >= fromMs; atMs -= quarterMs) {
        bounds.unshift(atMs);
      }
      quarters.push(
        ...rollUp({
          step: '15min',
          bounds,
          groups: places,
          timelines: countable(timelines),
          counts,
        }),
      );
      const parts = bounds.filter(
        (atMs) => atMs === chunk.fromMs || atMs === chunk.toMs || atMs === range.dayStartMs,
      );
      ofSpaces.push(
        ...rollUp({ step: 'day', bounds: parts, groups: spaces, timelines, counts: [] }),
      );
    }
    return { quarters, ofSpaces };
  }

  const toHours = (quarters: readonly RollUp[], { fromMs, toMs }: TimeRange): RollUp[] =>
    [...Map.groupBy(quarters, (row) => floorTo(row.fromMs, hourMs))].flatMap(([hourFromMs, own]) =>
      hourFromMs >= fromMs && hourFromMs + hourMs <= toMs
        ? addUp(own, 'hour', hourFromMs, hourFromMs + hourMs)
        : [],
    );

  async function write(rows: readonly RollUp[]): Promise<void> {
    await store.writeRollUps(rows);
    revision += 1;
  }

  /** Writes the quarter hours of the range and the hours that lie in it. */
  async function measureHours(range: TimeRange): Promise<void> {
    const { quarters } = await rollUpRange(range);
    await write([...quarters, ...toHours(quarters, range)]);
  }

  /**
   * Nothing was heard that says something about the range: so are the weeks before an installation is
   * new, and ten thousand spaces without news would be walked through for minutes.
   */
  async function isSilent({ fromMs, toMs }: TimeRange): Promise<boolean> {
    const { longestStaleMs } = town();
    const seen = await store.lastSeen({
      fromMs: fromMs - longestStaleMs,
      toMs: toMs + longestStaleMs,
    });
    if (seen.size > 0) return false;
    return (await store.counts({ fromMs: fromMs - longestCountMs, toMs })).length === 0;
  }

  /** Writes a closed local day with its hours and quarter hours, from the hour it begins in. */
  async function measureDay(dayStartMs: EpochMs): Promise<void> {
    const toMs = nextLocalDayStart(dayStartMs, timeZone);
    const range = { fromMs: floorTo(dayStartMs, hourMs), toMs, dayStartMs };
    if (await isSilent(range)) return;
    const { quarters, ofSpaces } = await rollUpRange(range);
    const ofDay = [...quarters, ...ofSpaces].filter(({ fromMs }) => fromMs >= dayStartMs);
    await write([
      ...quarters,
      ...toHours(quarters, range),
      ...addUp(ofDay, 'day', dayStartMs, toMs),
    ]);
  }

  /** Closes intervals up to the next end of a day at most. */
  async function advance(fromMs: EpochMs, untilMs: EpochMs): Promise<EpochMs> {
    const dayEndMs = nextLocalDayStart(fromMs, timeZone);
    if (dayEndMs <= untilMs) {
      await measureDay(localDayStart(fromMs, timeZone));
      return dayEndMs;
    }
    await measureHours({ fromMs: floorTo(fromMs, hourMs), toMs: untilMs });
    return untilMs;
  }

  /** What late data touched: closed days as a whole, of the open day from the first such hour on. */
  async function measureDue(closedMs: EpochMs): Promise<void> {
    const byDay = Map.groupBy(dueHours, (atMs) => localDayStart(atMs, timeZone));
    for (const [dayStartMs, hours] of byDay) {
      const toMs = Math.min(Math.max(...hours) + hourMs, closedMs);
      if (nextLocalDayStart(dayStartMs, timeZone) <= closedMs) await measureDay(dayStartMs);
      else await measureHours({ fromMs: Math.min(...hours), toMs });
      for (const hour of hours) dueHours.delete(hour);
    }
  }

  /** The end of the newest roll-up, or as far back as observations are kept. */
  async function lastDone(nowMs: EpochMs): Promise<EpochMs> {
    const oldestMs = nowMs - backDays * dayMs;
    const scope = 'municipality';
    const days = await store.rollUps({ fromMs: oldestMs, toMs: nowMs, scope, step: 'day' });
    const fromMs = days.at(-1)?.toMs ?? oldestMs;
    const quarters = await store.rollUps({ fromMs, toMs: nowMs, scope, step: '15min' });
    return quarters.at(-1)?.toMs ?? fromMs;
  }

  /** Closes what is open; what fails is tried again at the next quarter hour. */
  async function run(onProgress?: (progress: MeasureProgress) => void): Promise<void> {
    try {
      const nowMs = clock.now();
      const toMs = floorTo(nowMs - graceMs, quarterMs);
      // Begin with a whole day: the one that was open when we stopped closes as a whole.
      doneMs ??= localDayStart(await lastDone(nowMs), timeZone);
      const fromMs = doneMs;
      while (doneMs < toMs && !isStopped) {
        doneMs = await advance(doneMs, toMs);
        onProgress?.({ fromMs, doneMs, toMs });
      }
      if (!isStopped) await measureDue(toMs);
      problem = null;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problem = error.message;
      log.warn({ code: error.code, detail: error.message }, 'roll-ups wait for the history');
    }
  }

  /** No further back than observations are kept: without them a roll-up would become worse. */
  const markDue = (fromMs: EpochMs, toMs: EpochMs): void => {
    if (doneMs === null || fromMs >= doneMs) return;
    const firstMs = Math.max(fromMs, doneMs - (backDays - 1) * dayMs);
    const lastMs = Math.min(toMs, doneMs - 1);
    for (let atMs = floorTo(firstMs, hourMs); atMs <= lastMs; atMs += hourMs) dueHours.add(atMs);
  };

  return {
    async start(onProgress) {
      running = run(onProgress);
      await running;
      const next = (): void => {
        const nowMs = clock.now();
        const closedMs = floorTo(nowMs - graceMs, quarterMs);
        // A run that took longer than a quarter hour is followed by the next at once, a failed one is not.
        const fromMs = problem === null ? (doneMs ?? closedMs) : closedMs;
        stopTimer = clock.after(Math.max(0, fromMs + quarterMs + graceMs - nowMs), () => {
          running = run().finally(() => {
            if (!isStopped) next();
          });
        });
      };
      if (!isStopped) next();
    },
    async stop() {
      isStopped = true;
      stopTimer();
      await running;
    },
    stored(batch) {
      const { patience } = town();
      for (const { spaceId, observedAtMs } of batch.observations)
        markDue(observedAtMs, observedAtMs + (patience.get(spaceId) ?? 0));
      for (const { fromMs, toMs } of batch.revisions) markDue(fromMs, toMs);
      for (const transition of batch.transitions) markDue(changedAtMs(transition), transition.atMs);
      for (const { fromMs, toMs } of batch.counts) markDue(fromMs, toMs);
    },
    status: () => ({ doneMs, dueHours: dueHours.size, revision, problem }),
  };
}
