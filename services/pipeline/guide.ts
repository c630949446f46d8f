import { createSiteForecast } from '../domain/guidance/forecast/site-forecast.ts';
import type { SiteCount } from '../domain/guidance/forecast/site-forecast.ts';
import { createWeekClock } from '../domain/guidance/forecast/week-profile.ts';
import type { EpochMs, SiteId } from '../domain/ids.ts';
import type { Transition } from '../domain/observation.ts';
import type { Present, SitePresent } from '../domain/present.ts';
import type { Inventory } from '../domain/site.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import type { Logger } from '../ports/logger.ts';

export interface Guide {
  /** Reads what the history knows, then follows the present; without a history it learns as it goes. */
  start(): Promise<void>;
  stop(): void;
  /** Probability that somebody who arrives in five minutes finds a space, 0–1; `null` is not known. */
  chanceRatio(siteId: SiteId): number | null;
}

const refreshEveryMs = 30_000;
const arrivalInS = 300;
/** From a car standing still to the count being here: debounce and transmission. */
const usualAgeS = 30;
/** Past read on start: hazards forget within hours, the weekly profile within weeks. */
const primeTransitionsMs = 3 * 3_600_000;
const primeProfileMs = 28 * 86_400_000;
const primeStepMs = 60_000;
/** Shares of time are counted to this precision between refreshes. */
const countEveryMs = 5_000;
/** A change of the chance worth telling the map. */
const noticeableChange = 0.05;

/** Known and vacant spaces that anybody may use; `null` when less than half of the site is known. */
function toGeneralCount(site: SitePresent, numberOfSpaces: number): SiteCount | null {
  if (site.numberOfVacantSpaces === null) return null;
  if (2 * site.numberOfKnownSpaces < numberOfSpaces) return null;
  const kept = Object.values(site.vacantFor);
  return {
    known: site.numberOfKnownSpaces - kept.reduce((sum, count) => sum + count.known, 0),
    vacant: site.numberOfVacantSpaces - kept.reduce((sum, count) => sum + count.vacant, 0),
  };
}

/** Learns from the present and predicts it a little ahead; renewed every 30 s. */
export function createGuide(deps: {
  readonly bus: EventBus;
  readonly present: Present;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly history?: Pick<HistoryStore, 'transitions' | 'stateAt' | 'rollUps'>;
  /** IANA zone of the weekly profiles. */
  readonly timeZone?: string;
}): Guide {
  const { bus, present, inventory, clock, log, history, timeZone = 'Europe/Berlin' } = deps;
  const forecast = createSiteForecast(inventory, createWeekClock(timeZone));
  const sites = new Map(inventory.sites.map((site) => [site.id, site]));
  const carParkIds = new Set(forecast.carParkIds);
  const told = new Map<SiteId, number | null>();
  const ends: (() => void)[] = [];
  let newestMs: EpochMs | null = null;
  let advancedMs = 0;

  const advanceTo = (atMs: EpochMs): void => {
    if (atMs > advancedMs && advancedMs > 0) forecast.advance((atMs - advancedMs) / 1_000);
    advancedMs = Math.max(advancedMs, atMs);
  };
  const seeSite = (siteId: SiteId): void => {
    const now = present.site(siteId);
    if (!carParkIds.has(siteId) || now === undefined) return;
    const count = toGeneralCount(now, sites.get(siteId)?.numberOfSpaces ?? 0);
    forecast.seeCount(siteId, clock.now(), count);
  };
  /** No uplink from anywhere for a while: everything known is at least that old. */
  const ageS = (): number =>
    newestMs === null ? usualAgeS : Math.max(usualAgeS, (clock.now() - newestMs) / 1_000);

  const chanceRatio = (siteId: SiteId): number | null => {
    const horizonS = arrivalInS + ageS();
    const chance = forecast.chance(siteId, null, { horizonS, sentCars: 0 });
    return chance === null || chance.basis === 'unwatched' ? null : chance.chanceRatio;
  };
  const refresh = (): void => {
    advanceTo(clock.now());
    // A car park that stands still is news too: its profile is made of time, not of changes.
    for (const siteId of carParkIds) seeSite(siteId);
    forecast.refresh();
    const changed = inventory.sites.map(({ id }) => id).filter(isNoticeable);
    if (changed.length > 0) bus.publish('chances-changed', { siteIds: changed });
  };
  const isNoticeable = (siteId: SiteId): boolean => {
    const now = chanceRatio(siteId);
    const before = told.get(siteId) ?? null;
    const same =
      now === null || before === null ? now === before : Math.abs(now - before) < noticeableChange;
    if (!same) told.set(siteId, now);
    return !same;
  };

  const replay = (transitions: readonly Transition[], fromMs: EpochMs): void => {
    advancedMs = fromMs;
    for (const { spaceId, to, atMs } of transitions) {
      while (advancedMs + primeStepMs <= atMs) advanceTo(advancedMs + primeStepMs);
      forecast.seeSpace(spaceId, to);
    }
  };
  const prime = async (past: NonNullable<typeof history>): Promise<void> => {
    const toMs = clock.now();
    const fromMs = toMs - primeTransitionsMs;
    const [before, transitions, rollUps] = await Promise.all([
      past.stateAt(fromMs),
      past.transitions({ fromMs, toMs }),
      past.rollUps({
        scope: 'site',
        step: '15min',
        fromMs: toMs - primeProfileMs,
        toMs,
        ids: forecast.carParkIds,
      }),
    ]);
    for (const { id, fromMs: slotMs, observedMs, occupiedMs } of rollUps)
      if (observedMs > 0) forecast.learnUsual(id as SiteId, slotMs, 1 - occupiedMs / observedMs);
    for (const { spaceId, to } of before.values()) forecast.seeSpace(spaceId, to);
    replay(transitions, fromMs);
  };

  return {
    async start() {
      if (history !== undefined) {
        await prime(history).catch((problem: unknown) =>
          log.warn({ problem }, 'guidance starts without the past'),
        );
      }
      advancedMs = Math.max(advancedMs, clock.now());
      for (const { spaceId, status, lastSeenMs } of present.spaces()) {
        forecast.seeSpace(spaceId, status);
        if (lastSeenMs !== null) newestMs = Math.max(newestMs ?? 0, lastSeenMs);
      }
      ends.push(
        bus.subscribe('observed', ({ health }) => {
          newestMs = Math.max(newestMs ?? 0, health.atMs);
        }),
        bus.subscribe('present-changed', ({ spaceIds, siteIds }) => {
          if (clock.now() - advancedMs >= countEveryMs) advanceTo(clock.now());
          for (const id of spaceIds) {
            const space = present.space(id);
            if (space !== undefined) forecast.seeSpace(id, space.status);
          }
          for (const id of siteIds) seeSite(id);
        }),
        clock.every(refreshEveryMs, refresh),
      );
      refresh();
    },
    stop() {
      for (const end of ends.splice(0)) end();
    },
    chanceRatio,
  };
}
