import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { problemResponse } from './problem.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether an Authorization header carries the token; as hashes, in constant time. */
function createBearer(token: string): (authorization: string | undefined) => boolean {
  const expected = digest(`Bearer ${token}`);
  // The name of a scheme has no case, and spaces part it from the token (RFC 9110, 11.1 and 11.4).
  return (authorization = '') =>
    timingSafeEqual(digest(authorization.replace(/^bearer +/i, 'Bearer ')), expected);
}

/** Lets pass who shows the token; `null` is shown by nobody. */
export function requireBearer(
  token: string | null,
  detail = 'the bearer token of access.token is needed',
): MiddlewareHandler {
  const isAllowed = token === null ? undefined : createBearer(token);
  return async (c, next) => {
    if (isAllowed?.(c.req.header('authorization')) !== true)
      return problemResponse(c, 'unauthorized', detail, {}, { 'WWW-Authenticate': 'Bearer' });
    await next();
    return undefined;
  };
}
