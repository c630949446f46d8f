import { createCountableTimelines } from '../../domain/countable-timelines.ts';
import { derived } from '../../domain/derived.ts';
import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import { hourMs, nextLocalDayStart, quarterMs } from '../../domain/local-time.ts';
import { addUp, createAddingUp } from '../../domain/roll-up-add.ts';
import {
  placeGroups,
  spaceGroups,
  wholeStretches,
  type RollUpGroup,
} from '../../domain/roll-up-groups.ts';
import { rollUp } from '../../domain/roll-up-sums.ts';
import type { RollUp } from '../../domain/roll-up.ts';
import type { Inventory } from '../../domain/site.ts';
import { holdingTimes, toTimelines, type SpaceTimeline } from '../../domain/space-timeline.ts';
import type { HistoryStore, TimeRange } from '../../ports/history-store.ts';

/** Reads the history of closed intervals and sums it up. */
export interface HistorySums {
  /** The quarter hours of the range and the hours that lie in it, some hours after the other. */
  ofHours(range: TimeRange): AsyncIterable<readonly RollUp[]>;
  /** A closed local day at last, before it its hours and quarter hours, from the hour it begins in. */
  ofDay(dayStartMs: EpochMs): AsyncIterable<readonly RollUp[]>;
  /** For how long news of a space hold, ms. */
  patienceOf(spaceId: SpaceId): number;
}

/** Space-hours that are computed at once, so that live answers never wait long in between. */
const spaceHoursAtOnce = 24_000;
/** Counters report at least this often, so a count that reaches into an interval began no earlier. */
const longestCountMs = 24 * hourMs;

const floorTo = (atMs: EpochMs, stepMs: number): EpochMs => Math.floor(atMs / stepMs) * stepMs;

/** What follows from the inventory. */
interface Town {
  /** Without sites that are the whole of their stretch: theirs are the stretch's (`whole-stretches.ts`). */
  readonly places: readonly RollUpGroup[];
  readonly spaces: readonly RollUpGroup[];
  readonly spaceIds: readonly SpaceId[];
  /** What of the timelines may be summed up for places. */
  readonly countable: ReturnType<typeof createCountableTimelines>;
  /** For how long news of a space hold, ms. */
  readonly patience: ReadonlyMap<SpaceId, number>;
  /** For how long at the least and at the most. */
  readonly held: ReturnType<typeof holdingTimes>;
  readonly chunkMs: number;
}

function toTown(inventory: Inventory, staleAfterMs: (spaceId: SpaceId) => number): Town {
  const spaceIds = inventory.spaces.map(({ id }) => id);
  const patience = new Map(spaceIds.map((id) => [id, staleAfterMs(id)]));
  const hours = Math.max(1, Math.floor(spaceHoursAtOnce / Math.max(1, spaceIds.length)));
  const whole: ReadonlyMap<string, unknown> = wholeStretches(inventory);
  return {
    places: placeGroups(inventory).filter(({ scope, id }) => scope !== 'site' || !whole.has(id)),
    spaces: spaceGroups(inventory),
    spaceIds,
    countable: createCountableTimelines(inventory.spaces),
    patience,
    held: holdingTimes(patience.values()),
    chunkMs: hours * hourMs,
  };
}

/** Nothing is kept but what follows from the inventory. */
export function createHistorySums(deps: {
  readonly store: HistoryStore;
  readonly inventory: () => Inventory;
  /** IANA zone in which days begin. */
  readonly timeZone: string;
  /** For how long an observation of the space holds. */
  readonly staleAfterMs: (spaceId: SpaceId) => number;
}): HistorySums {
  const { store, timeZone } = deps;
  const town = derived(deps.inventory, (inventory) => toTown(inventory, deps.staleAfterMs));

  async function timelinesOf(
    range: TimeRange,
    { spaceIds, patience, held: { shortestMs, longestMs } }: Town,
  ): Promise<readonly SpaceTimeline[]> {
    const { fromMs, toMs } = range;
    const [before, lastSeen, transitions, later, seen] = await Promise.all([
      store.stateAt(fromMs),
      store.lastSeen({ fromMs: fromMs - longestMs, toMs: fromMs }),
      store.transitions(range),
      // A change inferred later may have happened in the range.
      store.transitions({ fromMs: toMs, toMs: toMs + longestMs, method: 'inferred' }),
      store.seen({ ...range, stepMs: shortestMs }),
    ]);
    return toTimelines(
      spaceIds,
      { before, lastSeen, transitions: [...transitions, ...later], seen },
      (spaceId) => patience.get(spaceId) ?? 0,
      range,
    );
  }

  /** Of some hours after the other: quarter hours of places, and for each space what adds up to the day that begins there. */
  async function* rollUpRange(
    range: TimeRange & { readonly dayStartMs?: EpochMs },
  ): AsyncGenerator<{
    readonly quarters: readonly RollUp[];
    readonly ofSpaces: readonly RollUp[];
  }> {
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
      const quarters = rollUp({
        step: '15min',
        bounds,
        groups: places,
        timelines: countable(timelines),
        counts,
      });
      const parts = bounds.filter(
        (atMs) => atMs === chunk.fromMs || atMs === chunk.toMs || atMs === range.dayStartMs,
      );
      yield {
        quarters,
        ofSpaces: rollUp({ step: 'day', bounds: parts, groups: spaces, timelines, counts: [] }),
      };
    }
  }

  const toHours = (quarters: readonly RollUp[], { fromMs, toMs }: TimeRange): RollUp[] =>
    [...Map.groupBy(quarters, (row) => floorTo(row.fromMs, hourMs))].flatMap(([hourFromMs, own]) =>
      hourFromMs >= fromMs && hourFromMs + hourMs <= toMs
        ? addUp(own, 'hour', hourFromMs, hourFromMs + hourMs)
        : [],
    );

  /**
   * Nothing was heard that says something about the range: so are the weeks before an installation is
   * new, and ten thousand spaces without news would be walked through for minutes.
   */
  async function isSilent({ fromMs, toMs }: TimeRange): Promise<boolean> {
    const { longestMs } = town().held;
    const seen = await store.lastSeen({
      fromMs: fromMs - longestMs,
      toMs: toMs + longestMs,
    });
    if (seen.size > 0) return false;
    return (await store.counts({ fromMs: fromMs - longestCountMs, toMs })).length === 0;
  }

  async function* ofHours(range: TimeRange): AsyncGenerator<readonly RollUp[]> {
    for await (const { quarters } of rollUpRange(range))
      yield [...quarters, ...toHours(quarters, range)];
  }

  async function* ofDay(dayStartMs: EpochMs): AsyncGenerator<readonly RollUp[]> {
    const toMs = nextLocalDayStart(dayStartMs, timeZone);
    const range = { fromMs: floorTo(dayStartMs, hourMs), toMs, dayStartMs };
    if (await isSilent(range)) return;
    const day = createAddingUp('day', dayStartMs, toMs);
    const isOfDay = ({ fromMs }: RollUp): boolean => fromMs >= dayStartMs;
    for await (const { quarters, ofSpaces } of rollUpRange(range)) {
      day.add(quarters.filter(isOfDay));
      day.add(ofSpaces.filter(isOfDay));
      yield [...quarters, ...toHours(quarters, range)];
    }
    yield day.rows();
  }

  return {
    ofHours,
    ofDay,
    patienceOf: (spaceId) => town().patience.get(spaceId) ?? 0,
  };
}
