import type { Context } from 'hono';
import type { Encoded, Encoding, Representation } from './representation.ts';
import { requestHeader } from './request-header.ts';
import { respond } from './respond.ts';

/** Browsers and libraries send the same few; made-up ones push out each other. */
const chosen = new Map<string, Encoding>();
const mostChosen = 100;

/** brotli where the client takes it, else gzip; `q=0` refuses. */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  if (acceptEncoding === undefined) return 'identity';
  let encoding = chosen.get(acceptEncoding);
  if (encoding === undefined) {
    if (chosen.size >= mostChosen) chosen.clear();
    encoding = readEncoding(acceptEncoding);
    chosen.set(acceptEncoding, encoding);
  }
  return encoding;
}

function readEncoding(acceptEncoding: string): Encoding {
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
export function answer(
  c: Context,
  representation: Representation,
  headers: Readonly<Record<string, string>>,
): Response | Promise<Response> {
  const { etag } = representation;
  const all: Record<string, string> = { ...headers, ETag: etag, Vary: 'Accept-Encoding' };
  if (isKnown(requestHeader(c, 'if-none-match'), etag)) {
    delete all['Content-Type'];
    return respond(c, 304, null, all);
  }
  const send = ({ bytes, as }: Encoded): Response => {
    if (as !== 'identity') all['Content-Encoding'] = as;
    all['Content-Length'] = String(bytes.byteLength);
    return respond(c, 200, bytes as Uint8Array<ArrayBuffer>, all);
  };
  const encoded = representation.encoded(chooseEncoding(requestHeader(c, 'accept-encoding')));
  // What is ready is sent at once: a promise would cost every answer a turn.
  return encoded instanceof Promise ? encoded.then(send) : send(encoded);
}
