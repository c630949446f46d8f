import type { MiddlewareHandler } from 'hono';
import type { Clock } from '../../ports/clock.ts';
import { originOf, type ClientAddresses, type Origin } from './client-address.ts';
import { preflightHeaders } from './headers.ts';
import { problemResponse } from './problem.ts';
import { createRateLimiter, type RateLimit } from './rate-limit.ts';
import { addLicence, addLimitHeaders, complete, respond } from './respond.ts';

/** Longer than any question of ours: 2,000 characters of ids in each of four lists. */
const longestAddress = 10_000;

/**
 * CORS on every answer, errors included, and the answer to preflights; an address that nobody needs is
 * refused before anything reads it. One layer, because each costs a cached answer turns of its own.
 */
export const common: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'OPTIONS') return respond(c, 204, null, preflightHeaders);
  if (c.req.url.length > longestAddress)
    return problemResponse(c, 'address-too-long', `at most ${longestAddress} characters`);
  await next();
  complete(c);
  return undefined;
};

/** The licence goes with every answer that carries data. */
export const licensing =
  (url: string): MiddlewareHandler =>
  (c, next) => {
    addLicence(c, url);
    return next();
  };

/** A request that was counted: what its answer says of it. */
export interface Counted {
  /** Seconds until the next one is allowed; `null` when this one is. */
  readonly retryAfterS: number | null;
  /** Value of the RateLimit header. */
  readonly state: string;
  /** An answer of 304 is not counted. */
  giveBack(): void;
}

export interface RequestCounter {
  /** The RateLimit-Policy header, the same for everybody. */
  readonly policy: Readonly<Record<string, string>>;
  count(origin: Origin): Counted;
}

/** Counts requests an address, as draft-ietf-httpapi-ratelimit-headers tells it. */
export function createRequestCounter(
  limit: RateLimit,
  clock: Clock,
  addresses: ClientAddresses,
): RequestCounter {
  const limiter = createRateLimiter(limit, clock);
  const windowS = Math.ceil(limit.burst / limit.perSecond);
  return {
    policy: { 'RateLimit-Policy': `"default";q=${limit.burst};w=${windowS}` },
    count(origin) {
      const client = addresses.clientOf(origin);
      const { isAllowed, remaining, retryAfterS } = limiter.take(client);
      return {
        retryAfterS: isAllowed ? null : retryAfterS,
        state: `"default";r=${remaining};t=${Math.max(1, retryAfterS)}`,
        giveBack: () => limiter.giveBack(client),
      };
    },
  };
}

/** Counts requests and refuses those beyond the limit. */
export const rateLimiting =
  ({ policy, count }: RequestCounter): MiddlewareHandler =>
  async (c, next) => {
    const { retryAfterS, state, giveBack } = count(originOf(c));
    if (retryAfterS !== null) {
      const retryAfter = String(retryAfterS);
      addLimitHeaders(c, { ...policy, RateLimit: state, 'Retry-After': retryAfter });
      return problemResponse(c, 'rate-limited', `try again in ${retryAfter} s`);
    }
    addLimitHeaders(c, { ...policy, RateLimit: state });
    await next();
    if (c.res.status === 304) giveBack();
    return undefined;
  };
