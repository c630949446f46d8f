import type { LatLon } from '../geometry.ts';
import type { EpochMs, SiteId } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import type { Inventory, ParkingSite } from '../site.ts';
import type { Commitments } from './commitments.ts';
import type { DrivingWay } from './driving-way.ts';
import type { SiteForecast } from './forecast/site-forecast.ts';
import { isFit, type Needs } from './needs.ts';
import { choose, createRanker, rankingDefaults, type Option, type Outlook } from './ranking.ts';
import { createSiteOutlook } from './site-outlook.ts';
import { createWays } from './ways.ts';

export interface AdviceRequest {
  readonly destination: LatLon;
  /** Where the driver is; used for this answer only. `null`: not told. */
  readonly from: LatLon | null;
  /** When he wants to be there; `null`: as soon as he can. */
  readonly arrivalMs: EpochMs | null;
  readonly needs: Needs;
}

/** What a trip went through so far. */
export interface TripState {
  readonly driver: string;
  readonly target: SiteId | null;
  readonly hasFailed: boolean;
  /** Passed or tried just now. */
  readonly avoid: ReadonlySet<SiteId>;
}

/** One place to go, said so that it can be told in a sentence. */
export interface Suggestion {
  readonly siteId: SiteId;
  readonly kind: 'kerb' | 'car-park';
  /** `null` where the driver's position is not known. */
  readonly driveMin: number | null;
  readonly walkMin: number;
  readonly walkM: number;
  /** `null`: a car park nobody counts. */
  readonly chanceRatio: number | null;
  /** "9 times out of 10"; never 10 of 10. */
  readonly timesOutOfTen: number | null;
  readonly basis: 'sensors' | 'neighbours' | 'not-counted';
  /** Where to go on to when there is nothing; named first when the chance is below one in two. */
  readonly garage: SiteId | null;
  readonly isUnlikely: boolean;
}

export interface Advice {
  /** The one to follow first; at most three. */
  readonly suggestions: readonly Suggestion[];
  readonly etaMs: EpochMs;
  /** Age of the oldest information it rests on, in seconds. */
  readonly informationAgeS: number;
}

export type AdviceProblem =
  /** No street (or site) near the destination. */
  | { readonly code: 'outside-area' }
  /** Nothing within the walk; the nearest that fits otherwise. */
  | {
      readonly code: 'nothing-in-reach';
      readonly nearest: SiteId | null;
      readonly walkM: number | null;
    }
  /** Sites are there, none fits the needs. */
  | { readonly code: 'nothing-suitable' }
  /** All is full as far as known; the least unlikely place. */
  | { readonly code: 'everything-full'; readonly best: Suggestion | null }
  /** No sensor has been heard of: nothing can be said of vacancies. */
  | { readonly code: 'no-news'; readonly nearest: SiteId | null };

export interface Advisor {
  /** Honest advice: a place with its chance, or why there is none. Makes no commitment. */
  advise(request: AdviceRequest, trip: TripState, nowMs: EpochMs): Result<Advice, AdviceProblem>;
  /** Chance at a site for a driver who is on his way to it, with everybody else sent there counted. */
  chanceAt(
    request: AdviceRequest,
    siteId: SiteId,
    etaMs: EpochMs,
    driver: string,
    nowMs: EpochMs,
  ): number | null;
  /** Index of a site among the places that commitments speak of. */
  placeOf(siteId: SiteId): number | undefined;
  locationOf(siteId: SiteId): LatLon | undefined;
  /** Metres by car from one site to another; `undefined` where there is no way. */
  driveM(from: SiteId, to: SiteId): number | undefined;
  /** How one drives to a site; `undefined` where no way is known. */
  wayTo(siteId: SiteId, from: LatLon, headingDeg: number | null): DrivingWay | undefined;
}

interface Reach {
  readonly walkM: (place: number) => number;
  readonly times: Float32Array | undefined;
  readonly fits: Fit;
}
/** Which places fit a driver's needs and were not tried just now; `count` those tried too. */
interface Fit {
  readonly isSuitable: Uint8Array;
  readonly count: number;
}

