import { AppError } from '../domain/errors.ts';
import { toHistoryRow, type HistoryRow } from '../domain/history-row.ts';
import type { EpochMs, MunicipalityId } from '../domain/ids.ts';
import { intervalEnd, intervalStart, type Interval } from '../domain/local-intervals.ts';
import { hourMs, localDate } from '../domain/local-time.ts';
import type { Inventory } from '../domain/site.ts';
import type { Clock } from '../ports/clock.ts';
import type { DownloadPlan, Downloads } from '../ports/downloads.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';

const dayMs = 24 * hourMs;
/** A file is made when its time is over, and once more a day later, for uplinks that came late. */
const revisedAfterMs = dayMs;

/** Rows that are read at a time. */
const rowsAtOnce = 10_000;

type Names = Readonly<Record<HistoryRow['scope'], ReadonlyMap<string, string>>>;

const nameOf = (date: string, owner: MunicipalityId | null, extension: string): string =>
  [date, ...(owner === null ? [] : [owner]), extension].join('.');

/** Makes the files of past occupancy, each when its day or month is over. */
export function createOfferHistory(deps: {
  readonly store: Pick<HistoryStore, 'rollUps'>;
  readonly downloads: Downloads;
  readonly clock: Clock;
  readonly log: Logger;
  readonly inventory: () => Inventory;
  readonly timeZone: string;
  /** Quarter hours are rolled up to here; `null` when none are. */
  readonly measuredUntilMs: () => EpochMs | null;
  /** How far back there are quarter hours. */
  readonly backDays: number;
}) {
  const { store, downloads, clock, log, inventory, timeZone } = deps;
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  let isStopped = false;
  let stopTimer = (): void => undefined;

  /** Of everything, and where there are several municipalities of each, so that each can have its own. */
  const owners = (): readonly (MunicipalityId | null)[] => {
    const { municipalities } = inventory();
    return municipalities.length > 1 ? [null, ...municipalities.map(({ id }) => id)] : [null];
  };

  /** By scope and id; those of one municipality, or everybody's. */
  function namesOf(owner: MunicipalityId | null): Names {
    const { sites, zones } = inventory();
    const isIts = (place: { readonly municipalityId: MunicipalityId }): boolean =>
      owner === null || place.municipalityId === owner;
    return {
      site: new Map<string, string>(sites.filter(isIts).map(({ id, name }) => [id, name])),
      zone: new Map<string, string>(zones.filter(isIts).map(({ id, name }) => [id, name])),
    };
  }

  /** Quarter hours of a part of a day; what is asked for all is asked without a list to look through. */
  async function read(
    scope: keyof Names,
    names: ReadonlyMap<string, string>,
    query: Interval & { readonly isOfAll: boolean },
  ): Promise<HistoryRow[]> {
    const { isOfAll, ...interval } = query;
    const ids = isOfAll ? {} : { ids: [...names.keys()] };
    const rollUps = await store.rollUps({
      ...interval,
      ...ids,
      scope,
      step: '15min',
      leaveOut: 'ages',
    });
    return rollUps.flatMap((rollUp) => {
      const name = names.get(rollUp.id);
      // What was taken out of the inventory may have been taken out for a reason.
      return name === undefined ? [] : [toHistoryRow(rollUp, scope, name)];
    });
  }

  /** The rows of a day in the order of time, some hours after the other: those of 10,000 spaces took 400 MB at once. */
  async function* rowsOf(
    day: Interval,
    owner: MunicipalityId | null,
  ): AsyncGenerator<readonly HistoryRow[]> {
    const { site, zone } = namesOf(owner);
    const rowsAnHour = Math.max(1, 4 * (site.size + zone.size));
    const stepMs = Math.max(1, Math.floor(rowsAtOnce / rowsAnHour)) * hourMs;
    for (let { fromMs } = day; fromMs < day.toMs; fromMs += stepMs) {
      const toMs = Math.min(day.toMs, fromMs + stepMs);
      const query = { fromMs, toMs, isOfAll: owner === null };
      const rows = [...(await read('site', site, query)), ...(await read('zone', zone, query))];
      yield rows.sort((a, b) => a.fromMs - b.fromMs);
    }
  }

  /** Days of which there is something, and that are rolled up. */
  async function closedDays(doneMs: EpochMs): Promise<Interval[]> {
    const fromMs = clock.now() - deps.backDays * dayMs;
    const days = await store.rollUps({
      scope: 'municipality',
      step: 'day',
      fromMs,
      toMs: doneMs,
      leaveOut: 'ages',
    });
    const ends = new Map(days.map((day) => [day.fromMs, day.toMs]));
    return [...ends]
      .map((day) => ({ fromMs: day[0], toMs: day[1] }))
      .filter(({ toMs }) => toMs <= doneMs)
      .sort((a, b) => a.fromMs - b.fromMs);
  }

  const isDue = ({ name, toMs }: DownloadPlan): boolean => {
    const made = downloads.list().find((file) => file.name === name);
    const finalMs = toMs + revisedAfterMs;
    return made === undefined || (made.madeAtMs < finalMs && clock.now() >= finalMs);
  };

  async function offer(plan: DownloadPlan, days: readonly Interval[]): Promise<void> {
    if (isStopped || !isDue(plan)) return;
    async function* parts(): AsyncGenerator<readonly HistoryRow[]> {
      for (const day of days) yield* rowsOf(day, plan.municipalityId);
    }
    await downloads.write(plan, parts());
  }

  /** What fails is tried again an hour later. */
  async function run(): Promise<void> {
    const doneMs = deps.measuredUntilMs();
    if (doneMs === null) return;
    try {
      const days = await closedDays(doneMs);
      for (const day of days) {
        for (const municipalityId of owners()) {
          const name = nameOf(localDate(day.fromMs, timeZone), municipalityId, 'csv.gz');
          await offer({ kind: 'day', name, municipalityId, ...day }, [day]);
        }
      }
      const months = Map.groupBy(days, (day) => intervalStart(day.fromMs, 'month', timeZone));
      for (const [fromMs, ofMonth] of months) {
        const toMs = intervalEnd(fromMs, 'month', timeZone);
        for (const municipalityId of toMs <= doneMs ? owners() : []) {
          const name = nameOf(localDate(fromMs, timeZone).slice(0, 7), municipalityId, 'parquet');
          await offer({ kind: 'month', name, municipalityId, fromMs, toMs }, ofMonth);
        }
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ code: error.code, detail: error.message }, 'history files wait');
    }
  }

  const begin = (): void => {
    if (isRunning || isStopped) return;
    isRunning = true;
    running = run().finally(() => (isRunning = false));
  };

  return {
    /** Makes what is missing, then looks again every hour. */
    start(): void {
      begin();
      stopTimer = clock.every(hourMs, begin);
    },
    async stop(): Promise<void> {
      isStopped = true;
      stopTimer();
      await running;
    },
    /** When what was begun is made. */
    settled: (): Promise<void> => running,
  };
}
