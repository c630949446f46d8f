import type { Context } from 'hono';
import type { Encoding, Representation } from './representation.ts';
import { respond } from './respond.ts';

/** brotli where the client takes it, else gzip; `q=0` refuses. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  if (acceptEncoding === undefined) return 'identity';
  const accepted = new Set(
    acceptEncoding
      .toLowerCase()
      .split(',')
      .map((part) => part.trim())
      .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
      .map((part) => part.split(';')[0]?.trim()),
  );
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : 'identity';
}

/** Whether If-None-Match names the version: weak comparison (RFC 9110, 13.1.2). */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const bare = etag.replace(/^W\//, '');
  return ifNoneMatch.split(',').some((known) => known.trim().replace(/^W\//, '') === bare);
}

/**
 * Answers with a document: 304 when the client has it, else its bytes in the best encoding the
 * client takes.
 */
export async function answer(
  c: Context,
  representation: Representation,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const { etag } = representation;
  const all: Record<string, string> = { ...headers, ETag: etag, Vary: 'Accept-Encoding' };
  if (isKnown(c.req.header('if-none-match'), etag)) {
    delete all['Content-Type'];
    return respond(c, 304, null, all);
  }
  const { bytes, as } = await representation.encoded(
    chooseEncoding(c.req.header('accept-encoding')),
  );
  if (as !== 'identity') all['Content-Encoding'] = as;
  all['Content-Length'] = String(bytes.byteLength);
  return respond(c, 200, bytes as Uint8Array<ArrayBuffer>, all);
}
