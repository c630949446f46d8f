import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../../domain/errors.ts';

/**
 * Refuses a body of more than `maxSize` bytes. A length that is told is judged by what is told, as Node
 * reads no further: the library's own check first makes a stream of every body, which takes longer than
 * a ranking of all sites.
 */
export function limitBody(maxSize: number, said: string): MiddlewareHandler {
  const refuse = (_c: Context): never => {
    throw new AppError('payload-too-large', said);
  };
  const counting = bodyLimit({ maxSize, onError: refuse });
  return (c, next) => {
    const isChunked = c.req.header('transfer-encoding') !== undefined;
    const length = isChunked ? undefined : c.req.header('content-length');
    if (length === undefined)
      return c.req.method === 'POST' || isChunked ? counting(c, next) : next();
    return Number(length) > maxSize ? refuse(c) : next();
  };
}
