import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { EpochMs } from '../../domain/ids.ts';
import { toRoute } from './serve-resource.ts';

/** A path that will go: still answered as ever, and said in its header and in the OpenAPI document. */
export interface DeprecatedPath {
  /** As in the OpenAPI document, parameters in braces. */
  readonly path: string;
  readonly sinceMs: EpochMs;
  /** Not before this time it stops answering. */
  readonly sunsetMs: EpochMs;
  /** What to ask instead. */
  readonly successor: string;
}

/** Announced half a year ahead at least; none at present. */
const deprecatedPaths: readonly DeprecatedPath[] = [];

/** Adds Deprecation (RFC 9745), Sunset (RFC 8594) and the successor to whatever the path answers. */
function deprecation({ sinceMs, sunsetMs, successor }: DeprecatedPath): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.res.headers.set('Deprecation', `@${Math.floor(sinceMs / 1000)}`);
    c.res.headers.set('Sunset', new Date(sunsetMs).toUTCString());
    c.res.headers.append('Link', `<${successor}>; rel="successor-version"`);
  };
}

/** Says it of every path in the table, the product's own unless another is given, and hands the table back. */
export function announceDeprecated(
  app: OpenAPIHono,
  paths: readonly DeprecatedPath[] = deprecatedPaths,
): readonly DeprecatedPath[] {
  for (const entry of paths) app.use(toRoute(entry.path), deprecation(entry));
  return paths;
}
