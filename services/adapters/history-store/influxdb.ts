import { derived } from '../../domain/derived.ts';
import { AppError } from '../../domain/errors.ts';
import type { EpochMs, SpaceId } from '../../domain/ids.ts';
import type { Observation, Transition } from '../../domain/observation.ts';
import type { Inventory } from '../../domain/site.ts';
import { seenBySpace } from '../../domain/space-timeline.ts';
import type { HistoryStore, Revision, TimeRange } from '../../ports/history-store.ts';
import { createInfluxClient, type InfluxdbConfig, type Refuse } from './influx-client.ts';
import { toLine } from './influx-lines.ts';
import { mergedRevisions } from './revisions.ts';
import { selectLast, selectRows, tagIn, toRows } from './influxql.ts';
import { keyOf } from './rows.ts';
import {
  countTable,
  healthTable,
  observationTable,
  rollUpTable,
  transitionTable,
  withoutAges,
  type Table,
} from './tables.ts';

export interface InfluxdbAccess {
  /** Token (2.x, 3) or password (1.x). */
  readonly secret?: string | undefined;
  /** Which log the cursor counts: a new log begins at 0 whatever the server remembers of another. */
  readonly logId: string;
  /** Gives points the site and zone of their space, for dashboards of others. */
  readonly inventory?: (() => Inventory) | undefined;
  /** Keeps lines the server refused; without it a batch with such lines fails. */
  readonly refuse?: Refuse | undefined;
}

type Places = ReadonlyMap<SpaceId, { readonly site: string; readonly zone: string | null }>;

const nowhere: Pick<Inventory, 'sites' | 'spaces'> = { sites: [], spaces: [] };

function toPlaces(inventory: typeof nowhere): Places {
  const zoneOf = new Map(inventory.sites.map(({ id, zoneId }) => [id, zoneId]));
  return new Map(
    inventory.spaces.map(({ id, siteId }) => [
      id,
      { site: siteId, zone: zoneOf.get(siteId) ?? null },
    ]),
  );
}

/** `undefined` stands for all. */
const isOneOf = <Id>(ids: readonly Id[] | undefined): ((id: Id) => boolean) => {
  if (ids === undefined) return () => true;
  const wanted = new Set(ids);
  return (id) => wanted.has(id);
};

const holds = ['"void" = 0'];
/** Queries for what late uplinks void; with more ranges than these one query reads them all. */
const mostQueries = 8;
const hourMs = 3_600_000;

/**
 * The history of an operated installation. Points are written as a whole under their key, so writing
 * a batch again changes nothing; the cursor follows when the batch and all before it are stored. A
 * transition that no longer holds is written again with `void=1i`, as points cannot be taken back.
 */
