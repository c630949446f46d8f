import type { GuidedStop } from '../../domain/guidance/guided-stops.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Interval } from '../../domain/local-intervals.ts';
import { nextLocalDayStart } from '../../domain/local-time.ts';
import type { ShareDay } from '../../domain/planning/share-question.ts';
import type { KerbStretch } from '../../domain/planning/share-scopes.ts';
import type { SensorTraits } from '../../domain/search-share/model/observed.ts';
import { observeDay } from '../../domain/search-share/observe-day.ts';
import type { Inventory } from '../../domain/site.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HistoryStore } from '../../ports/history-store.ts';

const dayMs = 86_400_000;
/** A space counts on a day of which at least this share was observed. */
const observedShare = 0.9;
/** Streets that are looked at together, so that live answers never wait long. */
const streetsAtOnce = 40;
/** Spaces whose changes are read together: those of 10,000 take a hundred megabytes a day, by estimate. */
const spacesAtOnce = 2_000;

/** The same streets in the same order, of as many spaces together; a street is never cut. */
function* inParts(stretches: readonly KerbStretch[]): Generator<readonly KerbStretch[]> {
  let part: KerbStretch[] = [];
  let spaces = 0;
  for (const stretch of stretches) {
    if (part.length > 0 && spaces + stretch.spaceIds.length > spacesAtOnce) {
      yield part;
      part = [];
      spaces = 0;
    }
    part.push(stretch);
    spaces += stretch.spaceIds.length;
  }
  if (part.length > 0) yield part;
}

/** Reads what the estimator needs of a local day from the history, some streets at a time. */
export function createDayReader(deps: {
  readonly store: HistoryStore;
  readonly clock: Clock;
  readonly inventory: () => Inventory;
  readonly timeZone: string;
  readonly sensors: () => SensorTraits;
  /** Where guided drivers stopped: no searcher's takes, and kilometres no sensor can tell of. */
  readonly guidedStops: (range: Interval) => Promise<readonly GuidedStop[]>;
}): (fromMs: EpochMs, stretches: readonly KerbStretch[]) => AsyncIterable<ShareDay> {
  const { store, clock, timeZone } = deps;
  return async function* (fromMs, stretches) {
    const toMs = nextLocalDayStart(fromMs, timeZone);
    const { heartbeatS } = deps.sensors();
    const [before, counts, observed] = await Promise.all([
      store.stateAt(fromMs),
      store.counts({ fromMs: fromMs - dayMs, toMs }),
      store.rollUps({ scope: 'space', step: 'day', fromMs, toMs, leaveOut: 'ages' }),
    ]);
    /** The changes of the day, after the last one before it. */
    const transitionsOf = async (some: readonly KerbStretch[]) => {
      const spaceIds = some.flatMap((stretch) => stretch.spaceIds);
      const [seen, later] = await Promise.all([
        store.transitions({ fromMs, toMs, spaceIds }),
        store.transitions({ fromMs: toMs, toMs: toMs + dayMs, method: 'inferred', spaceIds }),
      ]);
      const first = spaceIds.flatMap((spaceId) => before.get(spaceId) ?? []);
      return Map.groupBy([...first, ...seen, ...later], ({ spaceId }) => spaceId);
    };
    async function* pieces() {
      for (const part of inParts(stretches)) {
        const transitions = await transitionsOf(part);
        for (let at = 0; at < part.length; at += streetsAtOnce)
          yield { some: part.slice(at, at + streetsAtOnce), transitions };
      }
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
    for await (const { some, transitions } of pieces()) {
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
      yield {
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
      // Lets what is live have its turn between two pieces.
      await new Promise<void>((resolve) => clock.after(0, resolve));
    }
  };
}
