import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import type { Transition } from '../../domain/observation.ts';
import { seenBySpace } from '../../domain/space-timeline.ts';
import type { HistoryStore, TimeRange } from '../../ports/history-store.ts';
import type { LogSeq } from '../../ports/uplink-log.ts';
import { inOrder, keyOf, timeOf } from './rows.ts';
import {
  countTable,
  healthTable,
  observationTable,
  rollUpTable,
  transitionTable,
  type Table,
} from './tables.ts';

/** Rows of one kind, by key. */
function createShelf<Row extends object>(table: Table<Row>) {
  const rows = new Map<string, Row>();
  const key = keyOf(table);
  const order = inOrder(table);
  return {
    put(added: readonly Row[]): void {
      // Copies: the rows of a batch are written over by those of the next.
      for (const row of added) rows.set(key(row), { ...row });
    },
    drop(matches: (row: Row) => boolean): void {
      for (const [rowKey, row] of rows) if (matches(row)) rows.delete(rowKey);
    },
    between({ fromMs, toMs }: TimeRange, matches: (row: Row) => boolean = () => true): Row[] {
      return [...rows.values()]
        .filter((row) => {
          const atMs = timeOf(table, row);
          return atMs >= fromMs && atMs < toMs && matches(row);
        })
        .sort(order);
    },
  };
}

/** `undefined` stands for all. */
const oneOf = <Id>(ids: readonly Id[] | undefined): ((id: Id) => boolean) => {
  if (ids === undefined) return () => true;
  const wanted = new Set(ids);
  return (id) => wanted.has(id);
};

/** History that ends with the process: for tests, and for looking at a deployment without leaving traces. */
export function memoryStore(): HistoryStore {
  const observations = createShelf(observationTable);
  const transitions = createShelf(transitionTable);
  const counts = createShelf(countTable);
  const health = createShelf(healthTable);
  const rollUps = createShelf(rollUpTable);
  let cursor: LogSeq = 0;

  return {
    append(batch) {
      observations.put(batch.observations);
      for (const { spaceId, fromMs, toMs } of batch.revisions) {
        transitions.drop((t) => t.spaceId === spaceId && t.atMs >= fromMs && t.atMs < toMs);
      }
      transitions.put(batch.transitions);
      counts.put(batch.counts);
      health.put(batch.health);
      cursor = batch.upTo ?? cursor;
      return Promise.resolve();
    },
    cursor: () => Promise.resolve(cursor),

    observations(query) {
      const isWanted = oneOf(query.spaceIds);
      return Promise.resolve(observations.between(query, (row) => isWanted(row.spaceId)));
    },
    transitions(query) {
      const isWanted = oneOf(query.spaceIds);
      return Promise.resolve(
        transitions.between(
          query,
          (row) => isWanted(row.spaceId) && row.method === (query.method ?? row.method),
        ),
      );
    },
    stateAt(atMs, spaceIds) {
      const isWanted = oneOf(spaceIds);
      const earlier = transitions.between({ fromMs: -Infinity, toMs: atMs }, (row) =>
        isWanted(row.spaceId),
      );
      return Promise.resolve(
        new Map<SpaceId, Transition>(earlier.map((row) => [row.spaceId, row])),
      );
    },
    seen(query) {
      const isWanted = oneOf(query.spaceIds);
      return Promise.resolve(
        seenBySpace(
          observations.between(query, (row) => isWanted(row.spaceId)),
          query.stepMs,
        ),
      );
    },
    lastSeen: (range) =>
      Promise.resolve(
        new Map<SpaceId, EpochMs>(
          observations.between(range).map((row) => [row.spaceId, row.observedAtMs]),
        ),
      ),
    counts(query) {
      const { stretchIds, siteIds } = query;
      const isAll = stretchIds === undefined && siteIds === undefined;
      const isStretch = oneOf(stretchIds ?? []);
      const isSite = oneOf(siteIds ?? []);
      return Promise.resolve(
        counts.between(
          query,
          ({ target }) =>
            isAll ||
            (target.kind === 'stretch' ? isStretch(target.stretchId) : isSite(target.siteId)),
        ),
      );
    },
    health(query) {
      const isWanted = oneOf(query.devEuis);
      return Promise.resolve(health.between(query, (row) => isWanted(row.devEui)));
    },

    writeRollUps(rows) {
      rollUps.put(rows);
      return Promise.resolve();
    },
    rollUps(query) {
      const isWanted = oneOf<string>(query.ids);
      const rows = rollUps.between(
        query,
        (row) => row.scope === query.scope && row.step === query.step && isWanted(row.id),
      );
      return Promise.resolve(
        query.leaveOut === 'ages'
          ? rows.map((row) => ({ ...row, stays: null, vacancies: null }))
          : rows,
      );
    },

    prune(before) {
      observations.drop((row) => row.observedAtMs < (before.observationsMs ?? -Infinity));
      transitions.drop((row) => row.atMs < (before.transitionsMs ?? -Infinity));
      counts.drop((row) => row.fromMs < (before.countsMs ?? -Infinity));
      health.drop((row) => row.atMs < (before.healthMs ?? -Infinity));
      rollUps.drop((row) => row.fromMs < (before.rollUpsMs?.[row.step] ?? -Infinity));
      return Promise.resolve();
    },

    status: () => ({ state: 'ready', problem: null }),
    close: () => Promise.resolve(),
  };
}