export function influxdbStore(config: InfluxdbConfig, access: InfluxdbAccess): HistoryStore {
  const client = createInfluxClient(config, access.secret);
  const { inventory = () => nowhere } = access;
  const places = derived(inventory, toPlaces);
  let problem: string | null = null;
  let confirmed: Promise<void> = Promise.resolve();

  /** Remembers what is wrong until something works again. */
  async function use<Answer>(work: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await work;
      problem = null;
      return answer;
    } catch (error) {
      if (error instanceof AppError && error.code === 'store-unavailable') problem = error.message;
      throw error;
    }
  }

  async function read<Row>(
    table: Table<Row>,
    range: TimeRange,
    conditions: readonly string[] = [],
  ): Promise<readonly Row[]> {
    const series = await use(client.query(selectRows(table, range, conditions)));
    return toRows(table, series);
  }

  /** Transitions that revisions void. Many revisions are read with one query, and picked out here. */
  async function toVoid(revisions: readonly Revision[]): Promise<readonly Transition[]> {
    const merged = mergedRevisions(revisions);
    if (merged.length > mostQueries) {
      const rangesOf = Map.groupBy(merged, ({ spaceId }) => spaceId);
      const range = {
        fromMs: merged.reduce((least, { fromMs }) => Math.min(least, fromMs), Infinity),
        toMs: merged.reduce((most, { toMs }) => Math.max(most, toMs), -Infinity),
      };
      const spaces = tagIn('space', [...rangesOf.keys()]);
      const rows = await read(transitionTable, range, [...holds, ...spaces]);
      return rows.filter(({ spaceId, atMs }) =>
        rangesOf.get(spaceId)?.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs),
      );
    }
    const rows: Transition[] = [];
    for (const { spaceId, ...range } of merged)
      rows.push(...(await read(transitionTable, range, [...holds, ...tagIn('space', [spaceId])])));
    return rows;
  }

  /** Lines of rows; rows that cannot be a line are refused. */
  function toLines<Row>(
    table: Table<Row>,
    rows: readonly Row[],
    refuse: Refuse,
    extra: (row: Row) => Parameters<typeof toLine>[2] = () => ({}),
  ): string[] {
    return rows.flatMap((row) => {
      const line = toLine(table, row, extra(row));
      if (line.ok) return [line.value];
      refuse([JSON.stringify(row)], line.error);
      return [];
    });
  }

  /** Hands refused lines on, or fails once everything else is written. */
  async function write(toBatch: (refuse: Refuse) => string[]): Promise<void> {
    let reason: string | undefined;
    const refuse: Refuse = (lines, why) => {
      if (access.refuse) access.refuse(lines, why);
      else reason ??= why;
    };
    await use(client.write(toBatch(refuse), refuse));
    if (reason !== undefined)
      throw new AppError('store-refused', `InfluxDB refused rows: ${reason}`);
  }

  const transitionKey = keyOf(transitionTable);
  const placed = ({ spaceId }: { readonly spaceId: SpaceId }) => ({
    tags: places().get(spaceId) ?? {},
  });

  async function store(batch: Parameters<HistoryStore['append']>[0]): Promise<void> {
    const added = new Set(batch.transitions.map(transitionKey));
    const voided = (await toVoid(batch.revisions)).filter((row) => !added.has(transitionKey(row)));
    await write((refuse) => [
      ...toLines(observationTable, batch.observations, refuse, placed),
      ...toLines(transitionTable, voided, refuse, (row) => ({ ...placed(row), fields: 'void=1i' })),
      ...toLines(transitionTable, batch.transitions, refuse, (row) => ({
        ...placed(row),
        fields: 'void=0i',
      })),
      ...toLines(countTable, batch.counts, refuse),
      ...toLines(healthTable, batch.health, refuse),
    ]);
  }

  async function observations(
    query: Parameters<HistoryStore['observations']>[0],
  ): Promise<readonly Observation[]> {
    const rows = await read(observationTable, query, tagIn('space', query.spaceIds));
    const isWanted = isOneOf(query.spaceIds);
    return rows.filter((row) => isWanted(row.spaceId));
  }

  /** One point an hour, written over and over: `last` stays quick, and retention does not eat it. */
  const writeCursor = (seq: number): Promise<void> => {
    const hour = Math.floor(Date.now() / hourMs) * hourMs;
    return write(() => [`cursor,log=${access.logId} seq=${seq}i ${hour * 1000}`]);
  };

  return {
    append(batch) {
      const earlier = confirmed;
      // What a revision voids must have arrived.
      const stored = batch.revisions.length > 0 ? earlier.then(() => store(batch)) : store(batch);
      const done = Promise.all([stored, earlier]).then(() =>
        batch.upTo === null ? undefined : writeCursor(batch.upTo),
      );
      confirmed = done;
      done.catch(() => {
        // Whoever called meanwhile fails too; a new start has nothing to wait for.
        if (confirmed === done) confirmed = Promise.resolve();
      });
      return done;
    },
    async cursor() {
      // 3 Core does not look at all of its files; without a recent cursor the log is written again.
      const recently = config.api === '3' ? ' AND time >= now() - 3d' : '';
      const query = `SELECT last("seq") FROM "cursor" WHERE "log" = '${access.logId}'${recently}`;
      const [series] = await use(client.query(query));
      return (series?.values[0]?.[1] as number | undefined) ?? 0;
    },

    observations,
    seen: async (query) => seenBySpace(await observations(query), query.stepMs),
    async transitions(query) {
      const method =
        query.method === undefined ? [] : [`"inferred" = ${query.method === 'inferred' ? 1 : 0}`];
      const conditions = [...holds, ...method, ...tagIn('space', query.spaceIds)];
      const rows = await read(transitionTable, query, conditions);
      const isWanted = isOneOf(query.spaceIds);
      return rows.filter((row) => isWanted(row.spaceId));
    },
    async stateAt(atMs, spaceIds) {
      const range = { fromMs: 0, toMs: atMs };
      const conditions = [...holds, ...tagIn('space', spaceIds)];
      const series = await use(
        client.query(selectLast(transitionTable, 'space', range, conditions)),
      );
      const isWanted = isOneOf(spaceIds);
      return new Map(
        toRows(transitionTable, series)
          .filter((row) => isWanted(row.spaceId))
          .map((row) => [row.spaceId, row]),
      );
    },
    async lastSeen(range) {
      const series = await use(client.query(selectLast(observationTable, 'space', range)));
      return new Map<SpaceId, EpochMs>(
        series.map(({ tags, values }) => [tags?.['space'] as SpaceId, values[0]?.[0] as EpochMs]),
      );
    },
    async counts({ stretchIds, siteIds, ...range }) {
      const rows = await read(countTable, range);
      if (stretchIds === undefined && siteIds === undefined) return rows;
      const isStretch = isOneOf(stretchIds ?? []);
      const isSite = isOneOf(siteIds ?? []);
      return rows.filter(({ target }) =>
        target.kind === 'stretch' ? isStretch(target.stretchId) : isSite(target.siteId),
      );
    },
    async health(query) {
      const rows = await read(healthTable, query, tagIn('device', query.devEuis));
      const isWanted = isOneOf(query.devEuis);
      return rows.filter((row) => isWanted(row.devEui));
    },

    writeRollUps: (rows) => write((refuse) => toLines(rollUpTable, rows, refuse)),
    async rollUps({ scope, step, ids, leaveOut, ...range }) {
      const table = leaveOut === 'ages' ? withoutAges(rollUpTable) : rollUpTable;
      const rows = await read(table, range, [
        ...tagIn('scope', [scope]),
        ...tagIn('step', [step]),
        ...tagIn('id', ids),
      ]);
      const isWanted = isOneOf<string>(ids);
      return rows.filter((row) => isWanted(row.id));
    },

    async prune(before) {
      const drop = async (table: string, beforeMs: EpochMs | undefined): Promise<void> => {
        if (beforeMs !== undefined) await use(client.deleteBefore(table, beforeMs));
      };
      await drop('observation', before.observationsMs);
      await drop('transition', before.transitionsMs);
      await drop('count', before.countsMs);
      await drop('health', before.healthMs);
      for (const [step, beforeMs] of Object.entries(before.rollUpsMs ?? {}))
        await use(client.deleteBefore('roll_up', beforeMs, ['step', step]));
    },

    status: () => ({ state: problem === null ? 'ready' : 'unavailable', problem }),
    close: () => confirmed.catch(() => undefined),
  };
}
