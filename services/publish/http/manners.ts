import type { MiddlewareHandler } from 'hono';
import { originOf, type ClientAddresses } from './client-address.ts';
import { preflightHeaders } from './headers.ts';
import { problemResponse } from './problem.ts';
import type { createRateLimiter, RateLimit } from './rate-limit.ts';
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

/**
 * Counts requests an address and refuses those beyond the limit, with the RateLimit headers of
 * draft-ietf-httpapi-ratelimit-headers. An answer of 304 is not counted.
 */
export function rateLimiting(
  limit: RateLimit,
  limiter: ReturnType<typeof createRateLimiter>,
  addresses: ClientAddresses,
): MiddlewareHandler {
  const windowS = Math.ceil(limit.burst / limit.perSecond);
  const policyHeader = { 'RateLimit-Policy': `"default";q=${limit.burst};w=${windowS}` };
  return async (c, next) => {
    const client = addresses.clientOf(originOf(c));
    const { isAllowed, remaining, retryAfterS } = limiter.take(client);
    const state = `"default";r=${remaining};t=${Math.max(1, retryAfterS)}`;
    if (!isAllowed) {
      const retryAfter = String(retryAfterS);
      addLimitHeaders(c, { ...policyHeader, RateLimit: state, 'Retry-After': retryAfter });
      return problemResponse(c, 'rate-limited', `try again in ${retryAfter} s`);
    }
    addLimitHeaders(c, { ...policyHeader, RateLimit: state });
    await next();
    if (c.res.status === 304) limiter.giveBack(client);
    return undefined;
  };
}
