import {
  createAdvisor,
  type Advice,
  type AdviceProblem,
  type AdviceRequest,
} from '../domain/guidance/advise.ts';
import { createCommitments } from '../domain/guidance/commitments.ts';
import type { CarParkPrediction } from '../domain/guidance/forecast/car-park.ts';
import { createSiteForecast } from '../domain/guidance/forecast/site-forecast.ts';
import type { SiteCount } from '../domain/guidance/forecast/site-forecast.ts';
import { createWeekClock } from '../domain/guidance/forecast/week-profile.ts';
import type { GuidedStop } from '../domain/guidance/guided-stops.ts';
import { createGuidanceSessions, type GuidanceSessions } from '../domain/guidance/sessions.ts';
import { signText, type SignSettings, type SignText } from '../domain/guidance/sign-text.ts';
import type { EpochMs, SiteId, SpaceId } from '../domain/ids.ts';
import type { Transition } from '../domain/observation.ts';
import type { Present, SitePresent } from '../domain/present.ts';
import type { Result } from '../domain/result.ts';
import type { Inventory, ParkingSite } from '../domain/site.ts';
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
  /** Expected vacant spaces of a car park at a time ahead, with its interval; `null` is not known. */
  expected(siteId: SiteId, atMs: EpochMs): CarParkPrediction | null;
  /** Advice that commits nobody, for looking around. */
  advise(request: AdviceRequest): Result<Advice, AdviceProblem>;
  /** Drivers under guidance. */
  readonly sessions: GuidanceSessions;
  /** What a sign says that points to these sites, naming the garage that has room. */
  signText(siteIds: readonly SiteId[], garage: SiteId | null, settings?: SignSettings): SignText;
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

/** Numbers in [0, 1) that fill the interval evenly (golden ratio sequence): no two drivers draw alike. */
function evenNumbers(): () => number {
  let last = 0.5;
  return () => (last = (last + 0.618_033_988_75) % 1);
}

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
  readonly isOpenAt?: (siteId: SiteId, atMs: EpochMs) => boolean | null;
  /** Told where guided drivers stopped. */
  readonly onGuidedStop?: (stop: GuidedStop) => void;
}): Guide {
  const { bus, present, inventory, clock, log, history, timeZone = 'Europe/Berlin' } = deps;
  const forecast = createSiteForecast(inventory, createWeekClock(timeZone));
  const sites = new Map(inventory.sites.map((site) => [site.id, site]));
  const siteOf = new Map(inventory.spaces.map(({ id, siteId }) => [id, siteId]));
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
    if (!carParkIds.has(siteId)) return;
    const now = present.site(siteId);
    if (now === undefined) return;
    const count = toGeneralCount(now, sites.get(siteId)?.numberOfSpaces ?? 0);
    forecast.seeCount(siteId, clock.now(), count);
  };
  /** No uplink from anywhere for a while: everything known is at least that old. */
  const ageS = (): number =>
    newestMs === null ? usualAgeS : Math.max(usualAgeS, (clock.now() - newestMs) / 1_000);

  const commitments = createCommitments();
  const advisor = createAdvisor({
    inventory,
    forecast,
    commitments,
    ageS: () => (newestMs === null ? null : ageS()),
    random: evenNumbers(),
    ...(deps.isOpenAt && { isOpenAt: deps.isOpenAt }),
  });
  const sessions = createGuidanceSessions({
    advisor,
    commitments,
    onFoundFull: (siteId) => forecast.foundFull(siteId),
    ...(deps.onGuidedStop && { onStop: deps.onGuidedStop }),
  });
  /** A take seen now may be that of a guided car. */
  const seeSpace = (spaceId: SpaceId): void => {
    const now = present.space(spaceId);
    if (typeof now?.lastSeenMs === 'number') newestMs = Math.max(newestMs ?? 0, now.lastSeenMs);
    const change = now && forecast.seeSpace(spaceId, now.status);
    const siteId = siteOf.get(spaceId);
    if (change !== 'taken' || siteId === undefined) return;
    sessions.seeTake({ siteId, atMs: now?.sinceMs ?? clock.now() });
  };

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
    sessions.purge(clock.now());
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

  const sentTo = (siteId: SiteId): number => {
    const place = advisor.placeOf(siteId);
    return place === undefined ? 0 : commitments.sent(place, Infinity, clock.now(), null);
  };
  const generalCount = ({ id, numberOfSpaces }: ParkingSite): SiteCount | null => {
    const now = present.site(id);
    return now === undefined ? null : toGeneralCount(now, numberOfSpaces);
  };
  /** A garage that is closed, or known to be full, helps nobody. */
  const nameIfRoom = (siteId: SiteId): string | null => {
    const site = sites.get(siteId);
    if (site === undefined || site.isClosed) return null;
    const count = generalCount(site);
    return count !== null && count.vacant - sentTo(siteId) < 1 ? null : site.name;
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
        leaveOut: 'ages',
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
        await prime(history).catch((err: unknown) =>
          log.warn({ err }, 'guidance starts without the past'),
        );
      }
      advancedMs = Math.max(advancedMs, clock.now());
      for (const { spaceId, status, lastSeenMs } of present.spaces()) {
        forecast.seeSpace(spaceId, status);
        if (lastSeenMs !== null) newestMs = Math.max(newestMs ?? 0, lastSeenMs);
      }
      ends.push(
        bus.subscribe('observed', (all) => {
          // Of a space that is not public not even the time of its news may be told.
          for (const { observations, health } of all)
            if (observations.every(({ spaceId }) => siteOf.has(spaceId)))
              newestMs = Math.max(newestMs ?? 0, health.atMs);
        }),
        bus.subscribe('present-changed', ({ spaceIds, siteIds }) => {
          if (clock.now() - advancedMs >= countEveryMs) advanceTo(clock.now());
          for (const id of spaceIds) seeSpace(id);
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
    expected: (siteId, atMs) =>
      forecast.expected(siteId, { horizonS: (atMs - clock.now()) / 1_000 + ageS(), sentCars: 0 }),
    advise: (request) =>
      advisor.advise(
        request,
        { driver: '', target: null, hasFailed: false, avoid: new Set() },
        clock.now(),
      ),
    sessions,
    signText(siteIds, garage, settings) {
      const here = siteIds.flatMap((id) => sites.get(id) ?? []);
      const open = here.filter(({ isClosed }) => !isClosed);
      const known = open.map(generalCount).filter((count) => count !== null);
      const sent = open.map(({ id }) => sentTo(id));
      return signText(
        {
          isClosed: here.length > 0 && open.length === 0,
          vacantSpaces:
            known.length === 0 ? null : known.reduce((sum, { vacant }) => sum + vacant, 0),
          sentCars: sent.reduce((sum, cars) => sum + cars, 0),
          garage: garage === null ? null : nameIfRoom(garage),
        },
        settings,
      );
    },
  };
}
