import type { MiddlewareHandler } from 'hono';
import { originOf, type ClientAddresses } from './client-address.ts';
import { corsHeaders, preflightHeaders } from './headers.ts';
import { problemResponse } from './problem.ts';
import type { createRateLimiter, RateLimit } from './rate-limit.ts';

/** CORS on every answer, errors included, and the answer to preflights. */
export const cors: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'OPTIONS') return c.body(null, 204, { ...preflightHeaders });
  for (const [name, value] of Object.entries(corsHeaders)) c.header(name, value);
  c.header('X-Content-Type-Options', 'nosniff');
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
  const policy = `"default";q=${limit.burst};w=${windowS}`;
  return async (c, next) => {
    const client = addresses.clientOf(originOf(c));
    const { isAllowed, remaining, retryAfterS } = limiter.take(client);
    c.header('RateLimit-Policy', policy);
    c.header('RateLimit', `"default";r=${remaining};t=${Math.max(1, retryAfterS)}`);
    if (!isAllowed) {
      c.header('Retry-After', String(retryAfterS));
      return problemResponse(c, 'rate-limited', `try again in ${retryAfterS} s`);
    }
    await next();
    if (c.res.status === 304) limiter.giveBack(client);
    return undefined;
  };
}