const maxSuggestions = 3;
/** Where the driver's position is not known, he is taken to be this far. */
const usualDriveS = 300;
/** Free-flow speed in a town's streets: 80 % of the 30 km/h that are usual there. */
const usualSpeedMs = 24 / 3.6;
/** Below this chance a place is not advised, only named as the least unlikely. */
const hopeless = 0.1;

const minutes = (seconds: number): number => Math.max(1, Math.round(seconds / 60));

/** A chance in words: whole tenths, rounded down, and never 10 of 10. */
export const timesOutOfTen = (chanceRatio: number | null): number | null =>
  chanceRatio === null ? null : Math.min(9, Math.floor(chanceRatio * 10));

/** Advice on the sites of an inventory. `random` gives numbers in [0, 1). */
export function createAdvisor(deps: {
  readonly inventory: Pick<Inventory, 'sites' | 'stretches'>;
  readonly forecast: Pick<SiteForecast, 'chance' | 'expected'>;
  readonly commitments: Pick<Commitments, 'sent'>;
  /** Age of what is known, in seconds; `null` when nothing was ever heard. */
  readonly ageS: () => number | null;
  readonly random: () => number;
  /** Whether a site is open; `null` is not known and counts as open. */
  readonly isOpenAt?: (siteId: SiteId, atMs: EpochMs) => boolean | null;
}): Advisor {
  const { inventory, forecast, commitments, ageS, random, isOpenAt } = deps;
  const { sites } = inventory;
  const ways = createWays(sites, inventory.stretches);
  const places = new Map(sites.map(({ id }, place) => [id, place]));
  const siteAt = (place: number): ParkingSite | undefined => sites[place];

  const toSuggestion = (
    option: Option,
    outlook: Outlook,
    knowsFrom: boolean,
  ): Suggestion | null => {
    const site = siteAt(option.place);
    if (site === undefined) return null;
    const { chanceRatio, walkM, driveS } = option;
    const garage = option.fallback === null ? undefined : siteAt(option.fallback);
    const watched = option.kind === 'car-park' || outlook.isWatched(option.place);
    return {
      siteId: site.id,
      kind: option.kind,
      driveMin: knowsFrom ? minutes(driveS) : null,
      walkMin: minutes(walkM / rankingDefaults.walkSpeedMs),
      walkM: Math.round(walkM),
      chanceRatio,
      timesOutOfTen: timesOutOfTen(chanceRatio),
      basis: chanceRatio === null ? 'not-counted' : watched ? 'sensors' : 'neighbours',
      garage: garage?.id ?? null,
      isUnlikely: chanceRatio !== null && chanceRatio < 0.5,
    };
  };

  const nearest = (walkTo: (place: number) => number, { isSuitable }: Fit) => {
    let best: { siteId: SiteId; walkM: number } | null = null;
    for (const [place, { id }] of sites.entries()) {
      if (isSuitable[place] !== 1) continue;
      const walkM = walkTo(place);
      if (walkM < (best?.walkM ?? Infinity)) best = { siteId: id, walkM };
    }
    return best;
  };
  const fitting = (
    { needs, arrivalMs }: AdviceRequest,
    nowMs: EpochMs,
    avoided: ReadonlySet<number | undefined>,
  ): Fit => {
    const isSuitable = new Uint8Array(sites.length);
    let count = 0;
    for (const [place, site] of sites.entries()) {
      if (!isFit(site, needs) || isOpenAt?.(site.id, arrivalMs ?? nowMs) === false) continue;
      count += 1;
      // Where he just stood in vain is no place to name.
      isSuitable[place] = avoided.has(place) ? 0 : 1;
    }
    return { isSuitable, count };
  };

  const rankFor = (
    { needs }: AdviceRequest,
    trip: TripState,
    nowMs: EpochMs,
    outlook: Outlook,
    { walkM, times, fits }: Reach,
  ): readonly Option[] => {
    return createRanker(ways.net, outlook, commitments).rank({
      driver: trip.driver,
      nowMs,
      times: times ?? new Float32Array(ways.nodeCount).fill(usualDriveS),
      walkM,
      maxWalkM: needs.maxWalkM ?? rankingDefaults.maxWalkM,
      maxCarParkWalkM: needs.maxWalkM ?? rankingDefaults.maxCarParkWalkM,
      acceptsCarParks: needs.acceptsCarParks,
      hasFailed: trip.hasFailed,
      target: (trip.target === null ? undefined : places.get(trip.target)) ?? null,
      isExcluded: (place) => fits.isSuitable[place] !== 1,
    });
  };
  /** Draws the first suggestion softly, or says that there is no hope. */
  const settle = (
    ranked: readonly Option[],
    { arrivalMs }: AdviceRequest,
    nowMs: EpochMs,
    outlook: Outlook,
    { knowsFrom, informationAgeS }: { knowsFrom: boolean; informationAgeS: number },
  ): Result<Advice, AdviceProblem> => {
    const hopeful = ranked.filter(({ chanceRatio }) => (chanceRatio ?? 1) >= hopeless);
    const first = choose(hopeful, random);
    if (first === undefined) {
      const [least] = ranked.toSorted((a, b) => (b.chanceRatio ?? 0) - (a.chanceRatio ?? 0));
      const best = least === undefined ? null : toSuggestion(least, outlook, knowsFrom);
      return err({ code: 'everything-full', best });
    }
    const suggestions = [first, ...hopeful.filter((option) => option !== first)]
      .slice(0, maxSuggestions)
      .map((option) => toSuggestion(option, outlook, knowsFrom))
      .filter((suggestion) => suggestion !== null);
    const etaMs = Math.max(nowMs + first.driveS * 1_000, arrivalMs ?? 0);
    return ok({ suggestions, etaMs, informationAgeS });
  };

  return {
    placeOf: (siteId) => places.get(siteId),
    locationOf: (siteId) => siteAt(places.get(siteId) ?? -1)?.location,
    driveM(from, to) {
      const [there, place] = [ways.net.places[places.get(from) ?? -1], places.get(to)];
      if (there === undefined || place === undefined) return undefined;
      const times = there.passages.map(({ head }) => ways.net.driveS(head, place));
      const seconds = Math.min(...times);
      return seconds < Infinity ? seconds * usualSpeedMs : undefined;
    },
    wayTo(siteId, from, headingDeg) {
      const place = places.get(siteId);
      return place === undefined ? undefined : ways.wayTo(place, from, headingDeg);
    },
    chanceAt(request, siteId, etaMs, driver, nowMs) {
      const place = places.get(siteId);
      const age = ageS();
      if (place === undefined || age === null) return null;
      const then = { needs: request.needs, arrivalMs: Math.max(etaMs, nowMs) };
      const outlook = createSiteOutlook(sites, forecast, then, nowMs, age);
      const byMs = then.arrivalMs + rankingDefaults.overlapS * 1_000;
      return outlook.chance(place, 0, commitments.sent(place, byMs, nowMs, driver));
    },
    advise(request, trip, nowMs) {
      const walkM = ways.walksFrom(request.destination);
      if (walkM === undefined) return err({ code: 'outside-area' });
      const avoided = new Set([...trip.avoid].map((id) => places.get(id)));
      const fits = fitting(request, nowMs, avoided);
      if (fits.count === 0) return err({ code: 'nothing-suitable' });
      const age = ageS();
      if (age === null)
        return err({ code: 'no-news', nearest: nearest(walkM, fits)?.siteId ?? null });

      const outlook = createSiteOutlook(sites, forecast, request, nowMs, age);
      const times = request.from === null ? undefined : ways.timesFrom(request.from);
      const ranked = rankFor(request, trip, nowMs, outlook, { walkM, times, fits });
      if (ranked.length === 0) {
        const near = nearest(walkM, fits);
        const walk = near === null ? null : Math.round(near.walkM);
        return err({ code: 'nothing-in-reach', nearest: near?.siteId ?? null, walkM: walk });
      }
      return settle(ranked, request, nowMs, outlook, {
        knowsFrom: times !== undefined,
        informationAgeS: Math.round(age),
      });
    },
  };
}
