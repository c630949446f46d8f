import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Hono, type MiddlewareHandler } from 'hono';
import { AppError } from '../../domain/errors.ts';
import { answer } from './answer.ts';
import { cacheControl, pageHeaders } from './headers.ts';
import type { createRepresentations } from './representation.ts';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const pages: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/planung': 'planung.html',
  '/daten': 'daten.html',
};

/** A file of the build: no dot-files, no way up. */
const filePattern = /^\/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
/** Vite puts the hash of the content before the extension of everything below `assets/`. */
const hashedPattern = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

function cacheControlOf(path: string): string {
  if (hashedPattern.test(path)) return cacheControl.immutable;
  // A service worker and a page must never be older than what they load.
  return path in pages || extname(path) === '.html' || path === '/sw.js'
    ? cacheControl.revalidate
    : cacheControl.static;
}

export interface PagesDeps {
  /** Where `vite build` put the dashboard; `null` serves none. */
  readonly directory: string | null;
  readonly tilesUrl: string | null;
  readonly representations: ReturnType<typeof createRepresentations>;
}

async function findFile(path: string): Promise<{ version: string } | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    return { version: `${Math.trunc(found.mtimeMs).toString(36)}-${found.size.toString(36)}` };
  } catch {
    return undefined;
  }
}

/** The dashboard's files: pages revalidate, hashed assets never change. */
export function createPages({ directory, tilesUrl, representations }: PagesDeps): Hono {
  const app = new Hono();
  const headers = pageHeaders(tilesUrl);

  const serveFile: MiddlewareHandler = async (c, next) => {
    const { path, method } = c.req;
    if (method !== 'GET' && method !== 'HEAD') return next();
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    const mediaType = mediaTypes[extname(page ?? path)];
    if (mediaType === undefined || (page === undefined && !filePattern.test(path))) return next();
    const file = directory === null ? null : join(directory, page ?? path);
    const found = file === null ? undefined : await findFile(file);
    if (file === null || found === undefined) {
      if (page === undefined) return next();
      throw new AppError('not-found', 'the pages are not built yet: run `npm run build`');
    }
    const representation = await representations.get(`file ${path}`, found.version, () =>
      readFile(file),
    );
    return answer(c, representation, {
      ...headers,
      'Content-Type': mediaType,
      'Cache-Control': cacheControlOf(path),
    });
  };
  // Not `get`: a route for every path would turn each unknown path of another method into a 405.
  app.use('*', serveFile);
  return app;
}
