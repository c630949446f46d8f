import type { LatLon } from '../geometry.ts';
import type { EpochMs, SiteId } from '../ids.ts';
import type { Result } from '../result.ts';
import type { Advice, AdviceProblem, AdviceRequest, Advisor } from './advise.ts';
import type { Commitments } from './commitments.ts';
import type { DrivingWay } from './driving-way.ts';
import type { GuidedStop } from './guided-stops.ts';

export type SessionId = string;
export type SessionAnswer = Result<Advice, AdviceProblem>;

/** A sensor saw a space of the site being taken. */
export interface Take {
  readonly siteId: SiteId;
  readonly atMs: EpochMs;
}

/** Where a driver under guidance is going. */
export interface SessionTarget {
  readonly siteId: SiteId;
  readonly etaMs: EpochMs;
  /** Chance there when he comes, with everybody else who was sent there counted; `null` is not known. */
  readonly chanceRatio: number | null;
  /** He said so himself, so no new advice moves it. */
  readonly isPicked: boolean;
}

export interface GuidanceSessions {
  /** Begins a session with its first advice; `id` is unguessable and comes from outside. */
  start(id: SessionId, request: AdviceRequest, nowMs: EpochMs): SessionAnswer;
  /**
   * Advice as of now, renewed every 30 s where `from` tells how far the driver has come. Without a
   * position the advice stands until its chance falls below one in two. `undefined`: no such session.
   */
  review(id: SessionId, nowMs: EpochMs, from: LatLon | null): SessionAnswer | undefined;
  /** The driver picked a site: it stays his target, whatever is advised, until he picks again or finds it full. */
  pick(id: SessionId, siteId: SiteId, etaMs: EpochMs): boolean;
  /** Parked; ends the session once its take can be matched. */
  arrived(id: SessionId, siteId: SiteId | null, nowMs: EpochMs): boolean;
  /** Stood there and found nothing; new advice follows. */
  foundFull(id: SessionId, nowMs: EpochMs): SessionAnswer | undefined;
  /** `undefined`: no such session, or it has no target. */
  targetOf(id: SessionId, nowMs: EpochMs): SessionTarget | undefined;
  /** How to drive to the target from here; the position is not kept. `undefined`: no session, target or way. */
  wayOf(id: SessionId, from: LatLon, headingDeg: number | null): DrivingWay | undefined;
  end(id: SessionId): void;
  /** It may be that of a guided car: found out two minutes after he was expected. */
  seeTake(take: Take): void;
  /** Matches arrivals with takes and ends what has expired; call it every 30 s or so. */
  purge(nowMs: EpochMs): void;
  readonly size: number;
}

interface Session {
  /** With the newest position. */
  request: AdviceRequest;
  target: SiteId | null;
  isPicked: boolean;
  etaMs: EpochMs;
  expiresMs: EpochMs;
  answer: SessionAnswer;
  answeredMs: EpochMs;
  hasFailed: boolean;
  arrivedMs: EpochMs | null;
  /** A take at the target was taken for his; he did not say so, and may still be on his way. */
  hasTaken: boolean;
  /** Whether a take was looked for at the present target. */
  isSettled: boolean;
  /** Where he found nothing, until he stops again. */
  failed: { readonly siteId: SiteId; readonly atMs: EpochMs } | null;
  /** Sites tried without luck, and when. */
  readonly tried: Map<SiteId, EpochMs>;
}

const minuteMs = 60_000;
const reviewEveryMs = 30_000;
const avoidMs = 180_000;
/** Below this chance a driver on his way is led elsewhere. */
const lostBelow = 0.5;
/** A session that hears nothing ends this long after its driver should have been there. */
const idleMs = 1_800_000;
/** A take within two minutes of the arrival is the guided car's (estimators, section 2.5). */
const matchMs = 120_000;
/** Takes are remembered for as long as one may still be asked for. */
const takeMemoryMs = 3 * matchMs;
/** Of a site; more in so short a time are no cars. */
const mostTakes = 100;

/**
 * Anonymous guidance sessions: an identifier, a destination, a target and the newest position, in
 * memory and gone with the session; no trace of the way is kept.
 * Bounded: when full, the oldest session ends. `knownAfterS` is the delay of the sensors' counts.
 */
