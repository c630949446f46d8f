import type {
  Advice,
  GuidanceRequest,
  GuidanceSession,
  GuidanceWay,
} from '../../contract/guidance.ts';
import {
  timesOutOfTen,
  type AdviceRequest,
  type Suggestion,
} from '../../domain/guidance/advise.ts';
import type { DrivingWay } from '../../domain/guidance/driving-way.ts';
import type { SessionAnswer, SessionTarget } from '../../domain/guidance/sessions.ts';
import { AppError } from '../../domain/errors.ts';
import type { EpochMs, SiteId } from '../../domain/ids.ts';
import { hourMs } from '../../domain/local-time.ts';
import type { ParkingSite } from '../../domain/site.ts';
import { toInstant } from '../views.ts';

/**
 * Forecasts of a vacancy reach hours; a session lives until its driver should have been there. The clock of
 * who asks may be wrong, and who says a time that is over wants to be there at once.
 */
const arrivalReach = { backH: 1, aheadH: 24 };

/** To a tenth of a metre. */
const toDegrees = (degrees: number): number => Number(degrees.toFixed(6));

/** A time that a driver says he arrives at; throws `invalid-request` for one that no advice is about. */
export function toArrival(
  field: 'arrivalAt' | 'expectedAt',
  instant: string,
  nowMs: EpochMs,
): EpochMs {
  const atMs = Date.parse(instant);
  if (atMs < nowMs - arrivalReach.backH * hourMs)
    throw new AppError('invalid-request', `${field}: at most ${arrivalReach.backH} hour ago`);
  if (atMs > nowMs + arrivalReach.aheadH * hourMs)
    throw new AppError('invalid-request', `${field}: at most ${arrivalReach.aheadH} hours ahead`);
  return atMs;
}

/** Contract to domain: what was left out is not known, or not asked for. */
export const toRequest = (
  { destination, from, arrivalAt, needs }: GuidanceRequest,
  nowMs: EpochMs,
): AdviceRequest => ({
  destination,
  from: from ?? null,
  arrivalMs: arrivalAt === undefined ? null : toArrival('arrivalAt', arrivalAt, nowMs),
  needs: {
    audience: needs?.audience ?? null,
    maxWalkM: needs?.maxWalkM ?? null,
    acceptsCarParks: needs?.acceptsCarParks ?? true,
    vehicleHeightM: needs?.vehicleHeightM ?? null,
    maxFeeEurPerHour: needs?.maxFeeEurPerHour ?? null,
    stayMin: needs?.stayMin ?? null,
  },
});

/** Domain to contract: names and places instead of identifiers. */
export function createView(findSite: (id: SiteId) => ParkingSite | undefined) {
  const toPlace = (id: SiteId | null) => {
    const site = id === null ? undefined : findSite(id);
    if (site === undefined) return null;
    return { id: site.id, name: site.name, lat: site.location.lat, lon: site.location.lon };
  };
  const toSuggestion = ({ siteId, garage, ...suggestion }: Suggestion) => {
    const site = toPlace(siteId);
    return site === null ? null : { site, ...suggestion, garage: toPlace(garage) };
  };
  const toTarget = (target: SessionTarget | undefined): GuidanceSession['target'] => {
    const site = toPlace(target?.siteId ?? null);
    if (target === undefined || site === null) return null;
    const { etaMs, chanceRatio, isPicked } = target;
    return {
      site,
      expectedAt: toInstant(etaMs),
      chanceRatio,
      timesOutOfTen: timesOutOfTen(chanceRatio),
      isPicked,
    };
  };
  const toAdvice = (answer: SessionAnswer): Advice => {
    if (answer.ok) {
      const { suggestions, etaMs, informationAgeS } = answer.value;
      return {
        outcome: 'advice',
        suggestions: suggestions.map(toSuggestion).filter((suggestion) => suggestion !== null),
        expectedAt: toInstant(etaMs),
        informationAgeS,
      };
    }
    const { error } = answer;
    switch (error.code) {
      case 'outside-area':
      case 'nothing-suitable':
        return { outcome: error.code };
      case 'nothing-in-reach':
        return { outcome: error.code, nearest: toPlace(error.nearest), walkM: error.walkM };
      case 'everything-full':
        return { outcome: error.code, best: error.best && toSuggestion(error.best) };
      case 'no-news':
        return { outcome: error.code, nearest: toPlace(error.nearest) };
    }
  };
  return { toAdvice, toTarget };
}

/** A way in the words of the contract; its line in GeoJSON. */
export const toWay = (way: DrivingWay): GuidanceWay['way'] => ({
  lengthM: Math.round(way.lengthM),
  line: {
    type: 'LineString',
    coordinates: way.points.map(({ lat, lon }) => [toDegrees(lon), toDegrees(lat)]),
  },
  turns: way.turns.map((turn) => ({ ...turn })),
});