export function createGuidanceSessions(deps: {
  readonly advisor: Advisor;
  readonly commitments: Commitments;
  /** Told when a driver found a site full. */
  readonly onFoundFull?: (siteId: SiteId) => void;
  /** Told where guided drivers stopped, for the search share. */
  readonly onStop?: (stop: GuidedStop) => void;
  readonly maxSessions?: number;
  readonly knownAfterS?: number;
}): GuidanceSessions {
  const {
    advisor,
    commitments,
    onFoundFull,
    onStop,
    maxSessions = 10_000,
    knownAfterS = 52,
  } = deps;
  const sessions = new Map<SessionId, Session>();
  /** Times only: half of all uplinks are takes, which are kept for minutes. */
  const takesAt = new Map<SiteId, EpochMs[]>();

  const aim = (id: SessionId, session: Session, siteId: SiteId, etaMs: EpochMs): void => {
    const place = advisor.placeOf(siteId);
    if (session.target !== siteId) session.hasTaken = false;
    session.target = siteId;
    session.etaMs = etaMs;
    session.expiresMs = etaMs + idleMs;
    session.isSettled = false;
    if (place !== undefined) commitments.commit(id, place, etaMs);
  };
  /** A picked target stays; only when he will be there is known better now. */
  const keepAim = (id: SessionId, session: Session, nowMs: EpochMs): void => {
    const { answer, target, request } = session;
    const suggestions = answer.ok ? answer.value.suggestions : [];
    const driveMin = suggestions.find(({ siteId }) => siteId === target)?.driveMin ?? null;
    if (target === null || driveMin === null) return;
    aim(id, session, target, Math.max(nowMs + driveMin * minuteMs, request.arrivalMs ?? 0));
  };
  const advise = (id: SessionId, session: Session, nowMs: EpochMs, from: LatLon | null): void => {
    for (const [siteId, triedMs] of session.tried)
      if (nowMs - triedMs >= avoidMs) session.tried.delete(siteId);
    const trip = {
      driver: id,
      target: session.target,
      hasFailed: session.hasFailed,
      avoid: new Set(session.tried.keys()),
    };
    if (from !== null) session.request = { ...session.request, from };
    session.answer = advisor.advise(session.request, trip, nowMs);
    session.answeredMs = nowMs;
    if (session.isPicked) {
      keepAim(id, session, nowMs);
      return;
    }
    const first = session.answer.ok ? session.answer.value.suggestions[0] : undefined;
    if (first !== undefined && session.answer.ok)
      aim(id, session, first.siteId, session.answer.value.etaMs);
    else {
      session.target = null;
      commitments.withdraw(id);
    }
  };
  const isStillGood = (id: SessionId, session: Session, nowMs: EpochMs): boolean => {
    const { request, target, etaMs } = session;
    if (target === null) return false;
    const chance = advisor.chanceAt(request, target, etaMs, id, nowMs);
    return chance !== null && chance >= lostBelow;
  };
  const end = (id: SessionId): void => {
    const session = sessions.get(id);
    // A parked car still counts until the sensors know it; its commitment expires by itself.
    if (session?.arrivedMs === null) commitments.withdraw(id);
    sessions.delete(id);
  };

  /** A drive in search ends here. */
  const stopAt = (session: Session, siteId: SiteId): void => {
    const { failed } = session;
    session.failed = null;
    if (failed === null) return;
    const detourM = advisor.driveM(failed.siteId, siteId) ?? 0;
    onStop?.({ kind: 'found-full', ...failed, detourM });
  };
  /**
   * Two minutes after he was expected, the nearest take at his target is his, unless it is another
   * guided driver's: also of those who never say that they have parked.
   */
  const settle = (id: SessionId, session: Session, nowMs: EpochMs): void => {
    const { target, isSettled, hasTaken } = session;
    const expectedMs = session.arrivedMs ?? session.etaMs;
    if (isSettled || hasTaken || target === null || nowMs < expectedMs + matchMs) return;
    session.isSettled = true;
    const apart = (atMs: EpochMs): number => Math.abs(atMs - expectedMs);
    const takes = takesAt.get(target) ?? [];
    const [atMs] = takes.filter((one) => apart(one) <= matchMs).sort((a, b) => apart(a) - apart(b));
    if (atMs === undefined) return;
    takes.splice(takes.indexOf(atMs), 1);
    onStop?.({ kind: 'parked', siteId: target, atMs, detourM: 0 });
    stopAt(session, target);
    commitments.parked(id, nowMs);
    // Who has not said that he is there is led on: it may have been another car.
    if (session.arrivedMs === null) session.hasTaken = true;
    else session.expiresMs = nowMs;
  };

  return {
    start(id, request, nowMs) {
      const nothing: SessionAnswer = { ok: false, error: { code: 'no-news', nearest: null } };
      const session: Session = {
        request,
        target: null,
        isPicked: false,
        etaMs: nowMs,
        expiresMs: nowMs + idleMs,
        answer: nothing,
        answeredMs: nowMs,
        hasFailed: false,
        arrivedMs: null,
        hasTaken: false,
        isSettled: false,
        failed: null,
        tried: new Map(),
      };
      sessions.set(id, session);
      advise(id, session, nowMs, null);
      const oldest = sessions.keys().next().value;
      if (sessions.size > maxSessions && oldest !== undefined) end(oldest);
      return session.answer;
    },
    review(id, nowMs, from) {
      const session = sessions.get(id);
      if (session === undefined) return undefined;
      const isDue = nowMs - session.answeredMs >= reviewEveryMs;
      if (!isDue || session.arrivedMs !== null) return session.answer;
      if (from !== null || !isStillGood(id, session, nowMs)) advise(id, session, nowMs, from);
      return session.answer;
    },
    pick(id, siteId, etaMs) {
      const session = sessions.get(id);
      if (session === undefined || advisor.placeOf(siteId) === undefined) return false;
      aim(id, session, siteId, etaMs);
      session.isPicked = true;
      return true;
    },
    arrived(id, siteId, nowMs) {
      const session = sessions.get(id);
      if (session === undefined) return false;
      if (siteId !== null && siteId !== session.target) aim(id, session, siteId, nowMs);
      if (session.target !== null) stopAt(session, session.target);
      session.arrivedMs = nowMs;
      session.expiresMs = nowMs + matchMs;
      commitments.parked(id, nowMs + knownAfterS * 1_000);
      return true;
    },
    foundFull(id, nowMs) {
      const session = sessions.get(id);
      if (session === undefined) return undefined;
      const { target } = session;
      session.hasFailed = true;
      commitments.failed(id);
      if (target !== null) {
        stopAt(session, target);
        session.failed = { siteId: target, atMs: nowMs };
        session.tried.set(target, nowMs);
        onFoundFull?.(target);
      }
      session.target = null;
      session.isPicked = false;
      // He stands there, wherever he was last heard of.
      advise(id, session, nowMs, (target && advisor.locationOf(target)) ?? null);
      return session.answer;
    },
    targetOf(id, nowMs) {
      const { request, target = null, etaMs = 0, isPicked = false } = sessions.get(id) ?? {};
      if (request === undefined || target === null) return undefined;
      const chanceRatio = advisor.chanceAt(request, target, etaMs, id, nowMs);
      return { siteId: target, etaMs, chanceRatio, isPicked };
    },
    wayOf(id, from, headingDeg) {
      const target = sessions.get(id)?.target ?? null;
      return target === null ? undefined : advisor.wayTo(target, from, headingDeg);
    },
    end,
    seeTake({ siteId, atMs }) {
      const takes = takesAt.get(siteId) ?? [];
      if (takes.length === 0) takesAt.set(siteId, takes);
      takes.push(atMs);
      const forgottenMs = atMs - takeMemoryMs;
      while (takes.length > mostTakes || (takes[0] ?? Infinity) < forgottenMs) takes.shift();
    },
    purge(nowMs) {
      for (const [id, session] of sessions) settle(id, session, nowMs);
      commitments.purge(nowMs);
      for (const [id, session] of sessions) if (session.expiresMs <= nowMs) end(id);
    },
    get size() {
      return sessions.size;
    },
  };
}
